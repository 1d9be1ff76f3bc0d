"""Objects that the API server takes: the last look at all of them, whoever made them."""

from collections.abc import Iterable, Iterator

from kure_hooks.decoding.objects import faults
from kure_hooks.errors import InputError
from kure_hooks.findings import Finding, of_rule
from kure_hooks.layout.tree import Directory
from kure_hooks.manifests import identity
from kure_hooks.stack.interface import Product
from kure_hooks.stack.model import Application, Bundle, Cluster
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.document import key_path
from kure_hooks.yamlio.place import Place


@of_rule("KO001")
def product_faults(
    cluster: Cluster, bundle: Bundle, application: Application, product: Product
) -> Iterator[Finding]:
    """Yield what is refused of the objects of an application that have the labels of its bundle.

    Each finding is where the value is written, or at the `spec` that it was made of.
    """
    for manifest in product.manifests:
        for pointer, problem, expected in faults(manifest):
            subject = f"{identity(manifest)}: {key_path(pointer)}"
            if place := _written(cluster, bundle, application, pointer):
                yield place.fault(problem, expected)
            else:
                yield application.key("spec").fault(f"{subject}: {problem}", expected)


def refuse(directories: Iterable[Directory]) -> None:
    """Raise InputError for what is refused of the objects that no application stands for."""
    items = (item for each in directories for file in each.files for item in file.items)
    found = [
        Finding(
            item.origin.at,
            "",
            f"{identity(item.manifest)}: {key_path(pointer)}: {problem}",
            expected,
            rule="KO001",
        )
        for item in items
        if not item.origin.application
        for pointer, problem, expected in faults(item.manifest)
    ]
    if found:
        raise InputError(found)


def _written(
    cluster: Cluster, bundle: Bundle, application: Application, pointer: Pointer
) -> Place | None:
    """Return where the value at a pointer of an object is written, None where that is not sure."""
    places: list[Place] = []
    match pointer:
        case ("metadata", "labels" | "annotations" as field, key):
            places = [
                application.key("spec", field, key),
                *(part.key(field, key) for part in (application, bundle, cluster)),
            ]
        case ("metadata", "name" | "namespace" as field):
            places = [application.key(field)]
        case ("data", key):
            places = [application.key("spec", "config", key)]
    return next((place for place in places if place.exists), None)

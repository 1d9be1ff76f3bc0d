"""The materials that an engine works with: the products of applications, and release manifests.

Products are held against what the API server takes, which is the last look at all objects, whoever
made them.
"""

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from kure_hooks.apps import GENERATORS
from kure_hooks.apps.metadata import finish, with_annotations, with_labels
from kure_hooks.decoding.objects import faults, items
from kure_hooks.errors import InputError, ReadError
from kure_hooks.files.recorder import Recorder
from kure_hooks.files.tree import MAX_LARGE, Tree
from kure_hooks.findings import Finding, Location, of_rule
from kure_hooks.layout import config_map_generators
from kure_hooks.layout.payloads import Contents
from kure_hooks.layout.reads import Reads, above, joined, layers
from kure_hooks.layout.tree import Directory
from kure_hooks.manifests import Manifest, identity
from kure_hooks.stack.interface import Product
from kure_hooks.stack.model import Application, Bundle, Cluster
from kure_hooks.stack.release import Release, read_release
from kure_hooks.yamlio import Pointer, agreed, read
from kure_hooks.yamlio.document import key_path
from kure_hooks.yamlio.place import Place

_SOURCES = "source.toolkit.fluxcd.io/"


class Materials(Struct, frozen=True):
    """The materials of one cluster.

    `faults` are those of the contents, `release_faults` those of the release manifests; with the
    former the contents are not all there. `trees` remember, by the place of each application, of
    each bundle with a payload and of the cluster, the files that were read for it.
    """

    contents: Contents
    faults: tuple[Finding, ...]
    release: Release | None
    release_faults: tuple[Finding, ...]
    cluster: Cluster
    trees: Mapping[Location, Recorder]

    @property
    def tree(self) -> Tree:
        """The files of the repository, for what belongs to no application."""
        return self.trees[self.cluster.at]

    def reads(self) -> Reads:
        """Return the files that each part of the cluster has been made of so far."""
        files = {at: recorder.inputs.files for at, recorder in self.trees.items()}
        return joined(
            (files, layers(self.cluster), *above(self.cluster.root, self.cluster.at.path))
        )


def gather(cluster: Cluster, tree: Tree) -> Materials:
    """Return the materials of a cluster; `tree` holds the files that its applications name."""
    places = [application.at for bundle in cluster.bundles() for application in bundle.applications]
    places += [bundle.at for bundle in cluster.bundles() if bundle.payload is not None]
    trees = {at: Recorder(tree) for at in (cluster.at, *places)}
    contents, faults = _contents(trees, cluster)
    release, release_faults = _release(trees[cluster.at], cluster)
    return Materials(contents, tuple(faults), release, release_faults, cluster, trees)


def _release(tree: Tree, cluster: Cluster) -> tuple[Release | None, tuple[Finding, ...]]:
    try:
        return read_release(tree, cluster), ()
    except InputError as error:
        return None, error.findings


def _contents(
    trees: Mapping[Location, Tree], cluster: Cluster
) -> tuple[dict[str, list[tuple[Application, Product]]], list[Finding]]:
    """Return the applications of every bundle with their products, and the faults of these."""
    contents: dict[str, list[tuple[Application, Product]]] = {}
    faults: list[Finding] = []
    for bundle in cluster.bundles():
        products = []
        for application in bundle.applications:
            product, found = _product(trees[application.at], cluster, bundle, application)
            products.append((application, product))
            faults += found
        contents[bundle.name] = _with_sources_once(products)
    faults += (
        fault
        for products in contents.values()
        for fault in config_map_generators.problems(products)
    )
    return contents, faults


def _with_sources_once(
    products: Iterable[tuple[Application, Product]],
) -> list[tuple[Application, Product]]:
    """Leave out the source of a chart where an earlier application of the bundle has the same."""
    known: list[Manifest] = []
    kept = []
    for application, product in products:
        fresh = product.without(known)
        known += (
            manifest for manifest in fresh.manifests if manifest["apiVersion"].startswith(_SOURCES)
        )
        kept.append((application, fresh))
    return kept


def _product(
    tree: Tree, cluster: Cluster, bundle: Bundle, application: Application
) -> tuple[Product, Iterable[Finding]]:
    """Return what an application stands for, with the labels and annotations of its bundle."""
    if application.spec is None:  # its faults are known
        return Product(), ()
    try:
        product = GENERATORS[application.kind].generate(application, tree)
    except InputError as error:
        return Product(), error.findings
    labels = cluster.labels | bundle.labels
    annotations = cluster.annotations | bundle.annotations
    product = replace(
        product,
        manifests=finish(product.manifests, with_labels(labels), with_annotations(annotations)),
        config_maps=[
            replace(
                generator,
                labels={**labels, **generator.labels},
                annotations={**annotations, **generator.annotations},
            )
            for generator in product.config_maps
        ],
        overlay=product.overlay
        and replace(
            product.overlay,
            labels={**labels, **product.overlay.labels},
            annotations={**annotations, **product.overlay.annotations},
        ),
    )
    return product, product_faults(cluster, bundle, application, product)


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
            if place := _written_place(cluster, bundle, application, pointer):
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


def _written_place(
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


def place_of(application: Application, product: Product, index: int, tree: Tree) -> Place | None:
    """Return the place of a manifest of a product, None for one that nobody wrote as an object.

    A file is read again, so this is for findings, of which there are few.
    """
    places = product.places
    if index >= len(places):
        return None
    at = places[index]
    if at is not None:
        return _in_file(at, tree)
    before = sum(each is None for each in places[:index])
    pointers = [
        ("spec", "objects", number, *pointer)
        for number, value in enumerate(getattr(application.spec, "objects", ()))
        for pointer, _ in items(value)
    ]
    return application.key(*pointers[before]) if before < len(pointers) else None


def _in_file(at: Location, tree: Tree) -> Place | None:
    try:
        documents = read(tree.read(at.path, MAX_LARGE), at.path, agreed, most=MAX_LARGE)
    except (InputError, ReadError):
        return None
    found = (
        Place(document, pointer)
        for document in documents
        for pointer, _ in items(document.value)
        if document.at(*pointer) == at
    )
    return next(found, None)

"""What Flux does to objects on the cluster, done to them before they are written.

Argo CD neither substitutes variables nor adds metadata without touching selectors, so both happen
here, in Flux's order (kustomize-controller 1.9): substitution after the build, then metadata.
"""

from collections.abc import Mapping, Sequence
from functools import partial

from kure_hooks.engines.annotations import is_substituted
from kure_hooks.engines.argocd.marks import marked, marked_generator
from kure_hooks.engines.substituted import substituted_object, substituted_text
from kure_hooks.engines.variables import variables
from kure_hooks.errors import InputError
from kure_hooks.findings import Finding
from kure_hooks.layout.payloads import Contents
from kure_hooks.layout.plan import Plan
from kure_hooks.stack.interface import Product
from kure_hooks.stack.model import Application, Bundle
from kure_hooks.yamlio.place import Place


def prepare(plan: Plan, contents: Contents) -> Contents:
    """Return the contents as Flux would apply them; InputError for what can't be substituted."""
    found: dict[str, Sequence[tuple[Application, Product]]] = {}
    problems: list[Finding] = []
    for bundle in plan.cluster.bundles():
        own = found[bundle.name] = []
        known = variables(plan, bundle, contents)
        for application, product in contents[bundle.name]:
            try:
                own.append((application, _rendered(bundle, application, product, known)))
            except InputError as error:
                problems += error.findings
    if problems:
        raise InputError(problems)
    return found


def _rendered(
    bundle: Bundle, application: Application, product: Product, known: Mapping[str, str] | None
) -> Product:
    substituted = partial(substituted_object, known, bundle.key("postBuild"), application)
    return Product(
        manifests=[marked(bundle, substituted(manifest)) for manifest in product.manifests],
        files=_files(product, known, bundle.key("postBuild")),
        config_maps=[marked_generator(bundle, each) for each in product.config_maps],
        places=product.places,
    )


def _files(product: Product, known: Mapping[str, str] | None, place: Place) -> Mapping[str, bytes]:
    """Return the extra files; Flux substitutes in the ConfigMaps that are made of them."""
    if known is None:
        return product.files
    opted_out = {
        name
        for generator in product.config_maps
        if not is_substituted(generator.manifest)
        for name in generator.files.values()
    }
    return {
        name: data if name in opted_out else _file(name, data, known, place)
        for name, data in product.files.items()
    }


def _file(name: str, data: bytes, known: Mapping[str, str], place: Place) -> bytes:
    try:
        text = data.decode()
    except UnicodeDecodeError:  # binary data is base64 when Flux substitutes
        return data
    return substituted_text(text, known, place, name).encode()

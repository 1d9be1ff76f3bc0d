"""What Flux does to objects on the cluster, done to them before they are written.

Argo CD neither substitutes variables nor adds metadata without touching selectors, so both happen
here, in Flux's order (kustomize-controller 1.9): substitution after the build, then metadata.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from kure_hooks.decoding.objects import faults
from kure_hooks.engines.argocd.marks import disables, marked, marked_generator
from kure_hooks.engines.substitution import SubstitutionError, substitute
from kure_hooks.engines.variables import variables
from kure_hooks.errors import InputError
from kure_hooks.findings import Finding
from kure_hooks.layout.payloads import Contents
from kure_hooks.layout.plan import Plan
from kure_hooks.manifests import Manifest, identity
from kure_hooks.stack.interface import ConfigMapGenerator, Product
from kure_hooks.stack.model import Application, Bundle
from kure_hooks.yamlio import dump, read
from kure_hooks.yamlio.document import key_path
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


def substituted_text(text: str, known: Mapping[str, str] | None, place: Place, what: str) -> str:
    """Return a text with its variables replaced; `known` is None where Flux replaces none."""
    if known is None:
        return text
    try:
        return substitute(text, known)
    except SubstitutionError as error:
        expected = "postBuild.substitute with all variables, or a default as in ${name:=value}"
        raise InputError([place.fault(f"{what} {error}", expected)]) from error


def substituted_value(
    value: Mapping[str, Any], known: Mapping[str, str], place: Place, what: str
) -> Any:
    """Return a mapping with its variables replaced as in YAML: `3` becomes a number, as in Flux."""
    text = dump(value)
    if "$" not in text:
        return value
    result = substituted_text(text, known, place, what)
    try:
        (document,) = read(result.encode(), place.document.path)
    except (InputError, ValueError) as error:
        problem = f"{what} is no YAML once its variables are replaced"
        raise InputError([place.fault(problem, "other values")]) from error
    return document.value


def _rendered(
    bundle: Bundle, application: Application, product: Product, known: Mapping[str, str] | None
) -> Product:
    substituted = partial(_substituted, known, bundle.key("postBuild"), application)
    return Product(
        manifests=[marked(bundle, substituted(manifest)) for manifest in product.manifests],
        files=_files(product, known, bundle.key("postBuild")),
        config_maps=[marked_generator(bundle, each) for each in product.config_maps],
        places=product.places,
    )


def _substituted(
    known: Mapping[str, str] | None, place: Place, application: Application, manifest: Manifest
) -> Manifest:
    if known is None or disables(manifest["metadata"], "substitute"):
        return manifest
    what = f"{identity(manifest)} of application {application.name} at {application.at}"
    result: Manifest = substituted_value(manifest, known, place, what)
    broken = f"{what} is no object once its variables are replaced"
    found = [
        place.fault(
            f"{broken}: {key_path(pointer)}: {problem}",
            f"{expected}, which the variable has to bring",
        )
        for pointer, problem, expected in faults(result)
    ]
    if found:
        raise InputError(found)
    return result


def _files(product: Product, known: Mapping[str, str] | None, place: Place) -> Mapping[str, bytes]:
    """Return the extra files; Flux substitutes in the ConfigMaps that are made of them."""
    if known is None:
        return product.files
    opted_out = {
        name for each in product.config_maps if _opts_out(each) for name in each.files.values()
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


def _opts_out(generator: ConfigMapGenerator) -> bool:
    metadata = {"labels": generator.labels, "annotations": generator.annotations}
    return disables(metadata, "substitute")

"""Rules for the objects of applications, whatever tool applies them: names and shared claims."""

from collections.abc import Iterator, Mapping

from kure_hooks.decoding.refusals import generated_name_problem, name_problem
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding, Severity, of_rule
from kure_hooks.layout.payloads import Contents
from kure_hooks.layout.plan import Plan
from kure_hooks.manifests import (
    Manifest,
    identity,
    kind_of,
    list_at,
    mappings_at,
    text_at,
    value_at,
)
from kure_hooks.stack.interface import Product
from kure_hooks.stack.model import Application, Bundle
from kure_hooks.yamlio.place import Place

# kustomize 5.8 leaves the names of these alone.
_KEPT = {
    ("", "Namespace"),
    ("apiextensions.k8s.io", "CustomResourceDefinition"),
    ("apiregistration.k8s.io", "APIService"),
}

_CLAIM = "PersistentVolumeClaim"
_MODES = ("spec", "accessModes")
_VOLUME = "persistentVolumeClaim"
_SCALED = frozenset({"Deployment", "StatefulSet"})


@of_rule("EN004")
def names_fit_with_affixes(plan: Plan, contents: Contents, tree: Tree) -> Iterator[Finding]:
    """An object has a name that the API server takes after kustomize has changed it."""
    del tree  # the objects are all that counts
    for bundle in plan.cluster.bundles():
        prefix, suffix = bundle.options.name_prefix or "", bundle.options.name_suffix or ""
        if prefix or suffix:
            for _, product in contents[bundle.name]:
                for problem, expected in _name_problems(bundle, product):
                    key = "namePrefix" if prefix else "nameSuffix"
                    yield bundle.key(key).fault(problem, expected)


def _name_problems(bundle: Bundle, product: Product) -> Iterator[tuple[str, str]]:
    """Yield why objects can't have the names that they get, one for each."""
    prefix, suffix = bundle.options.name_prefix or "", bundle.options.name_suffix or ""
    for manifest in product.manifests:
        kind = kind_of(manifest)
        if kind not in _KEPT:
            name = f"{prefix}{manifest['metadata']['name']}{suffix}"
            if problem := name_problem(*kind, name):
                yield problem
    for generator in product.config_maps:
        if problem := generated_name_problem(f"{prefix}{generator.name}{suffix}"):
            yield problem


def claims_are_shared(plan: Plan, contents: Contents, tree: Tree) -> Iterator[Finding]:
    """Warn about several pods of an application that share a volume which one node may use.

    As long as all of them run on that node it works, and a roll-out or a drained node ends it.
    """
    del tree  # both objects are of one application
    for bundle in plan.cluster.bundles():
        for application, product in contents[bundle.name]:
            claims = _claims_of_one_node(application, product)
            for manifest in product.manifests if claims else ():
                pods = value_at(manifest, "spec", "replicas")
                if manifest.get("kind") in _SCALED and isinstance(pods, int) and pods > 1:
                    yield from _shared(manifest, pods, claims)


@of_rule("AP010")
def _shared(manifest: Manifest, pods: int, claims: Mapping[str, Place]) -> Iterator[Finding]:
    for volume in mappings_at(manifest, "spec", "template", "spec", "volumes"):
        name = text_at(volume, _VOLUME, "claimName")
        if place := claims.get(name):
            problem = (
                f"the {pods} pods of {manifest['kind']} {text_at(manifest, 'metadata', 'name')} "
                f"share the claim {name}, which one node at a time may use"
            )
            expected = "Set the access mode ReadWriteMany, or replicas: 1."
            yield place.fault(problem, expected, Severity.WARNING)


def _claims_of_one_node(application: Application, product: Product) -> dict[str, Place]:
    """Return the claims of an application that one node may use, each with its place."""
    claims: dict[str, Place] = {}
    for manifest in product.manifests:
        if manifest.get("kind") == _CLAIM and list_at(manifest, *_MODES) == ["ReadWriteOnce"]:
            name = text_at(manifest, "metadata", "name")
            claims[name] = _place(application, product, manifest)
    return claims


def _place(application: Application, product: Product, manifest: Manifest) -> Place:
    trace = product.traces.get(identity(manifest), {})
    return trace.get(_MODES, application.key("spec"))

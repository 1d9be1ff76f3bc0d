"""Volume claims that the pods of a workload share."""

from collections.abc import Iterator, Mapping

from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding, Severity, of_rule
from kure_hooks.layout.payloads import Contents
from kure_hooks.layout.plan import Plan
from kure_hooks.manifests import Manifest, identity, list_at, mappings_at, text_at, value_at
from kure_hooks.stack.interface import Product
from kure_hooks.stack.model import Application
from kure_hooks.yamlio.place import Place

_CLAIM = "PersistentVolumeClaim"
_MODES = ("spec", "accessModes")
_VOLUME = "persistentVolumeClaim"
_SCALED = frozenset({"Deployment", "StatefulSet"})


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

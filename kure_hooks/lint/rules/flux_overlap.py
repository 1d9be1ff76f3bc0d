"""FX011: an object that two owners apply."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.payload import Resource
from kure_hooks.gitops.repository import Cluster
from kure_hooks.gitops.variables import OPEN
from kure_hooks.lint.flux import CONTROLLER
from kure_hooks.manifests import same, text_at
from kure_hooks.rules.rule import ERROR, Rule

RULE = Rule(
    "Object that two owners apply",
    ERROR,
    "Each owner writes the object its own way whenever it reconciles, and the one that no longer "
    "has it deletes it from under the other. Often a directory takes in another one that has an "
    "owner of its own. Where both write the same, it is a warning: nothing flaps until one of them "
    "prunes it.",
    "Leave the object to one of them.",
    CONTROLLER,
    wrong="""\
# apps/kustomization.yaml, which the Kustomization apps applies
resources:
  - podinfo          # the Kustomization podinfo applies this directory too
""",
    right="""\
resources:
  - podinfo-sync.yaml
""",
    incidents=("https://github.com/fluxcd/kustomize-controller/issues/338",),
)

_PARTIAL = ("merge", "ignore", "ifnotpresent")
_SSA = "kustomize.toolkit.fluxcd.io/ssa"


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield the objects that two owners of Flux apply to one cluster."""
    pairs: dict[tuple[Owner, Owner], list[tuple[Resource, Resource]]] = {}
    for who, places in cluster.applied.items():
        if len(places) > 1 and OPEN not in f"{who.namespace}{who.name}":
            owned = [(owner, item) for owner, item in places if owner and not _is_partial(item)]
            for (one, first), (other, second) in pairwise(owned):
                if one is not other and _collide(one, other):
                    pairs.setdefault((one, other), []).append((first, second))
    for (one, other), items in pairs.items():
        yield _finding(one, other, items)


def _collide(one: Owner, other: Owner) -> bool:
    """Tell whether two owners of Flux apply to the same cluster."""
    return one.tool == other.tool == "Flux" and one.destination == other.destination


def _is_partial(resource: Resource) -> bool:
    """Tell whether an object says that it shares its fields with somebody else."""
    return text_at(resource.manifest, "metadata", "annotations", _SSA).lower() in _PARTIAL


def _finding(one: Owner, other: Owner, items: Sequence[tuple[Resource, Resource]]) -> Finding:
    differing = [pair for pair in items if not same(pair[0].manifest, pair[1].manifest)]
    first, second = (differing or items)[0]
    more = f" and {len(items) - 1} more" if len(items) > 1 else ""
    problem = f"{first.who}{more} is applied by {one.who} and by {other.who}, from {first.at()}"
    severity = Severity.ERROR if differing else Severity.WARNING
    return second.finding(
        ("metadata", "name"), problem, "Leave it to one of them.", "FX011", severity
    )

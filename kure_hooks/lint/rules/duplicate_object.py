"""KZ002: one object twice."""

from collections.abc import Iterator
from itertools import pairwise

from msgspec.structs import replace

from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.payload import Resource
from kure_hooks.gitops.repository import Cluster
from kure_hooks.gitops.variables import OPEN
from kure_hooks.rules.rule import ERROR, Rule

RULE = Rule(
    "One object twice",
    ERROR,
    "kustomize refuses a build that takes in the same object twice, as when two directories share "
    "a third one. In two versions of its API it takes both, but in a cluster they are one object, "
    "and each of them undoes the other. Two owners of one object overwrite and prune it, too.",
    "Take the object in once, from one file.",
    "kustomize 5.8",
    wrong="""\
resources:
  - ../base      # has the ClusterRole viewer
  - viewer.yaml  # the same
""",
    right="""\
resources:
  - ../base
""",
    incidents=(
        "https://github.com/kubernetes-sigs/kustomize/issues/4104",
        "https://github.com/fluxcd/flux2/issues/1522",
    ),
)


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield the objects that a build has twice, and those of a cluster in two API versions."""
    for owner in cluster.owners:
        for payload in owner.payloads:
            for fault in payload.faults:
                if fault.rule == "KZ002":
                    yield replace(fault, severity=Severity.WARNING) if owner.suspended else fault
    for who, places in cluster.applied.items():
        if len(places) > 1 and OPEN not in f"{who.namespace}{who.name}":
            for (one, first), (other, second) in pairwise(places):
                if first.api_version != second.api_version and _share(one, other):
                    yield _finding(first, second)


def _share(one: Owner | None, other: Owner | None) -> bool:
    """Tell whether two owners apply to the same cluster, whatever happens."""
    if one is None or other is None or one.suspended or other.suspended:
        return False
    return one.tool == other.tool and one.destination == other.destination


def _finding(first: Resource, second: Resource) -> Finding:
    return second.finding(
        ("apiVersion",),
        f"{second.label} is in {first.at()} as {first.api_version} too, and is one object",
        "Keep one of them.",
        "",
    )

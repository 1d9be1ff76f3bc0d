"""FX004: objects that wait for each other."""

from collections.abc import Iterator, Sequence

from kure_hooks.findings import Finding
from kure_hooks.gitops.graph import Cause, cycles, events
from kure_hooks.gitops.repository import Cluster
from kure_hooks.lint.flux import FLUX
from kure_hooks.rules.rule import ERROR, Rule

RULE = Rule(
    "Dependency cycle",
    ERROR,
    "Objects wait for each other, through dependencies, through the object that applies them, or "
    "through one that is ready only when all that it applies is. None of them is ever applied or "
    "ready.",
    "Remove one of the dependencies, or `wait` from the object that applies the others.",
    FLUX,
    wrong="""\
kind: Kustomization
metadata: {name: platform}
spec:
  wait: true                # ready when ingress is, which it applies
---
kind: Kustomization
metadata: {name: ingress}
spec:
  dependsOn:
    - name: platform
""",
    right="""\
kind: Kustomization
metadata: {name: ingress}
spec:
  dependsOn:
    - name: certificates    # the part of platform that it needs
""",
    incidents=(
        "https://github.com/home-operations/flate/issues/860",
        "https://github.com/fluxcd/kustomize-controller/issues/1712",
    ),
)


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield a finding for each knot of events, at the dependency of its shortest cycle."""
    for cycle in cycles(events(cluster)):
        index = _start(cycle)
        causes = (*cycle[index:], *cycle[:index])
        effect = causes[-1].event
        start = causes[0]
        path = "; ".join(_steps(causes))
        problem = f"{effect.owner.who.name} waits for itself: {path}"
        yield effect.owner.resource.finding(
            start.pointer or ("metadata", "name"), problem, "Remove one of these.", "FX004"
        )


def _start(cycle: Sequence[Cause]) -> int:
    """Return the index of the cause to tell of first: a dependency, else any that a field says."""
    fields = [cause.pointer[1:2] for cause in cycle]
    for field in (("dependsOn",), ("healthChecks",), ("wait",)):
        if field in fields:
            return fields.index(field)
    return 0


def _steps(causes: Sequence[Cause]) -> Iterator[str]:
    before = causes[-1].event
    for cause in causes:
        one, other = before.owner.who, cause.event.owner.who
        if one != other:
            match cause.pointer[1:2]:
                case ("dependsOn",):
                    yield f"{one.name} depends on {other.name}"
                case ("healthChecks",):
                    yield f"{one.name} checks the health of {other.name}"
                case ("wait",):
                    yield f"{one.name} waits until {other.name}, which it applies, is ready"
                case _:
                    yield f"{one.name} is applied by {other.name}"
        before = cause.event

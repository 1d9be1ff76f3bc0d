"""FX010: a Kustomization that others wait for, but that does not wait for its children."""

from collections.abc import Iterator

from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.repository import Cluster
from kure_hooks.lint.flux import CONTROLLER, kustomizations
from kure_hooks.manifests import Identity
from kure_hooks.rules.rule import WARNING, Rule

RULE = Rule(
    "Umbrella that does not wait",
    WARNING,
    "A Kustomization that applies others is ready as soon as these objects are there, unless it "
    "waits. What depends on it then starts before any of the others has applied anything. Retries "
    "may hide it until the next new cluster, or the dependents need nothing of them; so it is a "
    "warning. In a stack `wait: false` on a bundle with children is an error.",
    "Write wait: true, or depend on the Kustomizations themselves.",
    CONTROLLER,
    wrong="""\
kind: Kustomization
metadata: {name: infrastructure}
spec:
  path: ./infrastructure  # holds Kustomizations
---
kind: Kustomization
metadata: {name: apps}
spec:
  dependsOn:
    - name: infrastructure
""",
    right="""\
kind: Kustomization
metadata: {name: infrastructure}
spec:
  path: ./infrastructure
  wait: true
""",
    incidents=("https://github.com/onedr0p/cluster-template/issues/771",),
)


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield the Kustomizations that others depend on and that wait for none that they apply."""
    dependents: dict[Identity, list[str]] = {}
    for owner in kustomizations(cluster):
        for dependency in owner.dependencies:
            dependents.setdefault(dependency.who, []).append(owner.who.name)
    for owner in kustomizations(cluster):
        inner = [item.who.name for item in owner.children if item.who.kind == "Kustomization"]
        others = dependents.get(owner.who)
        if not inner or not others or owner.waits or owner.checks or owner.parent is None:
            continue
        pointer = ("spec", "wait") if "wait" in owner.spec else ("metadata", "name")
        problem = (
            f"{others[0]} depends on {owner.who.name}, which is ready before {inner[0]} and what "
            "else it applies"
        )
        expected = f"Write wait: true, or let {others[0]} depend on {inner[0]}."
        yield owner.resource.finding(pointer, problem, expected, "FX010", Severity.WARNING)

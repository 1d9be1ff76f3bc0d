"""FX003: a dependency that the cluster does not have."""

from collections.abc import Iterator

from kure_hooks.decoding import nearest
from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.owner import Dependency, Owner
from kure_hooks.gitops.repository import Cluster
from kure_hooks.gitops.variables import OPEN
from kure_hooks.lint.flux import (
    FLUX,
    is_elsewhere,
    is_leftover,
    is_near,
    kustomizations,
    may_hold_more,
    moved,
    releases,
)
from kure_hooks.lint.rules.flux_depends_other_kind import other_kind
from kure_hooks.rules.rule import ERROR, Rule

RULE = Rule(
    "Dependency that is not in the cluster",
    ERROR,
    "An object waits until all that it depends on is there and ready. For a name that nothing has "
    "it waits for ever, and nothing that it would apply gets to the cluster.",
    "Correct the name or the namespace, or remove the dependency. Declare what is applied from "
    "elsewhere: in the settings with lint.external, in a stack with external: true.",
    FLUX,
    wrong="""\
spec:
  dependsOn:
    - name: cert-manger  # it is called cert-manager
""",
    right="""\
spec:
  dependsOn:
    - name: cert-manager
""",
    incidents=(
        "https://github.com/fluxcd/flux2/issues/725",
        "https://github.com/gardener/gardener-landscape-kit/issues/186",
    ),
)


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield the dependencies of Kustomizations and HelmReleases that nothing here provides."""
    for owner in (*kustomizations(cluster), *releases(cluster)):
        for dependency in owner.dependencies:
            who = dependency.who
            if who in cluster.by_identity or cluster.declared.is_external(who):
                continue
            if OPEN in f"{who.namespace}{who.name}" or other_kind(cluster, owner, who):
                continue
            unsure = may_hold_more(cluster, owner) or (
                not cluster.is_certain and (is_leftover(cluster) or is_elsewhere(cluster, who))
            )
            severity = Severity.INFO if unsure else Severity.ERROR
            yield _finding(cluster, owner, dependency, severity)


def _finding(cluster: Cluster, owner: Owner, dependency: Dependency, severity: Severity) -> Finding:
    who = dependency.who
    same_kind = [other for other in cluster.by_identity if other.kind == who.kind]
    key = "namespace"
    advice = moved(who, {other.namespace for other in same_kind if other.name == who.name})
    if not advice:
        key = "name"
        names = sorted(other.name for other in same_kind if other.namespace == who.namespace)
        advice = nearest(who.name, names) or "Correct the name, or remove the dependency."
    if severity is Severity.INFO and is_near(advice):
        severity = Severity.WARNING  # others may provide it, but hardly under a name so near
    problem = f"{owner.who.name} depends on {who}, which nothing in the cluster provides"
    pointer = (*dependency.pointer, key)
    return owner.resource.finding(pointer, problem, advice, "FX003", severity)

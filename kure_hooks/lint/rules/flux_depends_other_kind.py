"""FX024: a dependency that exists as an object of another kind only."""

from collections.abc import Iterator

from msgspec.structs import replace

from kure_hooks.engines.annotations import KUSTOMIZE
from kure_hooks.findings import Finding
from kure_hooks.gitops.flux import HELM
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.repository import Cluster
from kure_hooks.lint.flux import FLUX, kustomizations, releases
from kure_hooks.manifests import Identity
from kure_hooks.rules.rule import ERROR, Rule

RULE = Rule(
    "Dependency on an object of another kind",
    ERROR,
    "dependsOn of a Kustomization names Kustomizations, and that of a HelmRelease HelmReleases. A "
    "name that only the other kind has is not found, so the object waits for ever.",
    "Depend on the Kustomization that applies the release, or on the release from a HelmRelease.",
    FLUX,
    wrong="""\
kind: Kustomization
spec:
  dependsOn:
    - name: cert-manager  # a HelmRelease, which the Kustomization controllers applies
""",
    right="""\
kind: Kustomization
spec:
  dependsOn:
    - name: controllers
""",
    incidents=("https://github.com/gavinmcfall/home-ops/issues/2154",),
)

_OTHERS = {
    (KUSTOMIZE, "Kustomization"): (HELM, "HelmRelease"),
    (HELM, "HelmRelease"): (KUSTOMIZE, "Kustomization"),
}


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield the dependencies that exist under the other kind alone."""
    for owner in (*kustomizations(cluster), *releases(cluster)):
        for dependency in owner.dependencies:
            other = other_kind(cluster, owner, dependency.who)
            if other is None or dependency.who in cluster.by_identity:
                continue
            kind = owner.who.kind
            problem = f"{dependency.who.name} is a {other.who.kind}, and dependsOn names {kind}s"
            above = other.parent
            if kind == "Kustomization" and above is not None and above is not owner:
                advice = f"Name {above.who.name}, the {above.who.kind} that applies it."
            else:
                advice = f"Name a {kind}."
            yield owner.resource.finding(dependency.pointer, problem, advice, "FX024")


def other_kind(cluster: Cluster, owner: Owner, who: Identity) -> Owner | None:
    """Return the owner of the other kind that has the name, in the namespace or in any other."""
    group, kind = _OTHERS.get((owner.who.group, owner.who.kind), ("", ""))
    exact = cluster.by_identity.get(replace(who, group=group, kind=kind))
    if exact:
        return exact[0]
    if any(other.kind == who.kind and other.name == who.name for other in cluster.by_identity):
        return None
    same = (item for item in cluster.owners if (item.who.kind, item.who.name) == (kind, who.name))
    return next(same, None)

"""FX005: a source that nothing provides."""

from collections.abc import Iterator

from msgspec.structs import replace

from kure_hooks.decoding import nearest
from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.repository import Cluster
from kure_hooks.gitops.sources import SOURCE
from kure_hooks.gitops.variables import OPEN
from kure_hooks.lint.flux import (
    FLUX,
    is_elsewhere,
    is_near,
    kustomizations,
    may_hold_more,
    moved,
    releases,
)
from kure_hooks.lint.rules.flux_source_kind import ALLOWED, field_of
from kure_hooks.manifests import Identity
from kure_hooks.rules.rule import ERROR, Rule

RULE = Rule(
    "Source that nothing provides",
    ERROR,
    "A Kustomization or a HelmRelease waits for an artifact of the source that it names. Without "
    "such a source it never gets one: the name, the namespace or the kind is another, or nothing "
    "applies the source.",
    "Correct the reference, or add the source to what the cluster applies.",
    FLUX,
    wrong="""\
spec:
  sourceRef:
    kind: GitRepository
    name: flux-sytem
""",
    right="""\
spec:
  sourceRef:
    kind: GitRepository
    name: flux-system
""",
    incidents=(
        "https://github.com/fluxcd/source-controller/issues/398",
        "https://github.com/fluxcd/kustomize-controller/issues/272",
        "https://github.com/fluxcd/kustomize-controller/issues/1420",
    ),
)

_BOOTSTRAPPED = "flux-system"


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield the sources of Kustomizations and HelmReleases that nothing in the cluster has."""
    entries = {
        owner.source
        for owner in cluster.owners
        if owner.parent is None and _is_bootstrapped(cluster, owner)
    }
    for owner in (*kustomizations(cluster), *releases(cluster)):
        source = owner.source
        if source is None or not source.name or OPEN in f"{source.namespace}{source.name}":
            continue
        if source in cluster.applied or cluster.declared.is_external(source):
            continue
        if source.kind not in ALLOWED[field_of(owner)]:
            continue
        by_hand = source in entries
        usual = by_hand and (cluster.is_certain or source.name == _BOOTSTRAPPED)
        if source.kind == "ExternalArtifact" or usual:
            continue
        unsure = (
            by_hand
            or may_hold_more(cluster)
            or (not cluster.is_certain and is_elsewhere(cluster, source))
        )
        yield _finding(cluster, owner, source, Severity.INFO if unsure else Severity.ERROR)


def _is_bootstrapped(cluster: Cluster, entry: Owner) -> bool:
    """Tell whether the source of an entry may be made by hand, like the entry itself.

    It is not where the repository has another source of that kind: in the file of an entry that
    is certain, else anywhere in the namespace, unless the source has the name of Flux's bootstrap.
    """
    source = entry.source
    if source is None or (not cluster.is_certain and source.name == _BOOTSTRAPPED):
        return True
    file = entry.resource.at().path
    return not any(
        (who.group, who.namespace) == (SOURCE, source.namespace)
        and (who.kind == source.kind or who.name == source.name)
        and (not cluster.is_certain or any(item.at().path == file for _, item in places))
        for who, places in cluster.applied.items()
    )


def _finding(cluster: Cluster, owner: Owner, source: Identity, severity: Severity) -> Finding:
    candidates = [who for who in cluster.applied if who.group == SOURCE]
    field = field_of(owner)
    problem = f"{owner.who.name} has the source {source}, which nothing in the cluster provides"
    steps, advice = (*field, "name"), "Correct the name, or add the source."
    kinds = [who.kind for who in candidates if replace(who, kind=source.kind) == source]
    spaces = [
        who.namespace for who in candidates if replace(who, namespace=source.namespace) == source
    ]
    names = [who.name for who in candidates if replace(who, name=source.name) == source]
    if kinds:
        kind, steps = min(kinds), (*field, "kind")
        problem = f"{source.name} in {source.namespace} is a {kind}, no {source.kind}"
        advice = f"Write kind: {kind}."
    else:
        advice = moved(source, spaces) or nearest(source.name, sorted(names)) or advice
    if severity is Severity.INFO and is_near(advice):
        severity = Severity.WARNING  # others may provide it, but hardly under a name so near
    return owner.resource.finding(steps, problem, advice, "FX005", severity)

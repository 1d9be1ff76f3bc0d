"""FX005: a source that nothing provides."""

from collections.abc import Iterator

from msgspec.structs import replace

from kure_hooks.decoding import nearest
from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.repository import Cluster
from kure_hooks.gitops.sources import SOURCE
from kure_hooks.gitops.variables import OPEN
from kure_hooks.lint.flux import FLUX, is_elsewhere, kustomizations, may_hold_more, releases
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
)

_BOOTSTRAPPED = "flux-system"


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield the sources of Kustomizations and HelmReleases that nothing in the cluster has."""
    entries = {
        owner.source
        for owner in cluster.owners
        if owner.parent is None and not _has_source_beside(cluster, owner)
    }
    for owner in (*kustomizations(cluster), *releases(cluster)):
        source = owner.source
        if source is None or not source.name or OPEN in f"{source.namespace}{source.name}":
            continue
        if source in cluster.applied or cluster.declared.is_external(source):
            continue
        if source.kind not in ALLOWED[field_of(owner)]:
            continue
        if source.kind == "ExternalArtifact" or source in entries:
            continue
        if not cluster.is_certain and _is_bootstrapped(source):
            continue
        unsure = may_hold_more(cluster) or (
            not cluster.is_certain and is_elsewhere(cluster, source)
        )
        yield _finding(cluster, owner, source, Severity.INFO if unsure else Severity.ERROR)


def _has_source_beside(cluster: Cluster, entry: Owner) -> bool:
    """Tell whether the file of an entry has a source of the kind that the entry names.

    Without one, the source was made by hand like the entry itself.
    """
    file = entry.resource.at().path
    return any(
        who.group == SOURCE and entry.source is not None and who.kind == entry.source.kind
        for who, places in cluster.applied.items()
        if any(resource.at().path == file for _, resource in places)
    )


def _is_bootstrapped(source: Identity) -> bool:
    """Tell whether the bootstrap of Flux makes the source, whose manifests may be elsewhere."""
    return source.name == _BOOTSTRAPPED and source.kind in ("GitRepository", "OCIRepository")


def _finding(cluster: Cluster, owner: Owner, source: Identity, severity: Severity) -> Finding:
    candidates = [who for who in cluster.applied if who.group == SOURCE]
    field = field_of(owner)
    problem = f"{owner.who.name} has the source {source}, which nothing in the cluster provides"
    steps, advice = (*field, "name"), "Correct the name, or add the source"
    for other in sorted(candidates):
        if other == replace(source, kind=other.kind):
            steps = (*field, "kind")
            problem = f"{source.name} in {source.namespace} is a {other.kind}, no {source.kind}"
            advice = f"Write kind: {other.kind}"
            break
        if other == replace(source, namespace=other.namespace):
            advice = f"Write namespace: {other.namespace}"
            break
    else:
        names = [who.name for who in candidates if replace(who, name=source.name) == source]
        advice = nearest(source.name, sorted(names)) or advice
    return owner.resource.finding(steps, problem, advice, "FX005", severity)

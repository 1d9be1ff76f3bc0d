"""FX017: a variable that is never used, or whose name is none."""

from collections.abc import Iterator

from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.repository import Cluster
from kure_hooks.lint.flux import is_certain, weight
from kure_hooks.lint.variables import NAME, keys, references, used
from kure_hooks.manifests import value_at
from kure_hooks.rules.rule import ERROR, Rule

RULE = Rule(
    "Variable with a wrong name, or without a use",
    ERROR,
    "kustomize-controller takes names of letters, digits and underscores that do not begin with a "
    "digit, and fails the whole Kustomization for any other key, also for one of a ConfigMap or "
    "Secret in substituteFrom. A variable that no object uses does no harm, but is often a "
    "misspelt one.",
    "Rename the key, or delete a variable that is not used.",
    "Flux 2.9 (kustomize-controller 1.9)",
    wrong="""\
postBuild:
  substitute:
    cluster-name: production
""",
    right="""\
postBuild:
  substitute:
    cluster_name: production
""",
    incidents=("https://github.com/fluxcd/kustomize-controller/issues/291",),
)

_SUBSTITUTE = ("spec", "postBuild", "substitute")


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield a finding for each wrong name, and an info for each variable without a use."""
    for owner in cluster.owners:
        if owner.variables is not None:
            yield from _wrong(cluster, owner)
            if is_certain(cluster, owner):
                yield from _unused(owner)


def _wrong(cluster: Cluster, owner: Owner) -> Iterator[Finding]:
    severity = weight(cluster, owner, Severity.ERROR)
    expected = "Use letters, digits and underscores, with no digit in front."
    for name in value_at(owner.resource.manifest, *_SUBSTITUTE) or ():
        if not NAME.fullmatch(name):
            problem = f'Flux refuses "{name}" as the name of a variable'
            yield owner.resource.finding((*_SUBSTITUTE, name), problem, expected, "", severity)
    for _, _, who in references(owner):
        for _, resource in cluster.applied.get(who, ())[:1]:
            for name in sorted(keys(resource.manifest)):
                if not NAME.fullmatch(name):
                    part = "data" if name in (resource.manifest.get("data") or {}) else "stringData"
                    problem = f'{owner.who} takes variables from here, and Flux refuses "{name}"'
                    yield resource.finding((part, name), problem, expected, "", severity)


def _unused(owner: Owner) -> Iterator[Finding]:
    """Yield an info for each of its own variables without a use; those of patches are shared."""
    source = owner.resource.source
    written = value_at(source.manifest, *_SUBSTITUTE) if source else None
    for name in sorted(filter(NAME.fullmatch, set(written or ()) - used(owner))):
        problem = f'no object that {owner.who} applies uses the variable "{name}"'
        yield owner.resource.finding(
            (*_SUBSTITUTE, name), problem, "Use it, or delete it.", "", Severity.INFO
        )

"""AR020: a revision that moves, where the settings ask for one that stays."""

from collections.abc import Iterator

from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.application_sources import ApplicationSource
from kure_hooks.gitops.repository import Cluster
from kure_hooks.lint.argocd import ARGOCD, declarations, is_open, is_pinned
from kure_hooks.manifests import text_at
from kure_hooks.rules.rule import WARNING, Rule

RULE = Rule(
    "Revision that is not pinned",
    WARNING,
    "A branch, HEAD or a range of versions lets the source decide what is deployed, and when: a "
    "push to another repository, or a new version of a chart, reaches the cluster without a change "
    "here. It is looked for in the files that lint.pinned of the settings names, and nowhere else.",
    "Name a commit, a tag with a version, or the exact version of the chart. A bot can raise it.",
    ARGOCD,
    wrong="""\
# .kure-hooks.yaml has lint: {pinned: ["clusters/prod/**"]}
spec:
  source:
    repoURL: https://charts.example.com
    chart: shop
    targetRevision: 1.*
""",
    right="""\
spec:
  source:
    repoURL: https://charts.example.com
    chart: shop
    targetRevision: 1.4.2
""",
)


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield the floating revisions of Applications in files whose revisions have to be pinned."""
    if not cluster.declared.pinned:
        return
    for declaration in declarations(cluster):
        if not cluster.declared.is_pinned(declaration.resource.at().path):
            continue
        for source in declaration.sources:
            is_elsewhere = declaration.is_partial and not _written(source)
            if is_elsewhere or is_open(source.revision) or is_pinned(source.revision):
                continue
            is_written = "targetRevision" in source.fields
            steps = (*source.pointer, "targetRevision") if is_written else source.pointer
            problem, expected = _words(source)
            yield declaration.finding(steps, problem, expected, "AR020", Severity.WARNING)


def _written(source: ApplicationSource) -> str:
    return text_at(source.fields, "targetRevision")


def _words(source: ApplicationSource) -> tuple[str, str]:
    if source.chart:
        moves = f"{source.revision} moves with each release"
        reason = moves if _written(source) else "without a version the newest one is deployed"
        return f"the chart {source.chart} is not pinned: {reason}", "Name its exact version."
    if source.revision == "HEAD":
        return "the default branch of the source moves", "Name a commit or a tag."
    return f"the revision {source.revision} may move", "Name a commit, or a tag such as v1.2.3."

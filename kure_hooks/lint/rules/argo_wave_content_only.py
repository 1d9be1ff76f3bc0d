"""AR009: waves that order the creation of Applications, and no later change."""

from collections.abc import Iterator

from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.application_sources import ApplicationSource, sources
from kure_hooks.gitops.argocd import is_automated
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.payload import Resource
from kure_hooks.gitops.repository import Cluster
from kure_hooks.gitops.urls import same_repository
from kure_hooks.lint.argocd import ARGOCD, is_pinned, wave_parents
from kure_hooks.rules.rule import Rule

RULE = Rule(
    "Waves that order creation alone",
    Severity.INFO,
    "Waves have a meaning inside one sync of the parent. A commit that changes only what children "
    "deploy leaves their own objects as they are: the parent stays in sync, no wave runs, and all "
    "children that follow the branch sync themselves at once.",
    "Pin the children to a tag or commit if updates need the order too, or use an ApplicationSet "
    "with progressive syncs, or waves of resources inside one Application.",
    ARGOCD,
    wrong="""\
kind: Application
metadata:
  annotations:
    argocd.argoproj.io/sync-wave: "1"
spec:
  source: {targetRevision: main}
""",
    right="""\
kind: Application
metadata:
  annotations:
    argocd.argoproj.io/sync-wave: "1"
spec:
  source: {targetRevision: v1.4.0}
""",
    incidents=(
        "https://github.com/argoproj/argo-cd/issues/8778",
        "https://github.com/aws-controllers-k8s/test-infra/pull/1110",
    ),
)


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield a child for each parent in whose waves some follow its own floating revision."""
    for owner, children in wave_parents(cluster):
        floating = [(child, source) for child in children if (source := _followed(owner, child))]
        if floating:
            child, source = floating[-1]
            problem = (
                f"{child.name} follows the revision that {owner.who.name} follows, so a commit "
                "that changes only what it deploys is synced at once, without any wave"
            )
            expected = "Name a tag or commit where updates need the order too."
            steps = (*source.pointer, "targetRevision")
            yield child.finding(steps, problem, expected, "AR009", Severity.INFO)


def _followed(parent: Owner, child: Resource) -> ApplicationSource | None:
    """Return the source in which a child follows the branch of its parent by itself."""
    if not is_automated(child.manifest):
        return None
    above = [
        source for source in sources(parent.resource.manifest) if not is_pinned(source.revision)
    ]
    return next(
        (
            source
            for source in sources(child.manifest)
            for other in above
            if same_repository(source.repo_url, other.repo_url)
            and source.revision == other.revision
        ),
        None,
    )

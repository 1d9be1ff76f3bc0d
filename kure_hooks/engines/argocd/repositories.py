"""Which repository and revision an Application reads: its source in terms of Argo CD 3.5."""

from kure_hooks.layout.plan import Plan
from kure_hooks.stack.sources import SourceRef

REVISIONS = ("commit", "digest", "ref", "semver", "tag", "branch")
"""The fields that say which revision of a source is meant; the first one wins, as in Flux 2.9."""


def repository(plan: Plan, source: SourceRef) -> tuple[str, str]:
    """Return URL and revision: the source's own, or the cluster's repository."""
    options = plan.cluster.argocd
    if not source.url:
        return options.repo_url, options.target_revision
    given = (getattr(source, name) for name in REVISIONS)
    return source.url, next((each for each in given if each), "HEAD")

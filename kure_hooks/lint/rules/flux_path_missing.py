"""FX001: a path that is no directory of the source."""

from collections.abc import Iterator

from kure_hooks.findings import Finding
from kure_hooks.gitops.repository import Cluster
from kure_hooks.rules.rule import ERROR, Rule

RULE = Rule(
    "Path that is no directory of its source",
    ERROR,
    "kustomize-controller looks for spec.path in the artifact of the source. Without such a "
    'directory the Kustomization fails with "path not found", and nothing below it is applied or '
    "pruned any more.",
    "Correct the path, or add the directory to the source.",
    "Flux 2.9 (kustomize-controller 1.9)",
    wrong="""\
spec:
  path: ./apps/prod
""",
    right="""\
spec:
  path: ./apps/production
""",
)


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield a finding for each owner of Flux whose path is missing."""
    raise NotImplementedError

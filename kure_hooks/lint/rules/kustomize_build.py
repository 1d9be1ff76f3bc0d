"""KZ001: a directory that kustomize can't build."""

from collections.abc import Iterator

from msgspec.structs import replace

from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.repository import Cluster, Repository
from kure_hooks.rules.rule import ERROR, Rule

RULE = Rule(
    "Directory that does not build",
    ERROR,
    "The controller builds the directory with kustomize before it applies anything. A file that is "
    "missing, a directory without a kustomization file, an unknown field, a patch without its "
    "object, or a file outside of the directory (Argo CD) fails the build, and nothing of the "
    "directory is updated any more.",
    "Correct what the finding names, and try `kustomize build`. A component is a directory with a "
    "kustomization.yaml of kind Component.",
    "kustomize 5.8",
    wrong="""\
# the directory has deployment.yaml
resources:
  - deployments.yaml
""",
    right="""\
resources:
  - deployment.yaml
""",
    incidents=(
        "https://github.com/fluxcd/flux2/issues/725",
        "https://github.com/argoproj/argo-cd/issues/6805",
    ),
)


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield why the directories that the owners of a cluster apply can't be built.

    Those of suspended owners are warnings: nobody builds them now.
    """
    for owner in cluster.owners:
        for payload in owner.payloads:
            for fault in payload.faults:
                if fault.rule == "KZ001":
                    yield replace(fault, severity=Severity.WARNING) if owner.suspended else fault


def check_repository(repository: Repository) -> Iterator[Finding]:
    """Yield the conflicts in files with objects of Flux or Argo CD that no cluster reads.

    They may be what starts one: with the conflict nobody can tell.
    """
    files = repository.files
    read = frozenset().union(*(cluster.read for cluster in repository.clusters))
    for path in files.manifests:
        if path not in read and files.mentions(path):
            for fault in files.faults(path):
                if fault.rule == "YA001":
                    yield replace(fault, rule="KZ001")

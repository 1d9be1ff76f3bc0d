"""AR005: a source that Argo CD shall read in two ways."""

from collections.abc import Iterator

from kure_hooks.findings import Finding
from kure_hooks.gitops.application_sources import ApplicationSource, SourceType, sources
from kure_hooks.gitops.owner import Owner, Target
from kure_hooks.gitops.repository import Cluster
from kure_hooks.kustomize import BUILD_FILES
from kure_hooks.lint.argocd import ARGOCD, applications, declarations, is_made
from kure_hooks.manifests import text_at
from kure_hooks.rules.rule import ERROR, Rule

RULE = Rule(
    "Source with more than one type",
    ERROR,
    "Argo CD reads a source as a Helm chart, with kustomize, as a directory of manifests or with a "
    "plugin. A source with the fields of two of them is refused. The field directory makes Argo CD "
    "apply each file as it is: of a directory for kustomize also kustomization.yaml, which is no "
    "object of any cluster, so that the sync fails.",
    "Keep the field of one type, and remove directory where kustomize builds the source.",
    ARGOCD,
    wrong="""\
spec:
  source:
    path: apps/shop
    directory: {recurse: true}
    kustomize: {namePrefix: eu-}
""",
    right="""\
spec:
  source:
    path: apps/shop
    kustomize: {namePrefix: eu-}
""",
    incidents=(
        "https://github.com/kuberhealthy/kuberhealthy/issues/1402",
        "https://github.com/argoproj/argo-cd/issues/21945",
    ),
)

_BUILT = "kustomize.config.k8s.io/"


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield the sources of two types, and directories that only kustomize can build."""
    for declaration in declarations(cluster):
        for source in declaration.sources:
            types = [item.value for item in source.types]
            if len(types) > 1:
                problem = f"this source has {' and '.join(types)}, and Argo CD takes one type"
                steps = (*source.pointer, types[1])
                expected = f"Remove all but one of {', '.join(types)}."
                yield declaration.finding(steps, problem, expected, "AR005")
    for owner in applications(cluster):
        if not is_made(owner):
            for source, target in _directories(owner):
                yield from _of_directory(cluster, owner, source, target)


def _directories(owner: Owner) -> Iterator[tuple[ApplicationSource, Target]]:
    """Yield the sources that are to be read as directories of manifests, with their places."""
    for source in sources(owner.resource.manifest):
        if source.types == [SourceType.DIRECTORY] and not source.fields["directory"].get("jsonnet"):
            for target in owner.targets:
                if target.pointer[:-1] == source.pointer and target.exists:
                    yield source, target


def _of_directory(
    cluster: Cluster, owner: Owner, source: ApplicationSource, target: Target
) -> Iterator[Finding]:
    for name in sorted(BUILD_FILES):
        path = f"{target.directory}/{name}".removeprefix("/")
        if path in cluster.files.paths and source.takes(path) and _is_object(cluster, path):
            problem = f"Argo CD applies {path} as an object, because the source has directory"
            expected = "Remove directory, so that kustomize builds it."
            steps = (*source.pointer, "directory")
            yield owner.resource.finding(steps, problem, expected, "AR005")


def _is_object(cluster: Cluster, path: str) -> bool:
    """Tell whether a file says of itself that it is an object of kustomize.

    Argo CD ignores a file without apiVersion, kind or metadata.
    """
    return any(
        text_at(item.document.value, "apiVersion").startswith(_BUILT)
        and text_at(item.document.value, "kind")
        for item in cluster.files.objects(path)
    )

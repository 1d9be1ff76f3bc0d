"""FX012: a Kustomization of Flux that nothing applies."""

from collections.abc import Iterator

from kure_hooks.files.paths import ancestors, base_name
from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.repository import Repository
from kure_hooks.kustomize import BUILD_FILES
from kure_hooks.lint.flux import FLUX
from kure_hooks.objects.written import Object
from kure_hooks.rules.rule import ERROR, Rule

RULE = Rule(
    "Kustomization of Flux that nothing applies",
    ERROR,
    "Neither the directory with which the cluster starts nor any that it leads to takes in the "
    "file, so the Kustomization never gets to the cluster, and nothing tells. A file that a "
    "comment in a kustomization.yaml names is left alone; one that a .sourceignore keeps out of "
    "the artifact is an info.",
    "List the file in the kustomization.yaml of its directory, or delete it.",
    FLUX,
    wrong="""\
# apps/kustomization.yaml, beside podinfo.yaml and web.yaml
resources:
  - podinfo.yaml
""",
    right="""\
resources:
  - podinfo.yaml
  - web.yaml
""",
    incidents=("https://github.com/keiretsu-labs/kubernetes-manifests/issues/1591",),
)


def check_repository(repository: Repository) -> Iterator[Finding]:
    """Yield the Kustomizations in files that no cluster reads."""
    for item in repository.unreached:
        if item.kind != "Kustomization" or _is_mentioned(repository, item):
            continue
        problem, severity = f"nothing applies {item.who}", Severity.ERROR
        expected = "List its file in the kustomization.yaml of its directory, or delete it."
        path = item.document.path
        if left_out := repository.left_out(path):
            pattern = left_out.patterns[path]
            problem += f": {pattern.place} leaves its file out of the artifact of the source"
            expected = f"Write {left_out.way_in(path)}, or delete the file."
            severity = Severity.INFO if pattern.written else Severity.ERROR
        yield item.finding(("metadata", "name"), problem, expected, "FX012", severity)


def _is_mentioned(repository: Repository, item: Object) -> bool:
    """Tell whether a kustomization file above names the file, such as in a comment."""
    path = item.document.path
    names = [base_name(path), *(base_name(above) for above in ancestors(path))]
    for above in ("", *ancestors(path)):
        for name in BUILD_FILES:
            file = f"{above}/{name}".lstrip("/")
            if file in repository.files.paths and file != path:
                lines = repository.files.text(file).splitlines()
                comments = [line for line in lines if line.lstrip().startswith("#")]
                if any(name in line for line in comments for name in names):
                    return True
    return False

"""FX002: a path that leads out of the source."""

from collections.abc import Iterator
from posixpath import normpath

from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.repository import Cluster
from kure_hooks.lint.flux import CONTROLLER, kustomizations
from kure_hooks.rules.rule import ERROR, Rule

RULE = Rule(
    "Path that leads out of its source",
    ERROR,
    "kustomize-controller never leaves the artifact of the source: it cuts what leads out of it, "
    "so `../apps` means the directory apps at the root. The Kustomization fails, or applies a "
    "directory that nobody meant. A path that starts with a slash is read from the root too.",
    "Write the path from the root of the source, such as ./apps.",
    CONTROLLER,
    wrong="""\
spec:
  path: ../apps
""",
    right="""\
spec:
  path: ./apps
""",
    incidents=("https://github.com/fluxcd/flux2/issues/1788",),
)


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield the paths that leave the artifact, and as warnings those that begin with a slash."""
    for owner in kustomizations(cluster):
        for target in owner.targets:
            inside = normpath(f"/{target.path}").lstrip("/")
            expected = f"Write ./{inside}."
            if escapes(target.path):
                problem = f"the path {target.path} leads out of the source"
                severity = Severity.WARNING if target.exists else Severity.ERROR
            elif target.path.startswith("/"):
                problem = f"the path {target.path} is absolute"
                severity = Severity.WARNING
            else:
                continue
            yield owner.resource.finding(target.pointer, problem, expected, "FX002", severity)


def escapes(path: str) -> bool:
    """Tell whether a path leads out of the directory that it starts in."""
    return normpath(path.lstrip("/") or ".").split("/")[0] == ".."

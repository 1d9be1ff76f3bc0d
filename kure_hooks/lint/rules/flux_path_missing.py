"""FX001: a path that is no directory of the source."""

from collections.abc import Iterator

from kure_hooks.decoding import nearest
from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.owner import Owner, Target
from kure_hooks.gitops.repository import Cluster
from kure_hooks.lint.flux import CONTROLLER, is_near, kustomizations
from kure_hooks.lint.rules.flux_path_escapes import escapes
from kure_hooks.rules.rule import ERROR, Rule

RULE = Rule(
    "Path that is no directory of its source",
    ERROR,
    "kustomize-controller looks for spec.path in the artifact of the source. Without such a "
    'directory the Kustomization fails with "path not found", and nothing below it is applied or '
    "pruned any more. Where .sourceignore leaves out all files of a directory, the artifact lacks "
    "it, or has it empty: then all that was applied from it is pruned.",
    "Correct the path, or add the directory to the source.",
    CONTROLLER,
    wrong="""\
spec:
  path: ./apps/prod  # the directory is apps/production
""",
    right="""\
spec:
  path: ./apps/production
""",
    incidents=(
        "https://github.com/fluxcd/flux2/issues/2660",
        "https://github.com/fluxcd/flux2/issues/2627",
        "https://github.com/fluxcd/flux2/issues/2245",
        "https://github.com/ionfury/homelab/issues/182",
    ),
)


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield the paths of Kustomizations that are no directories of this repository.

    Where nothing tells whether the source is this repository, it is an info.
    """
    for owner in kustomizations(cluster):
        for target in owner.targets:
            if target.directory is None or target.exists or escapes(target.path):
                continue
            is_here = _is_here(cluster, owner)
            yield owner.resource.finding(
                target.pointer,
                _problem(cluster, target),
                _advice(cluster, target),
                "FX001",
                Severity.ERROR if is_here else Severity.INFO,
            )


def _is_here(cluster: Cluster, owner: Owner) -> bool:
    """Tell whether the source of an owner is this repository for sure.

    A source that nothing defines is, where another Kustomization finds its path in it.
    """
    if not any(target.is_assumed for target in owner.targets):
        return True
    return any(
        target.exists
        for other in kustomizations(cluster)
        if other.source == owner.source
        for target in other.targets
    )


def _problem(cluster: Cluster, target: Target) -> str:
    directory = target.directory or ""
    if first := target.left_out.first(directory):
        place = target.left_out.patterns[first].place
        return f"the artifact of the source has no file of {target.path}: {place} leaves them out"
    if directory in cluster.files.paths:
        return f"the path {target.path} is a file, and kustomize-controller builds directories"
    return f"the path {target.path} is no directory of the repository"


def _advice(cluster: Cluster, target: Target) -> str:
    directory = target.directory or ""
    if target.left_out.first(directory):
        return f"Write {target.left_out.way_in(directory)}, or correct the path."
    if directory in cluster.files.paths:
        return f"Name the directory: ./{directory.rpartition('/')[0]}."
    mapped = directory.partition("/")[0] if directory.startswith("@") else ""
    known = cluster.files.directories - {""}
    if mapped:  # a checkout of another repository, whose directories are below its name
        directory = directory.removeprefix(f"{mapped}/")
        inside = (path for path in known if path.startswith(f"{mapped}/"))
        known = frozenset(path.removeprefix(f"{mapped}/") for path in inside)
    hint = nearest(directory, sorted(known))
    # Of few directories all would be named, and none of them may be meant.
    start = f"{hint} " if is_near(hint) else ""
    return f"{start}Correct the path, or add the directory."

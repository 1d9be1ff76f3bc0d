"""The name of an imported cluster, and the stack file that has it."""

from collections.abc import Iterable

from kure_hooks.errors import UsageError
from kure_hooks.files.globs import select
from kure_hooks.files.paths import segment_problem
from kure_hooks.gitops.repository import Cluster
from kure_hooks.importing.candidates import refusal

_RULE = (
    "Choose a name of lower-case letters, digits and dashes (at most 63), such as web-1, with "
    "--cluster."
)


def directory_name(cluster: Cluster) -> str:
    """Return the name of a cluster that nobody has named: that of its directory."""
    return cluster.name.rsplit("/", 1)[-1].strip(".") or "cluster"


def refuse_unfit(name: str) -> None:
    """Raise UsageError for a name that no stack can have, or that no file can have on Windows."""
    if refusal(("name",), name):
        raise UsageError(f'"{name}" is no name for a cluster. {_RULE}')
    if problem := segment_problem(name):
        raise UsageError(f'the name "{name}" {problem}. Choose another --cluster.')


def stack_path(name: str, patterns: Iterable[str]) -> str:
    """Return the path of a new stack file, which the patterns of the settings find."""
    path = f"stacks/{name}.yaml"
    known = list(patterns)
    if known and not any(select(pattern, [path]) for pattern in known):
        path = known[0].replace("*", name) if known[0].count("*") == 1 else path
    return path

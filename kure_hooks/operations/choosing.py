"""The stacks that arguments of a command choose: by their paths, clusters and files."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from kure_hooks.decoding import nearest
from kure_hooks.errors import UsageError
from kure_hooks.files.globs import is_glob, literal_prefix, select
from kure_hooks.files.paths import is_below
from kure_hooks.operations import fleet
from kure_hooks.operations.shards import named
from kure_hooks.operations.workspace import Workspace


class Choice(Struct, frozen=True):
    """The stacks that were chosen, sorted, and the names of the clusters that were of cluster sets.

    A set that is not in `only` is chosen as a whole, like every other stack.
    """

    stacks: tuple[str, ...]
    only: Mapping[str, frozenset[str]]


_Meant = tuple[str, str]
"""A stack, and the name of one cluster where that is a set and was not meant as a whole."""


def choice(workspace: Workspace, arguments: Sequence[str]) -> Choice:
    """Return what arguments mean; nothing for none.

    An argument is a stack file, a directory of such, the directory of a generated cluster or
    something in it, a file or directory that stacks read, a pattern for any of these, or the name
    of a cluster. Paths go before names. Raises UsageError for anything else.
    """
    known = fleet.find(workspace.tree, workspace.settings) if arguments else []
    chosen: set[_Meant] = set()
    for argument in arguments:
        if meant := _of_paths(workspace, known, argument) or _of_name(workspace, known, argument):
            chosen.update(meant)
            continue
        (path,) = workspace.named([argument])
        clusters = (named(workspace.tree, stack) or () for stack in known)
        names = (cluster.name for stack in clusters for cluster in stack)
        hint = nearest(path, [*known, *names]) or "Name one of `stacks` in .kure-hooks.yaml."
        raise UsageError(f"{path} is no stack of this repository. {hint}")
    whole = {stack for stack, cluster in chosen if not cluster}
    only: defaultdict[str, set[str]] = defaultdict(set)
    for stack, cluster in chosen:
        if stack not in whole:
            only[stack].add(cluster)
    return Choice(
        tuple(sorted({stack for stack, _ in chosen})),
        {stack: frozenset(clusters) for stack, clusters in only.items()},
    )


def _of_paths(workspace: Workspace, known: Sequence[str], argument: str) -> list[_Meant]:
    (path,) = workspace.named([argument])
    if path in known:
        return [(path, "")]
    if is_glob(path):
        paths = select(path, workspace.tree.paths(literal_prefix(path)))
    else:
        paths = [*workspace.tree.paths(path)]
    below = [(stack, "") for stack in known if stack in paths]
    return below or _of_output(workspace, known, path) or _reading(workspace, known, paths)


def _of_output(workspace: Workspace, known: Sequence[str], path: str) -> list[_Meant]:
    """Return the stack of the generated cluster that a path is in, whether it is there or not."""
    output = workspace.settings.output
    if not is_below(path, output) or path == output:
        return []
    name = path.removeprefix(f"{output}/").partition("/")[0]
    return _of_name(workspace, known, name)


def _of_name(workspace: Workspace, known: Sequence[str], name: str) -> list[_Meant]:
    clusters = (
        (stack, cluster) for stack in known for cluster in named(workspace.tree, stack) or ()
    )
    meant = {
        (stack, name if cluster.of_set else "")
        for stack, cluster in clusters
        if cluster.name == name
    }
    return sorted(meant)


def _reading(workspace: Workspace, known: Sequence[str], paths: Iterable[str]) -> list[_Meant]:
    """Return the stacks that read one of the files."""
    wanted = frozenset(paths)
    if not wanted:
        return []
    results = fleet.results(workspace.tree, workspace.settings, known, workspace.jobs)
    return [(result.stack, "") for result in results if not wanted.isdisjoint(result.inputs.files)]

"""The stacks that arguments of a command choose: by their paths, clusters and files."""

from collections.abc import Iterable, Sequence

from kure_hooks.decoding import nearest
from kure_hooks.errors import InputError, ReadError, UsageError
from kure_hooks.files.globs import is_glob, literal_prefix, select
from kure_hooks.files.paths import is_below
from kure_hooks.files.tree import Tree
from kure_hooks.operations import fleet
from kure_hooks.operations.compile import Request, generate_stack
from kure_hooks.operations.workspace import Workspace
from kure_hooks.stack.files import kind_of
from kure_hooks.yamlio import read, strict


def stacks(workspace: Workspace, arguments: Sequence[str]) -> list[str]:
    """Return the paths of the stacks that arguments mean, sorted and each once; none for none.

    An argument is a stack file, a directory of such, the directory of a generated cluster or
    something in it, a file or directory that stacks read, a pattern for any of these, or the name
    of a cluster. Paths go before names. Raises UsageError for anything else.
    """
    known = fleet.find(workspace.tree, workspace.settings) if arguments else []
    chosen: set[str] = set()
    for argument in arguments:
        if meant := _of_paths(workspace, known, argument) or _of_name(workspace, known, argument):
            chosen.update(meant)
            continue
        (path,) = workspace.named([argument])
        names = (name for stack in known for name in _clusters(workspace.tree, stack))
        hint = nearest(path, [*known, *names]) or "Name one of `stacks` in .kure-hooks.yaml."
        raise UsageError(f"{path} is no stack of this repository. {hint}")
    return sorted(chosen)


def _of_paths(workspace: Workspace, known: Sequence[str], argument: str) -> list[str]:
    (path,) = workspace.named([argument])
    if path in known:
        return [path]
    if is_glob(path):
        paths = select(path, workspace.tree.paths(literal_prefix(path)))
    else:
        paths = [*workspace.tree.paths(path)]
    below = [stack for stack in known if stack in paths]
    return below or _of_output(workspace, known, path) or _reading(workspace, known, paths)


def _of_output(workspace: Workspace, known: Sequence[str], path: str) -> list[str]:
    """Return the stack of the generated cluster that a path is in, whether it is there or not."""
    output = workspace.settings.output
    if not is_below(path, output) or path == output:
        return []
    name = path.removeprefix(f"{output}/").partition("/")[0]
    return _of_name(workspace, known, name)


def _of_name(workspace: Workspace, known: Sequence[str], name: str) -> list[str]:
    return [stack for stack in known if name in _clusters(workspace.tree, stack)]


def _clusters(tree: Tree, stack: str) -> list[str]:
    """Return the names of a stack's clusters as far as it can be read."""
    names = []
    try:
        documents = read(tree.read(stack), stack, strict)
    except (InputError, ReadError):
        return []
    for document in documents:
        value = document.value if isinstance(document.value, dict) else {}
        kind = kind_of(document)[1]
        head = value.get("metadata") if kind == "Cluster" else value if not kind else None
        if isinstance(head, dict) and isinstance(name := head.get("name"), str):
            names.append(name)
    return names


def _reading(workspace: Workspace, known: Sequence[str], paths: Iterable[str]) -> list[str]:
    """Return the stacks that read one of the files."""
    wanted = frozenset(paths)
    if not wanted:
        return []
    tree, settings = workspace.tree, workspace.settings
    results = (generate_stack(Request(tree, settings, stack)) for stack in known)
    return [result.stack for result in results if not wanted.isdisjoint(result.inputs.files)]

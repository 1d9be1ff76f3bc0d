"""The generated tree against a checked-in one."""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from kure_hooks.drift.result import FileChange, Kind
from kure_hooks.errors import ReadError
from kure_hooks.files.globs import matches
from kure_hooks.files.ownership import is_marked
from kure_hooks.files.paths import ancestors, parent
from kure_hooks.files.tree import MAX_LARGE, Tree

_IN_THE_WAY = "in the way of a directory with generated files; move it away"


@dataclass(frozen=True)
class Expected:
    """What should be there: `owned` maps each owned directory to its stack.

    `output` is the directory of all clusters; it is searched for what deleted clusters left only
    when `complete` says that every stack was generated.
    """

    files: Mapping[str, bytes]
    owned: Mapping[str, str]
    output: str
    complete: bool
    keep: tuple[str, ...] = field(default=())


def compare(expected: Expected, tree: Tree) -> list[FileChange]:
    """Return the files that differ, sorted by directory and path, not yet explained."""
    differing = list(_differing(expected, tree))
    missing = [change.path for change in differing if change.kind is Kind.MISSING]
    blocked = {directory for path in missing for directory in ancestors(path)}
    changes = [*differing, *_surplus(expected, tree, blocked)]
    return sorted(changes, key=lambda change: (change.directory, change.path))


def owner(path: str, owned: Container[str]) -> str:
    """Return the owned directory that a path is in, or an empty text."""
    directory = parent(path)
    while directory and directory not in owned:
        directory = parent(directory)
    return directory


def _differing(expected: Expected, tree: Tree) -> Iterator[FileChange]:
    for path, data in expected.files.items():
        same = tree.holds(path, data)
        if not same:
            kind = Kind.MISSING if same is None else Kind.CHANGED
            directory = owner(path, expected.owned)
            yield FileChange(kind, path, directory, expected.owned[directory])


def _surplus(expected: Expected, tree: Tree, blocked: set[str]) -> Iterator[FileChange]:
    """Yield what is there and not generated; no file can be at a path that is `blocked`."""
    for path in _present(expected, tree):
        if path in expected.files or any(matches(pattern, path) for pattern in expected.keep):
            continue
        directory = owner(path, expected.owned)
        marked = _bears_mark(tree, path)
        if directory or marked:
            kind = Kind.UNEXPECTED if marked else Kind.FOREIGN
            where = directory or "/".join(path.split("/")[: expected.output.count("/") + 2])
            note = _IN_THE_WAY if path in blocked else ""
            yield FileChange(kind, path, where, expected.owned.get(directory, ""), note=note)


def _present(expected: Expected, tree: Tree) -> Iterable[str]:
    if expected.complete:
        return tree.paths(expected.output)
    return (path for directory in sorted(expected.owned) for path in tree.paths(directory))


def _bears_mark(tree: Tree, path: str) -> bool:
    try:
        return is_marked(tree.read(path, MAX_LARGE))
    except ReadError:
        return False

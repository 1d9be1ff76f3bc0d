"""The generated tree against a checked-in one."""

from collections.abc import Container, Iterator, Mapping

from msgspec import Struct, field, structs

from kure_hooks.drift.kinds import Kind
from kure_hooks.drift.result import FileChange, Obstacle
from kure_hooks.errors import ReadError
from kure_hooks.files.globs import matches
from kure_hooks.files.mark import is_marked, marked_line
from kure_hooks.files.paths import ancestors, parent
from kure_hooks.files.tree import MAX_LARGE, Tree

_NEEDED = "a directory with generated files is needed here; move it away"


class Expected(Struct, frozen=True):
    """The expected tree: `owned` maps each owned directory to its stack.

    `output` is the directory of all clusters, and `search` the paths at or below which there may be
    other files: in owned directories, and what deleted clusters left. Clusters in the directories
    `elsewhere` are the business of other runs.
    """

    files: Mapping[str, bytes]
    owned: Mapping[str, str]
    output: str
    search: tuple[str, ...]
    keep: tuple[str, ...] = field(default=())
    elsewhere: Container[str] = frozenset()

    def keeps(self, path: str) -> bool:
        """Tell whether the settings say that a file of somebody else may stay at a path."""
        return any(matches(pattern, path) for pattern in self.keep)


def compare(expected: Expected, tree: Tree) -> list[FileChange]:
    """Return the files that differ, sorted by directory and path, not yet explained.

    Files without a header are foreign, also those outside of the owned directories.
    """
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
    """Yield the generated files that the tree doesn't hold, or that somebody else wrote.

    What is kept is left as it is, but for files that bear the header.
    """
    for path, data in expected.files.items():
        same = tree.holds(path, data)
        if same:
            continue
        directory = owner(path, expected.owned)
        change = FileChange(Kind.MISSING, path, directory, expected.owned[directory])
        if same is None:
            yield change
        elif is_marked(present := _content(tree, path)):
            yield structs.replace(change, kind=Kind.CHANGED)
        elif not expected.keeps(path):
            note = _misplaced(present)
            yield structs.replace(change, kind=Kind.FOREIGN, note=note, obstacle=Obstacle.FILE)


def _surplus(expected: Expected, tree: Tree, blocked: set[str]) -> Iterator[FileChange]:
    """Yield what is there and not generated; no file can be at a path that is `blocked`."""
    for path in _present(expected, tree):
        if path in expected.files or (expected.keeps(path) and path not in blocked):
            continue
        directory = owner(path, expected.owned)
        where = directory or "/".join(path.split("/")[: expected.output.count("/") + 2])
        change = FileChange(Kind.UNEXPECTED, path, where, expected.owned.get(directory, ""))
        if is_marked(_content(tree, path)):
            yield change
        elif path in blocked:
            obstacle = Obstacle.DIRECTORY
            yield structs.replace(change, kind=Kind.FOREIGN, note=_NEEDED, obstacle=obstacle)
        else:
            yield structs.replace(change, kind=Kind.FOREIGN)


def _present(expected: Expected, tree: Tree) -> Iterator[str]:
    for path in (path for top in expected.search for path in tree.paths(top)):
        if path not in expected.elsewhere and not owner(path, expected.elsewhere):
            yield path


def _content(tree: Tree, path: str) -> bytes:
    """Return what could be a generated file; nothing for a link, a directory and the like."""
    try:
        return tree.read(path, MAX_LARGE)
    except ReadError:
        return b""


def _misplaced(data: bytes) -> str:
    line = marked_line(data)
    return f"the header of kure-hooks is on line {line}, not on the first one" if line else ""

"""Explain each file that drifted: objects, fields, moves, renames and the text itself."""

from codecs import BOM_UTF8
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby
from operator import attrgetter

from msgspec import structs

from kure_hooks.drift.changes import Judges, Pairs, changes_owners, object_changes, pair
from kure_hooks.drift.consequences import Consequences, Controllers, Unaware
from kure_hooks.drift.kinds import Kind
from kure_hooks.drift.masking import Mask
from kure_hooks.drift.objects import Held, UnreadableError, held
from kure_hooks.drift.renames import renames
from kure_hooks.drift.result import FileChange, ObjectChange, State
from kure_hooks.drift.texts import Texts, texts
from kure_hooks.errors import ReadError, tolerated
from kure_hooks.files.mark import is_marked
from kure_hooks.files.paths import ancestors
from kure_hooks.files.tree import MAX_LARGE, Tree
from kure_hooks.origin import Origin

# What is said of a file whose kind says already that all of it came or went.
_TELLING = frozenset({State.MOVED_HERE, State.MOVED_AWAY})

_NOT_EXPLAINED = "it can't be explained, which is a bug in kure-hooks; --debug tells where"


@dataclass(frozen=True)
class Sides:
    """The two sides of a comparison: one as a tree, the other one as bytes.

    `origins` are those of the files of both sides as far as they are known, `controllers` tell what
    a change does on a cluster.
    """

    before: Tree
    after: Mapping[str, bytes]
    origins: Mapping[str, Origin]
    reveal: tuple[str, ...] = ()
    controllers: Controllers = field(default_factory=Unaware)

    @cached_property
    def mask(self) -> Mask:
        """The masking of secrets; `reveal` are patterns of keys that only look secret."""
        return Mask(self.reveal)

    @cached_property
    def by_directory(self) -> Mapping[str, dict[str, bytes]]:
        """The files of the second side by each directory above them."""
        found: defaultdict[str, dict[str, bytes]] = defaultdict(dict)
        for path, data in self.after.items():
            for directory in ancestors(path):
                found[directory][path] = data
        return found


@dataclass(frozen=True)
class _File:
    """A change and the bytes of its sides; `before` is None also where it can't be used."""

    change: FileChange
    before: bytes | None = None
    after: bytes | None = None

    def noted(self, note: str) -> "_File":
        return replace(self, change=structs.replace(self.change, note=note), before=None)


def explain(changes: Sequence[FileChange], sides: Sides) -> list[FileChange]:
    """Return the changes with their objects and texts, and with renamed files joined.

    Objects pair across the files of an owned directory. A changed file whose objects are the same
    becomes one of kind formatting. Secrets are hidden in everything that is returned. A file that
    can't be explained, whatever it holds, has a note and no text.
    """
    place = attrgetter("directory", "path")
    explained: list[FileChange] = []
    for _, group in groupby(sorted(changes, key=place), key=attrgetter("directory")):
        explained += _guarded(list(group), sides)
    return explained


def _guarded(changes: Sequence[FileChange], sides: Sides) -> list[FileChange]:
    """Explain the files of a directory together, or each alone where that fails."""
    with tolerated(f"explaining {changes[0].path}"):
        return list(_directory(changes, sides))
    if len(changes) > 1:
        return [each for change in changes for each in _guarded([change], sides)]
    return [structs.replace(changes[0], note=_NOT_EXPLAINED)]


def _directory(changes: Sequence[FileChange], sides: Sides) -> Iterator[FileChange]:
    files = [_read(change, sides) for change in changes if change.compared]
    files, gone, come = _objects(files)
    renamed: dict[str, str] = {}
    if pair(gone, come).before:
        come += [held for file in files if _is_new(file.change) for held in _held(file)]
        renamed = _renamed(files, pair(gone, come))
    pairs = pair(gone, come, renamed)
    judges = Judges(sides.controllers, _consequences(pairs, changes, files, sides), sides.mask)
    objects = object_changes(pairs, renamed, judges)
    by_path = {file.change.path: file for file in files}
    for change in changes:
        path = change.path
        if path in renamed:
            yield _finished(_joined(by_path[path], by_path[renamed[path]]), objects[path], sides)
        elif path not in by_path:
            yield change
        elif path not in renamed.values():
            yield _finished(by_path[path], objects[path], sides)


def _consequences(
    pairs: Pairs, changes: Sequence[FileChange], files: Sequence[_File], sides: Sides
) -> Consequences:
    """Return what the controllers do; they are asked only where they may delete anything."""
    if not changes_owners(pairs, sides.controllers):
        return Unaware().consequences("", {}, {}, ())
    root = changes[0].directory
    differing = {file.change.path: file for file in files}
    same = {path: data for path, data in sides.by_directory[root].items() if path not in differing}
    same |= dict(_foreign(changes, sides))
    before = {path: file.before for path, file in differing.items() if file.before is not None}
    after = {path: file.after for path, file in differing.items() if file.after is not None}
    return sides.controllers.consequences(root, same | before, same | after, differing)


def _foreign(changes: Sequence[FileChange], sides: Sides) -> Iterator[tuple[str, bytes]]:
    """Yield the files that stay as they are because nothing generates them."""
    for change in changes:
        if change.kind is Kind.FOREIGN:
            with suppress(ReadError):
                yield change.path, sides.before.read(change.path, MAX_LARGE)


def _is_new(change: FileChange) -> bool:
    return not change.kind.facts.before


def _read(change: FileChange, sides: Sides) -> _File:
    change = structs.replace(change, origin=sides.origins.get(change.path))
    after = sides.after[change.path] if change.generated else None
    if _is_new(change):
        return _File(change, after=after)
    try:
        return _File(change, sides.before.read(change.path, MAX_LARGE), after)
    except ReadError as error:
        target = sides.before.link(change.path)
        change = structs.replace(change, before=target, link=target is not None)
        return _File(change, after=after).noted(f"it {error.reason}")


def _objects(files: Sequence[_File]) -> tuple[list[_File], list[Held], list[Held]]:
    """Return the files, with a note on those that hold no objects, and the objects of both sides.

    Files that are new have none here: reading them is worth its time only if something is gone.
    """
    noted, gone, come = [], [], []
    for file in files:
        if file.before is None:
            noted.append(file)
            continue
        path = file.change.path
        try:
            gone += held(path, file.before, file.after)
            come += held(path, file.after, file.before) if file.after is not None else []
            noted.append(file)
        except UnreadableError as error:
            noted.append(file.noted(str(error)))
    return noted, gone, come


def _held(file: _File) -> list[Held]:
    """Return the objects of a new file; one that holds none is an extra file."""
    try:
        return held(file.change.path, file.after or b"")
    except UnreadableError:
        return []


def _renamed(files: Sequence[_File], pairs: Pairs) -> dict[str, str]:
    """Return old paths by new ones, for files that are as a whole on one side only."""
    gone = {file.change.path for file in files if not file.change.generated}
    new = {file.change.path for file in files if _is_new(file.change)}
    moved = [(old, came) for old, came in pairs.both if old.path in gone and came.path in new]
    return renames(
        [*(old for old, _ in moved), *(old for old in pairs.before if old.path in gone)],
        [*(came for _, came in moved), *(came for came in pairs.after if came.path in new)],
    )


def _joined(new: _File, old: _File) -> _File:
    change = structs.replace(new.change, kind=Kind.RENAMED, was=old.change.path)
    return replace(new, change=change, before=old.before)


def _finished(file: _File, objects: Sequence[ObjectChange], sides: Sides) -> FileChange:
    change = file.change
    kind = change.kind
    if kind is Kind.CHANGED and not objects and not change.note and _holds_objects(file):
        kind = Kind.FORMATTING
    if change.one_sided:
        objects = [each for each in objects if each.effect or each.risks or each.state in _TELLING]
    shown, note = _texts(file, sides.mask)
    if kind is Kind.FORMATTING and not note:
        note = formatting_note(file.before or b"", file.after or b"")
    return structs.replace(
        change,
        kind=kind,
        objects=tuple(objects),
        note=change.note or note,
        before=change.before if change.link else shown.before,
        after=shown.after,
        masked=shown.masked,
    )


def _holds_objects(file: _File) -> bool:
    """Tell whether only objects count in a file; of an extra file, a cluster gets the bytes."""
    return is_marked(file.before or b"") or is_marked(file.after or b"")


def _texts(file: _File, mask: Mask) -> tuple[Texts, str]:
    """Return what can be shown, and why a side can't be if so."""
    path = file.change.path
    note = ""
    for before, after in ((file.before, file.after), (None, file.after)):
        try:
            return texts(path, before, after, mask), note
        except UnreadableError as error:
            note = str(error)
    return Texts(None, None), note


def formatting_note(before: bytes, after: bytes) -> str:
    """Return how two files differ whose objects are the same; empty when it can't be told."""
    if before.replace(b"\r\n", b"\n") == after:
        return "same objects, CRLF line endings"
    if before.rstrip(b"\n") == after.rstrip(b"\n"):
        return "same objects, other line feeds at the end"
    if before.removeprefix(BOM_UTF8) == after:
        return "same objects, a byte order mark"
    if is_marked(after) and not is_marked(before):
        return "same objects, without the mark of generated files"
    old, new = _lines(before), _lines(after)
    if old == new:
        return "same objects, other comments"
    return "same objects, other order" if sorted(old) == sorted(new) else ""


def _lines(data: bytes) -> list[bytes]:
    return [line for line in data.splitlines() if not line.lstrip().startswith(b"#")]

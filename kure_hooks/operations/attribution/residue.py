"""The fields in which two versions of one file differ."""

from collections.abc import Collection, Iterator

from kure_hooks.drift.explain import Sides, explain
from kure_hooks.drift.kinds import Kind
from kure_hooks.drift.paths import is_within
from kure_hooks.drift.result import FieldChange, FileChange, ObjectChange
from kure_hooks.files.mark import is_marked
from kure_hooks.files.memory import MemoryTree

Field = tuple[str, str]
"""The name of an object, such as `Deployment apps/web`, and the path of a field in it.

An empty path is the object as a whole, an empty name the file.
"""

WHOLE: Field = ("", "")
MARK: Field = ("file", "mark")

Residue = dict[Field, FieldChange | None]


def fields(change: FileChange) -> Residue:
    """Return the fields of a change."""
    return {key: field for each in change.objects for key, field in _of_object(each)}


def residue(path: str, before: bytes | None, after: bytes | None) -> Residue:
    """Return the fields in which two versions differ.

    Where the objects are the same it is the MARK, the first line, which only kure-hooks writes, or
    else WHOLE.
    """
    if before == after:
        return {}
    if before is None or after is None:
        return {WHOLE: None}
    sides = Sides(MemoryTree({path: before}), {path: after}, {})
    (change,) = explain([FileChange(Kind.CHANGED, path, "")], sides)
    return fields(change) or in_bytes(before, after)


def in_bytes(before: bytes | None, after: bytes | None) -> Residue:
    """Return the difference of two versions that hold the same objects, or can't be read."""
    sides = [data.partition(b"\n")[0] for data in (before, after) if data and is_marked(data)]
    return {MARK if len(set(sides)) > 1 else WHOLE: None}


def is_among(field: Field, others: Collection[Field]) -> bool:
    """Tell whether a field, or one that is part of the other, is among others."""
    return any(
        field[0] == name and (is_within(field[1], path) or is_within(path, field[1]))
        for name, path in others
    )


def _of_object(change: ObjectChange) -> Iterator[tuple[Field, FieldChange | None]]:
    for field in change.fields:
        yield (change.name, field.path), field
    if not change.fields:
        yield (change.name, ""), None

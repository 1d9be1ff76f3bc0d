"""One YAML document: its value and where each part of it stands."""

from typing import Any

from msgspec import Struct

from kure_hooks.findings import Location
from kure_hooks.yamlio.scalars import shown

Pointer = tuple[str | int, ...]

# Names of labels and annotations have 317 characters at most.
_LONGEST_NAME = 320

Marks = dict[int, dict[str | int, tuple[int, int, int, int]]]
"""By id() of a container, then by key or index: line and column of the value, then of its key."""


class Document(Struct, frozen=True):
    """A value made of dict, list and scalars, and the marks of all its keys and items.

    Marks are 0-based as the parser counts them; ids stay valid because `value` keeps the
    containers alive. An item of a sequence is its own key.
    """

    path: str
    value: Any
    line: int
    column: int
    marks: Marks

    def origin(self, pointer: Pointer) -> "tuple[Document, Pointer]":
        """Return the document that has the value at `pointer`, and the pointer to it there."""
        return self, pointer

    def at(self, *pointer: str | int) -> Location:
        """Return where the value at `pointer` stands, or its nearest parent that exists."""
        return self._location(pointer, of_key=False)

    def key_at(self, *pointer: str | int) -> Location:
        """Return where the last key of `pointer` stands, or the nearest parent that exists."""
        return self._location(pointer, of_key=True)

    def _location(self, pointer: Pointer, *, of_key: bool) -> Location:
        line, column, value = self.line, self.column, self.value
        for depth, step in enumerate(pointer, start=1):
            marks = self.marks.get(id(value), {}) if isinstance(value, (dict, list)) else {}
            mark = marks.get(step)
            if mark is None:
                break
            line, column = mark[2:] if of_key and depth == len(pointer) else mark[:2]
            value = value[step]
        return Location(self.path, line + 1, column + 1)


def json_pointer(pointer: Pointer) -> str:
    """Return a pointer as a JSON Pointer (RFC 6901): `/spec/containers/0/image`."""
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in pointer)
    return "".join(f"/{step}" for step in steps)


def key_path(pointer: Pointer) -> str:
    """Return a pointer as people write it: `spec.containers[0].image`, keys with dots quoted."""
    text = ""
    for step in pointer:
        if isinstance(step, int):
            text += f"[{step}]"
            continue
        name = shown(step, _LONGEST_NAME)
        if "." in step or not step:
            text += f'["{name}"]'
        else:
            text += f".{name}" if text else name
    return text

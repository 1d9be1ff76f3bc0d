"""Reads YAML whose positions nobody may ask for: in half the time, since most files are right."""

from functools import cached_property
from typing import Any

import yaml

from kure_hooks.findings import Location
from kure_hooks.yamlio import limits
from kure_hooks.yamlio.document import Document, Pointer
from kure_hooks.yamlio.encoding import RefusedError, payload
from kure_hooks.yamlio.reader import PARSER, read
from kure_hooks.yamlio.scalars import ScalarError, kubernetes

_MADE: dict[type, Any] = {yaml.MappingStartEvent: dict, yaml.SequenceStartEvent: list}
_ENDS = frozenset((yaml.MappingEndEvent, yaml.SequenceEndEvent))
_FRAMES = frozenset(
    (
        *(yaml.DocumentStartEvent, yaml.DocumentEndEvent),
        *(yaml.StreamStartEvent, yaml.StreamEndEvent),
    )
)
_LONG = limits.SCALAR_BYTES // 4  # of its characters each has four bytes at most


class _UnusualError(Exception):
    """Something that the reader has to look at, with its positions."""


class _File:
    """A file, which is read with its positions once somebody asks for one."""

    def __init__(self, data: bytes, path: str, most: int) -> None:
        self._data = data
        self._path = path
        self._most = most

    @cached_property
    def documents(self) -> list[Document]:
        """The documents with their positions."""
        return read(self._data, self._path, most=self._most)


class _Skimmed(Document, frozen=True):
    """A document whose positions are those of the one of the same number in its file."""

    file: _File
    index: int

    def _location(self, pointer: Pointer, *, of_key: bool) -> Location:
        document = self.file.documents[self.index]
        return document.key_at(*pointer) if of_key else document.at(*pointer)


def skim(data: bytes, path: str, *, most: int = limits.BYTES) -> list[Document]:
    """Return the documents that `read` returns, or raise what it raises, in less time.

    Positions are looked for when they are asked for, by reading the file again.
    """
    values = _values(data, most)
    if values is None:
        return read(data, path, most=most)
    file = _File(data, path, most)
    return [
        _Skimmed(path, value, line, column, {}, file, index)
        for index, (value, line, column) in enumerate(values)
    ]


def _values(data: bytes, most: int) -> list[tuple[Any, int, int]] | None:
    """Return the values with their lines and columns, None for a file that needs a closer look.

    That is one with a fault, and one with anchors, tags or merge keys.
    """
    if b"<<<<<<<" in data:
        return None
    try:
        values, nodes = _skimmed(payload(data, most))
    except (yaml.YAMLError, RefusedError, ScalarError, UnicodeDecodeError, _UnusualError):
        return None
    few = nodes <= limits.nodes(most) and len(values) <= limits.documents(most)
    return values if few else None


def _skimmed(data: bytes) -> tuple[list[tuple[Any, int, int]], int]:  # noqa: C901, PLR0912 - calls would take most of the time
    """Return the values with their lines and columns, and the number of nodes.

    Raises _UnusualError as soon as something is out of the ordinary.
    """
    values: list[tuple[Any, int, int]] = []
    outer: list[tuple[Any, Any]] = []
    inner: Any = None  # the container that is being filled
    key: Any = None
    nodes = size = 0
    get, scalar, made = PARSER(data).get_event, yaml.ScalarEvent, _MADE
    while (event := get()) is not None:
        kind = type(event)
        if kind is scalar:
            size = len(event.value)
            value = kubernetes(event.value) if event.implicit[0] else event.value
            nodes += 1 + size // limits.TEXT_OF_A_NODE
        elif kind in made:
            value = made[kind]()
            nodes += 1
        elif kind in _ENDS:
            inner, key = outer.pop()
            continue
        elif kind in _FRAMES:
            continue
        else:
            raise _UnusualError
        if event.anchor is not None or event.tag is not None or size > _LONG:
            raise _UnusualError
        if type(inner) is list:
            inner.append(value)
        elif inner is None:
            values.append((value, event.start_mark.line, event.start_mark.column))
        elif key is not None:
            inner[key], key = value, None
        elif type(value) is not str or value in inner or value == "<<":
            raise _UnusualError
        else:
            key = value
        if kind is not scalar:
            outer.append((inner, key))
            inner, key = value, None
            if len(outer) > limits.DEPTH:
                raise _UnusualError
    return [document for document in values if document[0] is not None], nodes

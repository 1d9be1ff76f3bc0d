"""Reads ordinary YAML in one tight loop: what has nothing that needs an explanation.

Nearly every file is ordinary: no anchors, aliases, merge keys or tags, no key twice, nothing that a
limit or a reader refuses. Such a file takes a quarter less time here than in the complete reader of
`reader`, and two fifths less without positions. The complete one reads all others, and says what is
wrong with them. Both make the same of an ordinary file, which a test holds.
"""

from typing import Any, NamedTuple, cast

import yaml

from kure_hooks.yamlio import limits
from kure_hooks.yamlio.building import LONGEST_SURE_KEY
from kure_hooks.yamlio.document import Document, Marks
from kure_hooks.yamlio.encoding import PARSER, RefusedError, payload
from kure_hooks.yamlio.reader import read_completely
from kure_hooks.yamlio.scalars import Resolver, ScalarError, kubernetes

# A string with more characters may be over the limit of its bytes.
_LONGEST = limits.SCALAR_BYTES // 4

_SCALAR = yaml.ScalarEvent
_MADE: dict[type, Any] = {yaml.MappingStartEvent: dict, yaml.SequenceStartEvent: list}
_ENDS = frozenset((yaml.MappingEndEvent, yaml.SequenceEndEvent))
_FRAMES = frozenset(
    (
        *(yaml.DocumentStartEvent, yaml.DocumentEndEvent),
        *(yaml.StreamStartEvent, yaml.StreamEndEvent),
    )
)


class Root(NamedTuple):
    """The value of a document, where it stands, and the marks of `Document` where asked for."""

    value: Any
    line: int
    column: int
    marks: Marks


def read(
    data: bytes, path: str, resolve: Resolver = kubernetes, *, most: int = limits.BYTES
) -> list[Document]:
    """Return the documents of one file, without the empty ones.

    `path` is repository-relative and only names the file in findings, `most` is the limit of its
    bytes. Raises InputError with the first `limits.FINDINGS` faults: encoding, limits, syntax,
    duplicate or non-text keys, tags and scalars that `resolve` refuses, conflict markers, and under
    `agreed` and `strict` what kustomize could not read again.
    """
    # An escape may stand for what kustomize can't read.
    if b"\\" not in data:
        ordinary = roots(data, resolve, most, positions=True)
        if ordinary is not None:
            return [Document(path, *root) for root in ordinary]
    return read_completely(data, path, resolve, most=most)


def roots(data: bytes, resolve: Resolver, most: int, *, positions: bool) -> list[Root] | None:
    """Return the values of a file without the empty ones, None for a file that is not ordinary.

    `most` is the limit of its bytes, by which those of nodes and documents are.
    """
    # May be a conflict, or an attack that need not be read twice.
    if b"<<<<<<<" in data or data.count(b"\n---") > limits.documents(most):
        return None
    try:
        values, nodes = _read(PARSER(payload(data, most)).get_event, resolve, positions)
    except (yaml.YAMLError, RefusedError, ScalarError, UnicodeDecodeError, _UnusualError):
        return None
    few = nodes <= limits.nodes(most) and len(values) <= limits.documents(most)
    return values if few else None


class _UnusualError(Exception):
    """Something that the complete reader has to look at."""


def _read(get: Any, resolve: Resolver, positions: bool) -> tuple[list[Root], int]:  # noqa: C901, FBT001, PLR0912 - calls would take most of the time
    """Return the values that are not empty and the number of nodes, or raise _UnusualError."""
    values: list[Root] = []
    outer: list[tuple[Any, Any, Any, Any]] = []
    inner: Any = None  # the container that is being filled
    marks, key, at = cast("tuple[Any, Any, Any]", (None, None, None))
    nodes = size = 0
    while (event := get()) is not None:
        kind, mark = type(event), event.start_mark
        if kind is _SCALAR:
            size = len(event.value)
            value = resolve(event.value) if event.implicit[0] else event.value
            nodes += 1 + size // limits.TEXT_OF_A_NODE
        elif kind in _MADE and len(outer) < limits.DEPTH:
            value = _MADE[kind]()
            nodes += 1
        elif kind in _ENDS:
            inner, marks, key, at = outer.pop()
            continue
        elif kind in _FRAMES:
            continue
        else:
            raise _UnusualError
        if event.anchor is not None or event.tag is not None or size > _LONGEST:
            raise _UnusualError
        if type(inner) is list:
            if positions:
                marks[len(inner)] = (mark.line, mark.column) * 2
            inner.append(value)
        elif inner is None:
            values.append(Root(value, mark.line, mark.column, {}))
        elif key is not None:
            if positions:
                marks[key] = (mark.line, mark.column, at.line, at.column)
            inner[key], key = value, None
        elif type(value) is not str or value in inner or value == "<<" or size > LONGEST_SURE_KEY:
            raise _UnusualError
        else:
            key, at = value, mark
        if kind is not _SCALAR:
            outer.append((inner, marks, key, at))
            if positions:
                values[-1].marks[id(value)] = marks = {}
            inner, key = value, None
    return [root for root in values if root.value is not None], nodes

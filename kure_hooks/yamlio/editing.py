"""Edits of a YAML file by its text: entries are replaced, and every other character stays.

Only spans are taken from the parser; what a file means is for the reader to say, also of the text
that comes out.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import yaml

from kure_hooks.yamlio.document import Document, Pointer
from kure_hooks.yamlio.emitter import dump
from kure_hooks.yamlio.encoding import PARSER

_BOM = "\ufeff"


class UneditableError(Exception):
    """An entry can't be edited by its text; the message is the end of `<key> ...`."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """The span of an entry of a mapping or list: from its key to the end of its value."""

    key: int
    value: int
    end: int
    flow: bool


@dataclass(slots=True)
class _Frame:
    """A collection that the parser is in; `step` is the key or index whose value comes next."""

    pointer: Pointer
    flow: bool
    is_list: bool
    start: int
    step: str | int | None = None
    key: int = 0
    last: int = 0


@dataclass(slots=True)
class _Spans:
    """The spans of one document, and those of its scalars in their order."""

    root: tuple[int, int] = (-1, -1)
    entries: dict[Pointer, _Entry] = field(default_factory=dict)
    scalars: list[tuple[int, int]] = field(default_factory=list)


class EditedText:
    """A file of YAML and the edits of it, which may not lie in each other."""

    def __init__(self, data: bytes) -> None:
        text = data.decode()
        self._bom = _BOM if text.startswith(_BOM) else ""
        self._text = text.removeprefix(_BOM)
        self._break = "\r\n" if "\r\n" in self._text else "\n"
        self._documents = {spans.root: spans for spans in _documents(self._text)}
        self._edits: list[tuple[int, int, str]] = []

    @property
    def data(self) -> bytes:
        """The file with all edits."""
        text = self._text
        edits = sorted(self._edits, reverse=True)
        if any(after[0] < before[1] for after, before in pairwise(edits)):
            raise UneditableError("is inside of another one that is edited")
        for start, end, new in edits:
            text = f"{text[:start]}{new}{text[end:]}"
        return (self._bom + text).encode()

    def replace(self, document: Document, pointer: Pointer, entries: Mapping[str, Any]) -> None:
        """Put other entries into the place of one; its comments go below the first of them.

        Raises UneditableError where the entry is not written at its own place, as behind an alias.
        """
        spans, entry = self._entry(document, pointer)
        if entry.flow:
            parts = (f"{key}: {json.dumps(entries[key], ensure_ascii=False)}" for key in entries)
            self._edits.append((entry.key, entry.end, ", ".join(parts)))
            return
        indent = " " * (entry.key - self._line_start(entry.key))
        end = self._line_end(entry.end)
        first, *rest = dump(entries).rstrip("\n").split("\n")
        comments = [*self._comments(spans, entry.key, end)]
        if not rest and comments:
            first, comments = f"{first}  {' '.join(comments)}", []
        # Below the start of a text a comment would be a part of it.
        below = [*comments, *rest] if first.endswith(":") else [*rest, *comments]
        lines = [first, *(f"{indent}{line}" if line else "" for line in below)]
        self._edits.append((entry.key, end, self._break.join(lines)))

    def remove(self, document: Document, pointer: Pointer) -> None:
        """Take an entry out of a mapping; a mapping without any other goes as a whole."""
        spans, entry = self._entry(document, pointer)
        siblings = sorted(
            (other.key, other.end, other_pointer)
            for other_pointer, other in spans.entries.items()
            if other_pointer[:-1] == pointer[:-1]
        )
        if len(siblings) == 1 and len(pointer) > 1:
            self.remove(document, pointer[:-1])
            return
        index = [sibling[2] for sibling in siblings].index(pointer)
        before = self._text[self._line_start(entry.key) : entry.key]
        if index + 1 < len(siblings) and (entry.flow or before.strip()):
            self._edits.append((entry.key, siblings[index + 1][0], ""))
        elif entry.flow:
            self._edits.append((siblings[index - 1][1] if index else entry.key, entry.end, ""))
        else:
            end = self._line_end(entry.end) + len(self._break)
            self._edits.append((self._line_start(entry.key), min(end, len(self._text)), ""))

    def _entry(self, document: Document, pointer: Pointer) -> tuple[_Spans, _Entry]:
        spans = self._documents.get((document.line, document.column))
        entry = spans.entries.get(pointer) if spans else None
        if spans is None or entry is None:
            raise UneditableError("is written behind an alias, where others have it as well")
        return spans, entry

    def _line_start(self, index: int) -> int:
        return self._text.rfind("\n", 0, index) + 1

    def _line_end(self, index: int) -> int:
        end = self._text.find("\n", index)
        if end < 0:
            return len(self._text)
        return end - 1 if self._text[end - 1 : end] == "\r" else end

    def _comments(self, spans: _Spans, start: int, end: int) -> Iterator[str]:
        """Yield the comments between two places: those beside scalars."""
        inside = [span for span in spans.scalars if start <= span[0] < end]
        for gap in pairwise((start, *(edge for span in inside for edge in span), end)):
            if gap in inside:
                continue
            for line in self._text[slice(*gap)].splitlines():
                _, sign, comment = f" {line}".partition(" #")
                if sign:
                    yield f"#{comment}".rstrip()


def _documents(text: str) -> Iterator[_Spans]:
    """Yield the spans of each document; the text is one that the reader takes."""
    parser: Any = PARSER(text)
    spans, frames = _Spans(), list[_Frame]()
    while (event := parser.get_event()) is not None:
        match event:
            case yaml.DocumentStartEvent():
                spans, frames = _Spans(), []
            case yaml.DocumentEndEvent():
                yield spans
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                mark: Any = event.start_mark
                if not frames:
                    spans.root = mark.line, mark.column
                frames.append(_opened(frames, event))
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                frame, last = frames.pop(), event.end_mark
                end = last.index if frame.flow and last else max(frame.last, frame.start)
                _close(spans, frames, frame.start, end)
            case yaml.ScalarEvent() | yaml.AliasEvent():
                _scalar(spans, frames, text, event)
            case _:
                pass


def _opened(frames: list[_Frame], event: Any) -> _Frame:
    pointer: Pointer = ()
    if frames:
        above = frames[-1]
        _enter(above, event.start_mark.index)
        pointer = (*above.pointer, above.step if above.step is not None else "")
    is_list = isinstance(event, yaml.SequenceStartEvent)
    return _Frame(pointer, bool(event.flow_style), is_list, event.start_mark.index)


def _enter(frame: _Frame, start: int) -> None:
    """Go on to the next item of a list, which is its own key."""
    if frame.is_list:
        frame.step = int(frame.step) + 1 if frame.step is not None else 0
        frame.key = start


def _scalar(spans: _Spans, frames: list[_Frame], text: str, event: Any) -> None:
    start, end = event.start_mark.index, event.end_mark.index
    end = start + len(text[start:end].rstrip())
    spans.scalars.append((start, end))
    if not frames:
        return
    frame = frames[-1]
    if not frame.is_list and frame.step is None:
        frame.step, frame.key = getattr(event, "value", ""), start
        return
    _enter(frame, start)
    _close(spans, frames, start, end)


def _close(spans: _Spans, frames: list[_Frame], start: int, end: int) -> None:
    """Note the end of a value, which ends what it is in for now."""
    if not frames:
        return
    frame = frames[-1]
    frame.last = max(end, frame.last)
    if frame.step is not None:
        pointer = (*frame.pointer, frame.step)
        spans.entries[pointer] = _Entry(frame.key, start, max(end, frame.key), frame.flow)
    if not frame.is_list:
        frame.step = None

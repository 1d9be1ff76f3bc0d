"""Scalars as kustomize 5.8 builds them, where kubectl reads others."""

import re
from typing import Any

import yaml

from kure_hooks.files.tree import MAX_LARGE
from kure_hooks.yamlio import Document, kustomize, read
from kure_hooks.yamlio.scalars import Scalar

_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# A float of this size has an exponent in JSON.
_EXPONENT = 1e21

# A line that is not indented, and what follows it up to one that is.
_INDENTED = re.compile(r"(?:(?<=\n)|\A)([^ \t\n].*)(\n+)(?=[ \t])")


def as_built(data: bytes, path: str) -> list[Document]:
    """Return the documents of a file that can be read, with the scalars that kustomize builds."""
    documents = read(data, path, _scalar, most=MAX_LARGE)
    folded = _folded(data)
    if folded:
        for document in documents:
            _refold(document.value, document, folded)
    return documents


def _scalar(text: str) -> Scalar:
    value = kustomize(text)
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXPONENT:
        return int(value)
    return value


def _folded(data: bytes) -> dict[tuple[int, int], str]:
    """Return the texts that kustomize changes when it folds them again, by their places.

    It writes an empty line more before each line that is indented.
    """
    if b">" not in data:
        return {}
    texts = {
        (event.start_mark.line, event.start_mark.column): event.value
        for event in yaml.parse(data, Loader=_Parser)
        if isinstance(event, yaml.ScalarEvent) and event.style == ">"
    }
    changed = {place: _INDENTED.sub(r"\1\n\2", text) for place, text in texts.items()}
    return {place: text for place, text in changed.items() if text != texts[place]}


def _refold(value: Any, document: Document, folded: dict[tuple[int, int], str]) -> None:
    """Put folded texts into a value of a document."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        pairs = part.items() if isinstance(part, dict) else enumerate(part)
        marks = document.marks.get(id(part), {})
        for key, item in list(pairs):
            place = marks[key][:2] if key in marks else None
            if isinstance(item, dict | list):
                waiting.append(item)
            elif place in folded:
                part[key] = folded[place]

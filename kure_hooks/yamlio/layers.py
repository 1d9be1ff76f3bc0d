"""Documents of several layers: parts of the value are written in other documents."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from kure_hooks.findings import Location
from kure_hooks.yamlio.document import Document, Pointer
from kure_hooks.yamlio.place import Place


class Origins(Struct, frozen=True):
    """The places of those entries of a container that are written elsewhere.

    A place may be that of a key which is gone: it tells who deleted it. The container is kept
    alive, so that its id stays its own.
    """

    container: Any
    places: dict[str | int, Place]


class LayeredDocument(Document, frozen=True, kw_only=True):
    """A document of which other documents have changed some values.

    `base` is the document as it is written, whose files are named by `path`. `origins` are those
    of changed containers, by their id.
    """

    base: Document
    origins: Mapping[int, Origins]

    def origin(self, pointer: Pointer) -> tuple[Document, Pointer]:
        """Return the document that has the value at `pointer`, and the pointer to it there."""
        written, value = Place(self.base), self.value
        for depth, step in enumerate(pointer, start=1):
            origins = self.origins.get(id(value))
            elsewhere = origins.places.get(step) if origins else None
            written = elsewhere or written.below(step)
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                written = written.below(*pointer[depth:])
                break
        return written.document.origin(written.pointer)

    def at(self, *pointer: str | int) -> Location:
        """Return where the value at `pointer` stands, or its nearest parent that exists."""
        document, inside = self.origin(pointer)
        return document.at(*inside)

    def key_at(self, *pointer: str | int) -> Location:
        """Return where the last key of `pointer` stands, or the nearest parent that exists."""
        document, inside = self.origin(pointer)
        return document.key_at(*inside)


def layered(place: Place, value: Any, origins: Mapping[int, Origins]) -> Place:
    """Return the same place in a document whose value there is another one.

    `origins` are those of the containers in `value` that have entries from elsewhere.
    """
    document = place.document
    whole = _with(document.value, place.pointer, value)
    changed = LayeredDocument(
        path=document.path,
        value=whole,
        line=document.line,
        column=document.column,
        marks=document.marks,
        base=document,
        origins=origins,
    )
    return Place(changed, place.pointer)


def _with(whole: Any, pointer: Pointer, value: Any) -> Any:
    """Return a copy of a value, as far as that is needed, with another value at a pointer."""
    if not pointer:
        return value
    step, *rest = pointer
    copy = whole.copy()
    copy[step] = _with(whole[step], tuple(rest), value)
    return copy

"""A place in a document: findings about a value or a key are made there."""

from typing import Any

from msgspec import Struct

from kure_hooks.findings import Finding, Location, Severity
from kure_hooks.secrecy import Way, way_to
from kure_hooks.yamlio.document import Document, Pointer, key_path

Problem = tuple[Pointer, str, str]
"""The pointer to a value below a place, what is wrong with it and what is expected."""


class Place(Struct, frozen=True, eq=False):
    """The value at `pointer` in a document, or a key that could be there.

    Two places are equal if they have the same path, line, column and pointer.
    """

    document: Document
    pointer: Pointer = ()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Place):
            return NotImplemented
        return self.pointer == other.pointer and self.at == other.at

    def __hash__(self) -> int:
        return hash((self.document.path, self.pointer))

    def __repr__(self) -> str:
        return f"Place({self})"  # not the whole document, which each part would show again

    def __str__(self) -> str:
        """Return path, line and column; the key path where a document has no lines."""
        return str(self.at) if self.at.line else f"{self.at.path}: {key_path(self.pointer)}"

    @property
    def at(self) -> Location:
        """The position of the value, or of its nearest parent that exists."""
        return self.document.at(*self.pointer)

    @property
    def value(self) -> Any:
        """The value as it is written; KeyError or IndexError where there is none."""
        value = self.document.value
        for step in self.pointer:
            value = value[step]
        return value

    @property
    def way(self) -> Way:
        """The containers around the value, each with the step that leads on."""
        return way_to(self.pointer, self.document.value)

    @property
    def exists(self) -> bool:
        """Tell whether there is a value here."""
        try:
            return self.value is not None
        except (KeyError, IndexError, TypeError):
            return False

    def below(self, *steps: str | int) -> "Place":
        """Return the place of a part of the value."""
        return Place(self.document, (*self.pointer, *steps))

    def above(self, steps: int) -> "Place":
        """Return the place of what holds the value, as many steps above it."""
        return Place(self.document, self.pointer[: len(self.pointer) - steps])

    def fault(
        self,
        problem: str,
        expected: str = "",
        severity: Severity = Severity.ERROR,
        *,
        rule: str = "",
    ) -> Finding:
        """Return a finding about the value; `of_rule` gives it a rule where there is none here."""
        document, pointer = self.document.origin(self.pointer)
        return Finding(document.at(*pointer), key_path(pointer), problem, expected, severity, rule)

    def key_fault(self, problem: str, expected: str = "", *, rule: str = "") -> Finding:
        """Return a finding about the key."""
        document, pointer = self.document.origin(self.pointer)
        return Finding(document.key_at(*pointer), key_path(pointer), problem, expected, rule=rule)

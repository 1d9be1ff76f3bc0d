"""What drifted, as values that every report can show; secrets are masked already."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a file differs from what is generated, most serious first."""

    CHANGED = "changed"
    MISSING = "missing"
    UNEXPECTED = "unexpected"
    UNTRACKED = "untracked"
    FORMATTING = "formatting"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field of an object; None stands for a side that doesn't have it."""

    path: str
    checked_in: str | None
    generated: str | None

    def __str__(self) -> str:
        return f"{_side(self.checked_in)} -> {_side(self.generated)}"


def _side(value: str | None) -> str:
    return "(none)" if value is None else value or '""'


@dataclass(frozen=True, slots=True)
class ObjectChange:
    """An object of a changed file: with its fields, or added or removed as a whole."""

    name: str
    state: str
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file that drifted: `directory` is the owned one that it is in, `stack` its source."""

    kind: Kind
    path: str
    directory: str
    stack: str
    objects: tuple[ObjectChange, ...] = ()
    note: str = ""

"""Findings of a check, as values that every report can show."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """The weight of a finding."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, order=True, slots=True)
class Location:
    """A place in a file: repository-relative path, 1-based line and column (0: the whole file)."""

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}" if self.line else self.path


@dataclass(frozen=True, order=True, slots=True)
class Finding:
    """One complaint: where it is, which key it is about, what is wrong and what is expected.

    `key` is a key path such as `spec.node.children[0].name`, or empty for a whole file.
    `expected` is empty where `problem` already says what to do.
    """

    at: Location
    key: str
    problem: str
    expected: str = ""
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        parts = (str(self.at), self.key, self.problem)
        text = ": ".join(part for part in parts if part)
        return f"{text}; {self.expected}" if self.expected else text


@dataclass(frozen=True, order=True, slots=True)
class Skipped:
    """Something that was not checked, and why."""

    subject: str
    reason: str

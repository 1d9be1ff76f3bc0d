"""A check of admission: the rule that it holds, and the function that finds what breaks it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from kure_hooks.findings import Severity
from kure_hooks.yamlio.place import Problem

Judge = Callable[[Any], Iterator[Problem]]
"""A function of a mapping, whose places are relative to it; it may have any shape inside."""


@dataclass(frozen=True, slots=True)
class Check:
    """One rule and its judge: the API server refuses (error) or people regret (warning)."""

    rule: str
    severity: Severity
    problems: Judge


Checks = Iterable[Check]


def error(rule: str) -> Callable[[Judge], Check]:
    """Make a check of a function that finds what the API server refuses."""
    return lambda judge: Check(rule, Severity.ERROR, judge)


def warning(rule: str) -> Callable[[Judge], Check]:
    """Make a check of a function that finds what the API server takes and people regret."""
    return lambda judge: Check(rule, Severity.WARNING, judge)

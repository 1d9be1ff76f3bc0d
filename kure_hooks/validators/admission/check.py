"""A check of admission: the rule that it holds, and the function that finds what breaks it."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from msgspec import Struct

from kure_hooks.findings import Severity
from kure_hooks.yamlio.place import Problem

Version = tuple[int, int]
"""Major and minor of a release."""

Judge = Callable[[Any], Iterator[Problem]]
"""A function of a mapping, whose places are relative to it; it may have any shape inside."""

_EVER: Version = (0, 0)


class Check(Struct, frozen=True):
    """One rule and its judge: the API server refuses (error) or people regret (warning).

    `since` is the release of Kubernetes whose API server is the first to refuse it.
    """

    rule: str
    severity: Severity
    problems: Judge
    since: Version = _EVER

    def severity_at(self, kubernetes: Version) -> Severity:
        """Return the weight at a release: what only a later one refuses is a warning."""
        return self.severity if kubernetes >= self.since else Severity.WARNING


Checks = Iterable[Check]


def error(rule: str, since: Version = _EVER) -> Callable[[Judge], Check]:
    """Make a check of a function that finds what the API server refuses, since a release."""
    return lambda judge: Check(rule, Severity.ERROR, judge, since)


def warning(rule: str) -> Callable[[Judge], Check]:
    """Make a check of a function that finds what the API server takes and people regret."""
    return lambda judge: Check(rule, Severity.WARNING, judge)

"""Findings of a check, as values that every report can show."""

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from functools import wraps
from typing import ParamSpec

from msgspec import Struct
from msgspec.structs import replace

P = ParamSpec("P")

CITED = frozenset(
    (
        *("AC003", "AC004", "AC005", "AC006", "NS001"),
        *("AO001", "AO002", "AO003", "AO004", "AO005", "AO006", "AO007", "AO008", "AO009"),
        *("FX014", "FX016", "FX030", "FX032", "FX033"),
    )
)
"""The rules that texts for people cite: those on how a GitOps tool behaves, which need more words.

Others tell of faults of the input, where the sentence says it all. Other reports have all rules.
"""


class Severity(StrEnum):
    """The weight of a finding, the most serious first; only errors change an exit code.

    An info tells of what may be meant so, or of what can't be known from the files alone.
    """

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """The place in the order: the most serious has 0."""
        return tuple(Severity).index(self)


class Location(Struct, frozen=True, order=True):
    """A place in a file: repository-relative path, 1-based line and column (0: the whole file)."""

    path: str
    """The path of the file, below the root of the repository."""
    line: int = 0
    """The number of the line, from 1. With 0 the whole file is meant."""
    column: int = 0
    """The number of the column, from 1. With 0 the whole line is meant."""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}" if self.line else self.path


class Finding(Struct, frozen=True, order=True):
    """One complaint: where it is, which key it is about, what is wrong and what is expected.

    `key` is a key path such as `spec.node.children[0].name`, or empty for a whole file.
    `expected` is what to write there (`a size such as 1Gi`), or a sentence that says what to do
    (`Choose another name.`); it is empty where `problem` already says so. `rule` is an identifier
    such as `FX014` that `kure_hooks.rules` explains; of an installed package it may be empty, or
    one of its own. `object` names the Kubernetes object that it is about, such as `Deployment
    shop/web`, and `pointer` is the JSON Pointer (RFC 6901) of the key in that object; both may be
    empty. `owner` names what makes a controller apply that object, such as `Kustomization
    flux-system/apps`, and `clusters` are the clusters that have the finding, both where a whole
    repository was read.
    """

    at: Location
    """The place of the finding."""
    key: str
    """The key path, such as spec.node.children[0].name. It is empty for a whole file."""
    problem: str
    """What is wrong, as a sentence or the first part of one."""
    expected: str = ""
    """What to do about it, or what would be right. It may be empty."""
    severity: Severity = Severity.ERROR
    """The weight of the finding."""
    rule: str = ""
    """The identifier of the rule, such as FX014, which `kure-hooks rule` explains."""
    object: str = ""
    """The Kubernetes object that it is about, such as Deployment shop/web. It may be empty."""
    pointer: str = ""
    """The JSON pointer of the key in the object. It may be empty."""
    owner: str = ""
    """What makes a controller apply the object, such as Kustomization flux-system/apps. It may be
    empty."""
    clusters: tuple[str, ...] = ()
    """The clusters that have the finding, where a whole repository was read."""

    def __str__(self) -> str:
        parts = (str(self.at), self.key, self.cited, self.message)
        return ": ".join(part for part in parts if part)

    @property
    def message(self) -> str:
        """The problem, and a sentence that says what to do."""
        if not self.expected:
            return self.problem
        is_sentence = self.expected[0].isupper() and self.expected.endswith((".", "?", ")"))
        return f"{self.problem}. {self.expected if is_sentence else f'Write {self.expected}.'}"

    @property
    def cited(self) -> str:
        """The rule as texts for people cite it in front of the problem; empty for most."""
        return self.rule if self.rule in CITED else ""

    @property
    def subject(self) -> str:
        """The object and the pointer, as texts for people have them; empty without an object."""
        place = f"{self.object}, at {self.pointer}" if self.pointer else self.object
        return f"in {place}" if self.object else ""


class Skipped(Struct, frozen=True, order=True, omit_defaults=True):
    """Something that was not checked, and why.

    One that is `incidental` is no business of most commands, which tell it verbose readers alone.
    """

    subject: str
    """The name of what was not checked."""
    reason: str
    """The reason why it was not checked."""
    incidental: bool = False
    """True where only verbose readers of most commands want to know it."""


def of_rule(
    rule: str,
) -> Callable[[Callable[P, Iterable[Finding]]], Callable[P, Iterator[Finding]]]:
    """Tie a function to the rule that it checks: its findings get the identifier of the rule.

    A finding that already has a rule keeps it.
    """

    def tie(check: Callable[P, Iterable[Finding]]) -> Callable[P, Iterator[Finding]]:
        @wraps(check)
        def tied(*args: P.args, **kwargs: P.kwargs) -> Iterator[Finding]:
            for finding in check(*args, **kwargs):
                yield finding if finding.rule else replace(finding, rule=rule)

        return tied

    return tie

"""The faults that the reader meets, until enough is known to word them."""

import re
from typing import NamedTuple

from kure_hooks.findings import Finding, Location
from kure_hooks.secrecy import Way, discreet
from kure_hooks.yamlio import limits
from kure_hooks.yamlio.document import key_path

CORE_TAGS = frozenset(
    (
        *("!!binary", "!!bool", "!!float", "!!int", "!!map", "!!merge", "!!null", "!!omap"),
        *("!!pairs", "!!seq", "!!set", "!!str", "!!timestamp", "!!value"),
    )
)
"""The tags of YAML 1.1, which nobody has chosen for a password."""


class Fault(NamedTuple):
    """A fault whose message may have to hide `quoted`, which depends on what is read later."""

    at: Location
    way: Way
    problem: str
    expected: str
    quoted: str
    rule: str

    def finding(self, *, complete: bool) -> Finding:
        """Return the finding; `complete` says that the document was read to its end."""
        problem, expected = self.problem, self.expected
        if self.quoted:
            problem, expected = (
                discreet(text, self.quoted, self.way, complete=complete)
                for text in (problem, expected)
            )
        pointer = tuple(step for _, step in self.way if isinstance(step, (str, int)))
        return Finding(self.at, key_path(pointer), problem, expected, rule=self.rule)


class Faults:
    """The first `limits.FINDINGS` faults of a file."""

    def __init__(self) -> None:
        self._settled: list[Finding] = []
        self._open: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Take a fault of the document that is being read."""
        if len(self._settled) + len(self._open) < limits.FINDINGS:
            self._open.append(fault)

    def settle(self) -> None:
        """Word the faults of a document that was read to its end."""
        self._settled += [fault.finding(complete=True) for fault in self._open]
        self._open = []

    def findings(self) -> list[Finding]:
        """Return all faults, the last of which may be in a document without an end."""
        return [*self._settled, *(fault.finding(complete=False) for fault in self._open)]


# The words of YAML 1.1, and numbers and dates of one version alone.
_TRUE, _FALSE = ("y", "yes", "on"), ("n", "no", "off")
_SEXAGESIMAL = re.compile(r"\A[-+]?[0-9][0-9_]*+(?::[0-5]?[0-9])++(?:\.[0-9_]*+)?+")
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[tT\s].*)?", re.DOTALL)
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|nan)", re.IGNORECASE)
_OLD_OCTAL = re.compile(r"[-+]?0[0-7_]+")
_NEW_OCTAL = re.compile(r"0o[0-7]+")
_BINARY = re.compile(r"[-+]?0b[01_]+")
_UNDERSCORED = re.compile(r"[-+]?[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?")
_PLAIN_NUMBER = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")


def disagreement(text: str, quoted: str) -> tuple[str, str]:
    """Return how YAML 1.1 and 1.2 differ about a plain scalar, and what to write.

    `quoted` is the scalar as a message may show it. Values are named by their kind alone, because a
    number could be somebody's password.
    """
    string = f'Write "{quoted}" for the string'
    if readings := _of_word(text):
        one, other, rest = readings
        problem = f"{quoted} is {one} in YAML 1.1 and {other} in 1.2"
        return problem, rest if rest.startswith("Write") else f"{string}{rest}."
    if _NOT_FINITE.fullmatch(text):
        problem = f"{quoted} is a number that JSON does not have"
        return problem, f"{string}, or a finite number."
    if numbers := _of_number(text):
        one, other = numbers
        problem = f"{quoted} is {one} in YAML 1.1 and {other} in 1.2"
        return problem, f"{string}, or the number in plain decimal digits."
    problem = f"{quoted} is a string for some readers of YAML and something else for others"
    return problem, f"{string}."


def _of_word(text: str) -> tuple[str, str, str] | None:
    """Return both readings of a word or a date, and the rest of the advice."""
    word = text.lower()
    if word in _TRUE or word in _FALSE:
        boolean = "true" if word in _TRUE else "false"
        return boolean, "a string", f", {boolean} for the boolean"
    if text == "<<":
        return "a merge key", "a string", "Write the keys out instead of merging them."
    if text == "=":
        return "a special value", "a string", ""
    if _DATE.fullmatch(text):
        return "a date", "a string", ""
    return None


def _of_number(text: str) -> tuple[str, str] | None:
    """Return both readings of what is a number for one of them at least."""
    if _SEXAGESIMAL.fullmatch(text):
        return "a number in base 60", "a string"
    if _OLD_OCTAL.fullmatch(text):
        return "an octal number", "a string" if "_" in text else "a decimal one"
    if _NEW_OCTAL.fullmatch(text):
        return "a string", "an octal number"
    if _BINARY.fullmatch(text):
        return "a binary number", "a string"
    if _PLAIN_NUMBER.fullmatch(text):
        return "a string", "a number"
    return ("a number", "a string") if _UNDERSCORED.fullmatch(text) else None

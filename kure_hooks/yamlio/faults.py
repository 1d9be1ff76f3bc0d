"""The faults that the reader meets, until enough is known to word them."""

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

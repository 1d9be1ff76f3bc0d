"""A rule: the facts behind the identifier of a finding."""

from typing import NamedTuple

from kure_hooks.findings import Severity

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


class Rule(NamedTuple):
    """The facts of a rule in words.

    `title` names the fault in a few words, `severity` is the usual one, `meaning` says what is
    wrong and why it hurts, `remedy` what to do. `source` is the tool, with its version, whose rule
    it is; empty for one of kure-hooks itself. `wrong` and `right` are examples in YAML, and
    `incidents` the addresses of public reports on what the fault did; rules of lint have them.
    """

    title: str
    severity: Severity
    meaning: str
    remedy: str
    source: str = ""
    wrong: str = ""
    right: str = ""
    incidents: tuple[str, ...] = ()

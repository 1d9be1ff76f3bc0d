"""Reports: each format is a module with one function from the problems of an outcome to text."""

import importlib
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from kure_hooks.outcome import Outcome

if TYPE_CHECKING:
    from kure_hooks.reports.model import Problems


class Style(Struct, frozen=True):
    """The style of a report, by the place it goes to; colour only marks what words already say.

    `summary` makes a text report say in one line that all is well, `verbose` also tells warnings.
    `lines` limits the text report, 0 doesn't, and `whole` is the command that shows all of one that
    was cut. `size` limits Markdown, in bytes of UTF-8: a comment of GitHub may have 65,536
    characters, a step summary 1 MiB.
    """

    width: int = 80
    color: bool = False
    verbose: bool = False
    summary: bool = False
    lines: int = 0
    whole: str = "kure-hooks check"
    size: int = 65_000

    @property
    def more(self) -> str:
        """The way to show all: an option, or the command that a hook's reader can run."""
        return self.whole if self.lines else "--verbose"


class Report(Protocol):
    """A format."""

    def __call__(self, problems: "Problems", style: Style) -> str:
        """Return the whole report, empty or ending with a newline."""
        ...


REPORTS = {
    "diff": "unified differences for git apply",
    "github": "annotations of GitHub Actions",
    "gitlab": "GitLab Code Quality",
    "html": "one self-contained page",
    "json": "everything, for programs",
    "junit": "JUnit XML, a test case for each generated file",
    "markdown": "summary for a comment or a job",
    "rdjson": "Reviewdog, with suggestions",
    "sarif": "SARIF 2.1.0 for code scanning",
    "text": "for people",
}


def render(name: str, outcome: Outcome, style: Style) -> str:
    """Return the report in one of the formats of REPORTS; only its module is loaded.

    No format shows more of the texts than `bounded` leaves. Of a text that says nothing not even
    that is loaded: most runs of hooks end so.
    """
    if name == "text" and outcome.is_silent and not (style.verbose or style.summary):
        return ""
    from kure_hooks.reports.bounds import bounded  # noqa: PLC0415 - a quiet run has no report
    from kure_hooks.reports.model import Problems  # noqa: PLC0415 - nor has it problems

    report: Report = importlib.import_module(f"kure_hooks.reports.{name}").render
    return report(Problems(bounded(outcome), outcome), style)

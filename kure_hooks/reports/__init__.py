"""Reports: each format is a module with one function from the problems of an outcome to text."""

import importlib

from kure_hooks.outcome import Outcome
from kure_hooks.reports.interface import Report, Style

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

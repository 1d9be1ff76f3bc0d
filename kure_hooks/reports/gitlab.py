"""GitLab Code Quality.

There is no place for what was skipped: each entry needs a file. A failure gets the settings file.
"""

import json
from typing import Any

from kure_hooks.config import FILE_NAME
from kure_hooks.drift.result import Risk
from kure_hooks.findings import Severity
from kure_hooks.reports import Style
from kure_hooks.reports.model import Problems
from kure_hooks.reports.problems import Problem, shortened
from kure_hooks.safe_text import inert_json, visible

LONGEST = 1_000

_OF_FINDINGS = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.INFO: "info"}


def render(problems: Problems, style: Style) -> str:
    """Return an array with an entry for each listed problem, empty when there is none."""
    del style  # GitLab shows it its own way
    return inert_json(json.dumps([_entry(each) for each in problems.listed], indent=2)) + "\n"


def _entry(problem: Problem) -> dict[str, Any]:
    lines = [problem.summary, *(line.strip() for line in problem.details)]
    return {
        "description": shortened("; ".join(lines), LONGEST),
        "check_name": problem.rule,
        "fingerprint": problem.fingerprint,
        "severity": _severity(problem),
        "location": {
            "path": visible(problem.at.path or FILE_NAME),
            "lines": {"begin": problem.at.line},
        },
    }


def _severity(problem: Problem) -> str:
    """Return what GitLab orders by: drift with a risk goes before any other.

    A fault of the input, a cluster that comes or goes as a whole, and a file that is in the way of
    a generated one are critical. A change that is meant so is an info.
    """
    if problem.drift is None or problem.severity is Severity.INFO:
        return _OF_FINDINGS[problem.severity]
    if Risk.DESTRUCTIVE in problem.drift.risks:
        return "blocker"
    if problem.drift.risks or problem.drift.obstacle:
        return "critical"
    return problem.drift.kind.facts.weight

"""GitHub annotations, as workflow commands.

A step shows at most 10 errors, 10 warnings and 10 notices, so the worst come first and the last
says how many more there are. Source of the escapes and of the longest message: ActionCommand and
ExecutionContext of GitHub's runner.
"""

from collections.abc import Sequence
from itertools import accumulate

from kure_hooks.findings import Location, Severity
from kure_hooks.reports import Style
from kure_hooks.reports.model import Problems
from kure_hooks.reports.problems import Fault, Problem
from kure_hooks.safe_text import inert_inside, visible

MOST = 10
LONGEST = 4_096

_NAMES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_CUT = "... (the whole report has more)"


def render(problems: Problems, style: Style) -> str:
    """Return at most MOST lines for each level."""
    del style  # a log has no width
    levels: dict[Severity, list[str]] = {level: [] for level in Severity}
    for problem in problems.every:
        level = _level(problem)
        levels[level].append(_annotation(level, problem))
    for each in problems.outcome.skipped:
        message = [visible(f"{each.subject}: {each.reason}")]
        levels[Severity.WARNING].append(_command(Severity.WARNING, None, message))
    lines = [line for level, found in levels.items() for line in _limited(level, found)]
    return "".join(f"{line}\n" for line in lines)


def _level(problem: Problem) -> Severity:
    """Return the level: an error for whatever drifted, unless it is meant so."""
    if problem.drift and problem.severity is not Severity.INFO:
        return Severity.ERROR
    return problem.severity


def _annotation(level: Severity, problem: Problem) -> str:
    at = problem.at if problem.at.path else None
    title = problem.finding.object if isinstance(problem, Fault) else ""
    return _command(level, at, [problem.summary, *problem.details], title)


def _limited(level: Severity, lines: Sequence[str]) -> Sequence[str]:
    if len(lines) <= MOST:
        return lines
    more = f"{len(lines) - MOST + 1} more; see the whole report"
    return [*lines[: MOST - 1], _command(level, None, [more])]


def _command(level: Severity, at: Location | None, lines: Sequence[str], title: str = "") -> str:
    known = {"title": title}
    if at:
        known = {"file": at.path, "line": str(at.line or ""), "col": str(at.column or "")} | known
    properties = ",".join(f"{key}={_property(value)}" for key, value in known.items() if value)
    return f"::{_NAMES[level]}{' ' if properties else ''}{properties}::{_data(lines)}"


def _data(lines: Sequence[str]) -> str:
    return _cut([inert_inside(line) for line in lines]).replace("%", "%25").replace("\n", "%0A")


def _property(text: str) -> str:
    text = inert_inside(visible(text)).replace("%", "%25")
    return text.replace(":", "%3A").replace(",", "%2C")


def _cut(lines: Sequence[str]) -> str:
    """Return the first lines that together are not too long for the runner, which cuts anywhere."""
    ends = list(accumulate(_units(line) + 1 for line in lines))
    if ends[-1] - 1 <= LONGEST:
        return "\n".join(lines)
    room = LONGEST - len(_CUT)
    kept = [line for line, end in zip(lines, ends, strict=True) if end <= room]
    return "\n".join([*(kept or [lines[0][: room // 2 - 1]]), _CUT])


def _units(text: str) -> int:
    """Return a text's length as the runner counts it, in units of UTF-16."""
    return len(text.encode("utf-16-le")) // 2

"""GitHub annotations, as workflow commands.

A step shows at most 10 errors and 10 warnings, so the worst come first and the last says how many
more there are. Source of the escapes: the runner's ActionCommand parser.
"""

from collections.abc import Iterator, Sequence
from itertools import islice

from kure_hooks.drift.result import FileChange, Kind
from kure_hooks.findings import Severity
from kure_hooks.outcome import Outcome
from kure_hooks.reports.interface import Style
from kure_hooks.reports.visible import visible

MOST = 10
LONGEST = 4_000
_RANK = {kind: rank for rank, kind in enumerate(Kind)}
_FIELDS = 5


def render(outcome: Outcome, style: Style) -> str:
    """Return at most MOST lines for each level."""
    del style  # a log has no width
    errors = [*_findings(outcome, Severity.ERROR), *_drift(outcome)]
    warnings = [
        *_findings(outcome, Severity.WARNING),
        *(_command("warning", "", 0, f"{each.subject}: {each.reason}") for each in outcome.skipped),
    ]
    lines = [*_limited("error", errors), *_limited("warning", warnings)]
    return "".join(f"{line}\n" for line in lines)


def _findings(outcome: Outcome, severity: Severity) -> Iterator[str]:
    for finding in outcome.findings:
        if finding.severity is severity:
            text = ": ".join(part for part in (finding.key, finding.problem) if part)
            message = f"{text}; {finding.expected}" if finding.expected else text
            at = finding.at
            yield _command(severity, at.path, at.line, message, column=at.column)


def _drift(outcome: Outcome) -> Iterator[str]:
    for change in sorted(outcome.drift, key=lambda each: (_RANK[each.kind], each.path)):
        message = "\n".join([*_explained(change), f"To fix: {outcome.fix}"])
        # A missing file can't bear an annotation; the stack that asks for it can.
        path = change.stack if change.kind is Kind.MISSING else change.path
        yield _command("error", path, 1, message)


def _explained(change: FileChange) -> Iterator[str]:
    yield f"{change.kind}: {change.path}" + (f" ({change.note})" if change.note else "")
    for each in change.objects:
        yield each.name if each.fields else f"{each.name}: {each.state}"
        for field in islice(each.fields, _FIELDS):
            yield f"  {field.path}: {field}"
        if len(each.fields) > _FIELDS:
            yield f"  and {len(each.fields) - _FIELDS} more fields"


def _limited(level: str, lines: Sequence[str]) -> list[str]:
    if len(lines) <= MOST:
        return list(lines)
    more = len(lines) - MOST + 1
    return [*lines[: MOST - 1], _command(level, "", 0, f"{more} more; see the whole report")]


def _command(level: str, path: str, line: int, message: str, *, column: int = 0) -> str:
    known = {"file": path, "line": str(line or ""), "col": str(column or "")}
    properties = ",".join(f"{key}={_property(value)}" for key, value in known.items() if value)
    return f"::{level}{' ' if properties else ''}{properties}::{_data(message[:LONGEST])}"


def _data(text: str) -> str:
    """Escape a message; `##[` would start a command of the runner's old syntax anywhere."""
    lines = (visible(line).replace("##[", "##\\[") for line in text.split("\n"))
    return "%0A".join(line.replace("%", "%25") for line in lines)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

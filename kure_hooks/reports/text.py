"""The report for people: grouped by cluster, then by file; the summary is last."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter

from kure_hooks.drift.result import FileChange, Kind, ObjectChange
from kure_hooks.outcome import Outcome
from kure_hooks.reports.interface import Style
from kure_hooks.reports.visible import visible

_RANK = {kind: rank for rank, kind in enumerate(Kind)}

_NOTES = {
    Kind.UNEXPECTED: "no longer generated",
    Kind.FOREIGN: "not generated; remove it or list it under drift.keep",
    Kind.UNTRACKED: "up to date, but not added to git",
    Kind.FORMATTING: "same objects, other bytes",
}
_COLORS = {
    "changed": 33,
    "missing": 31,
    "unexpected": 31,
    "untracked": 33,
    "formatting": 36,
    "foreign": 36,
    "wrote": 32,
    "removed": 31,
    "To": 1,
}
_COLORED = re.compile(rf"^ {{0,2}}({'|'.join(_COLORS)})\b")
_KIND_WIDTH = max(len(kind) for kind in Kind)
_LEAST = 24


def render(outcome: Outcome, style: Style) -> str:
    """Return the report; empty when there is nothing to say, unless the style is verbose."""
    blocks = [
        *_findings(outcome),
        *_writes(outcome),
        *_drift(outcome, style),
        *_summary(outcome, style),
    ]
    lines = (visible(line) for line in blocks)
    return "".join(f"{_painted(line) if style.color else line}\n" for line in lines)


def _findings(outcome: Outcome) -> Iterator[str]:
    for finding in outcome.findings:
        yield str(finding).replace("\n", " ")
    for skipped in outcome.skipped:
        yield f"skipped: {skipped.subject}: {skipped.reason}"


def _writes(outcome: Outcome) -> Iterator[str]:
    for path in outcome.written:
        yield f"wrote       {path}"
    for path in outcome.removed:
        yield f"removed     {path}"


def _drift(outcome: Outcome, style: Style) -> Iterator[str]:
    for directory, group in groupby(outcome.drift, key=attrgetter("directory")):
        changes = sorted(group, key=lambda change: (_RANK[change.kind], change.path))
        stack = next((change.stack for change in changes if change.stack), "")
        yield f"{directory}  ({stack})" if stack else directory
        for change in changes:
            yield from _file(change, directory, style)
        yield ""


def _file(change: FileChange, directory: str, style: Style) -> Iterator[str]:
    path = change.path.removeprefix(f"{directory}/")
    note = change.note or _NOTES.get(change.kind, "")
    yield f"  {change.kind:<{_KIND_WIDTH}}  {path}" + (f"  ({note})" if note else "")
    width = _column(change.objects, style)
    for each in change.objects:
        right = "checked in -> generated" if each.fields else each.state
        yield f"      {each.name:<{width}}  {right}"
        for field in each.fields:
            yield f"        {field.path:<{width - 2}}  {field}"


def _column(objects: Iterable[ObjectChange], style: Style) -> int:
    """Return the width of the left column: all of the names, but at most half of the line."""
    names = [len(each.name) for each in objects]
    paths = [len(field.path) + 2 for each in objects for field in each.fields]
    return min(max([*names, *paths, _LEAST]), max(_LEAST, style.width - 36))


def _summary(outcome: Outcome, style: Style) -> Iterator[str]:
    if outcome.command == "validate":
        yield from _validated(outcome, style)
        return
    drifted = len(outcome.drift)
    clusters = _count(outcome.directories, "cluster")
    if drifted:
        where = len({change.directory for change in outcome.drift})
        yield f"{drifted} of {outcome.files} files drifted in {where} of {clusters}."
    elif outcome.written or outcome.removed:
        changed = f"{len(outcome.written)} written, {len(outcome.removed)} removed"
        yield f"{changed}; {_count(outcome.files, 'file')} of {clusters} are now in sync."
    elif style.verbose and not outcome.findings:
        yield f"{_count(outcome.files, 'file')} of {clusters}: in sync."
    if drifted and outcome.fix:
        yield f"To fix: {outcome.fix}"
    elif outcome.fix and (outcome.written or outcome.removed):
        yield f"To commit: {outcome.fix}"


def _validated(outcome: Outcome, style: Style) -> Iterator[str]:
    if outcome.findings and outcome.checked:
        invalid = len({(finding.at.path, finding.key) for finding in outcome.findings})
        yield f"{_count(invalid, 'fault')} in {_count(outcome.checked, 'object')}."
    elif style.verbose and not outcome.findings:
        yield f"{_count(outcome.checked, 'object')} valid, {len(outcome.skipped)} skipped."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _painted(line: str) -> str:
    """Colour the word that a line begins with; nothing is said by colour alone."""
    return _COLORED.sub(lambda match: f"\x1b[{_COLORS[match[1]]}m{match[0]}\x1b[0m", line)

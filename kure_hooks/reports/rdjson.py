"""Reviewdog's diagnostic format, with what is generated as suggestions.

Source of the rules: proto/rdf/reviewdog.proto of reviewdog v0.21. Lines and columns begin with 1,
a column counts bytes of UTF-8, and the end of a range is not in it. A finding's column counts
characters, so only its line is given. There is no place for what was skipped; that of a failure is
the settings file.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from kure_hooks.config import FILE_NAME
from kure_hooks.drift.hunks import hunks
from kure_hooks.drift.result import FileChange
from kure_hooks.findings import Severity
from kure_hooks.reports import Style
from kure_hooks.reports.model import Problems
from kure_hooks.reports.problems import Problem
from kure_hooks.safe_text import inert_json, visible

MANY = 500

Json = dict[str, Any]

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_SURROGATE = re.compile("[\ud800-\udfff]")


def render(problems: Problems, style: Style) -> str:
    """Return one diagnostic for each listed problem, or for each hunk where there are suggestions.

    A file with more hunks than MANY gets no suggestions, as its difference is no review's matter.
    """
    del style  # reviewdog has its own
    # Suggestions are taken, and diagnostics filtered by a pull request's lines, file by file.
    found = problems.listed if problems.outcome.intended else problems.listed_by_file
    document = {
        "source": {"name": "kure-hooks"},
        "severity": found[0].severity.upper() if found else "INFO",
        "diagnostics": [each for problem in found for each in _diagnostics(problem)],
    }
    return inert_json(json.dumps(document, indent=2)) + "\n"


def _diagnostics(problem: Problem) -> Iterator[Json]:
    change = None if problem.severity is Severity.INFO else problem.drift
    suggestions = [*_suggestions(change)] if change else []
    if not suggestions:
        yield _diagnostic(problem, problem.message, _range((problem.at.line,)))
    for number, suggestion in enumerate(suggestions):
        message = problem.summary if number else problem.message
        diagnostic = _diagnostic(problem, message, suggestion["range"])
        yield diagnostic | {"suggestions": [suggestion]}


def _diagnostic(problem: Problem, message: str, where: Json) -> Json:
    return {
        "message": message,
        "location": {"path": visible(problem.at.path or FILE_NAME), "range": where},
        "severity": problem.severity.upper(),
        "code": {"value": problem.rule},
    }


def _suggestions(change: FileChange) -> Iterator[Json]:
    """Yield a suggestion for each hunk of a file of which both texts are known as they are."""
    before, after = change.before, change.after
    if not change.kind.facts.in_place or change.masked or change.link:
        return
    if before is None or after is None or _SURROGATE.search(before + after):
        return
    old, new = _LINE.findall(before), _LINE.findall(after)
    found = hunks(before, after, 0)
    for hunk in found if len(found) <= MANY else ():
        start = hunk.before - bool(hunk.before_count)
        first = hunk.after - bool(hunk.after_count)
        text = "".join(new[first : first + hunk.after_count])
        yield _suggestion(old, start, start + hunk.before_count, text)


def _suggestion(old: Sequence[str], start: int, end: int, text: str) -> Json:
    """Replace some lines, counted from 0.

    At the end of a file no line follows that the range could end before. There the last line feed
    is left as it is; lines that only come or only go take the line before them along.
    """
    if end < len(old) or not old:
        return {"range": _range((start + 1, 1), (end + 1, 1)), "text": text}
    if start and (start == end or not text):
        start -= 1
        text = old[start] + text
    last = old[-1].removesuffix("\n")
    stop = (end, len(last.encode()) + 1)
    if old[-1].endswith("\n"):
        # reviewdog takes a carriage return for a part of the line feed.
        if not text.endswith("\n") or last.endswith("\r"):
            stop = (end + 1, 1)
        else:
            text = text.removesuffix("\n")
    return {"range": _range((start + 1, 1), stop), "text": text}


def _range(start: tuple[int, ...], end: tuple[int, ...] = ()) -> Json:
    where = {"start": _position(*start)}
    return where | {"end": _position(*end)} if end else where


def _position(line: int, column: int = 0) -> Json:
    return {"line": line, "column": column} if column else {"line": line}

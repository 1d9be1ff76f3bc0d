"""SARIF 2.1.0, in the subset that GitHub code scanning shows.

There are no snippets and no fixes: whoever may see an alert need not be allowed to see the file.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from kure_hooks import __version__
from kure_hooks.findings import Finding, Location, Severity
from kure_hooks.outcome import Outcome
from kure_hooks.reports import Style
from kure_hooks.reports.model import Problems
from kure_hooks.reports.problems import MOST, Fault, FileProblem, Problem
from kure_hooks.reports.rules import rule_of
from kure_hooks.reports.wording import count
from kure_hooks.safe_text import inert_json, visible

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_ROOT = "%SRCROOT%"
# GitHub shows 100 locations of a result.
_EQUALS = 99
# In a message, brackets make a link, unless there is a backslash before them.
_BRACKET = re.compile(r"(?<!\\)(\\*)([\[\]])")

# Of a result that has many, GitHub shows the first locations (2025: 100).
_MOST_SOURCES = 20

Json = dict[str, Any]


def render(problems: Problems, style: Style) -> str:
    """Return a log with one run, of at most MOST results; a notification tells of those left out.

    Columns are in characters, as in findings.
    """
    del style  # a viewer has its own
    # A result must have a place in the repository; what has none is told by the invocation.
    found = [problem for problem in problems.every if problem.at.path]
    shown = found[:MOST]
    rules = sorted({each.rule for each in shown})
    driver = {
        "name": "kure-hooks",
        "semanticVersion": __version__,
        "rules": [_rule(name) for name in rules],
    }
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": _category(problems.outcome)},
        "invocations": [_invocation(problems, len(found) - len(shown))],
        "originalUriBaseIds": {_ROOT: {"description": _text("the root of the repository")}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, rules) for each in shown],
    }
    document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return inert_json(json.dumps(document, indent=2)) + "\n"


def _rule(name: str) -> Json:
    rule = rule_of(name)
    if rule is None:  # of an engine or application kind that is installed
        return {"id": name}
    return {
        "id": name,
        "shortDescription": _text(rule.title),
        "fullDescription": _text(rule.meaning),
        "help": _text(rule.remedy),
    }


def _category(outcome: Outcome) -> str:
    """Return what GitHub replaces the alerts of: the same category, up to the last slash.

    A run about one cluster has a category of its own, so that those of a matrix go together.
    """
    if len(outcome.clusters) == 1:
        return f"kure-hooks/{visible(outcome.clusters[0].directory)}/"
    return f"kure-hooks/{visible(outcome.command)}/"


def _invocation(problems: Problems, more: int) -> Json:
    outcome = problems.outcome
    notes = [("note", f"skipped: {each.subject}: {each.reason}") for each in outcome.skipped]
    if outcome.failure:
        notes.append(("error", outcome.failure.message))
    notes += [
        (_level(problem), problem.sentence) for problem in problems.clusters if not problem.at.path
    ]
    if more:
        text = f"{count(more, 'less serious result')} left out, as GitHub takes {MOST:,} of a run"
        notes.append(("warning", text))
    return {
        "executionSuccessful": outcome.failure is None,
        "exitCode": outcome.exit_code,
        "toolExecutionNotifications": [
            {"level": level, "message": _text(visible(text))} for level, text in notes
        ],
    }


def _level(problem: Problem) -> str:
    return "note" if problem.severity is Severity.INFO else str(problem.severity)


def _result(problem: Problem, rules: Sequence[str]) -> Json:
    result: Json = {
        "ruleId": problem.rule,
        "ruleIndex": rules.index(problem.rule),
        "level": _level(problem),
        "message": _text(problem.message),
        "locations": [{"physicalLocation": _artifact(problem.at.path) | _region(problem.at)}],
        "partialFingerprints": {"primaryLocationLineHash": problem.fingerprint},
    }
    if isinstance(problem, Fault) and problem.finding.object:
        result["locations"][0]["logicalLocations"] = [_logical(problem.finding)]
        result["properties"] = {
            "object": visible(problem.finding.object),
            "pointer": visible(problem.finding.pointer),
        }
    if related := [*_related(problem)]:
        result["relatedLocations"] = related
    return result


def _related(problem: Problem) -> Iterator[Json]:
    """Yield the file that drifted where the result is elsewhere, its sources and files like it."""
    if problem.output:
        yield {"physicalLocation": _artifact(problem.output), "message": _text("what drifted")}
    if isinstance(problem, FileProblem):
        sources = [item.source for item in problem.change.objects if item.source]
        places = dict.fromkeys(at for source in sources for at in source.places)
        for at in [*places][:_MOST_SOURCES]:
            line = {"physicalLocation": _artifact(at.path) | _region(at)}
            yield line | {"message": _text("where it comes from")}
        for change in problem.equals[:_EQUALS]:
            place = {"physicalLocation": _artifact(change.path)}
            yield place | {"message": _text(f"{problem.word} in the same way")}


def _logical(finding: Finding) -> Json:
    """Return the place of a finding in its object: the object itself, or a property of it."""
    whole = visible(f"{finding.object}#{finding.pointer}".removesuffix("#"))
    if not finding.pointer:
        return {"name": whole, "fullyQualifiedName": whole, "kind": "object"}
    key = finding.pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
    return {"name": visible(key), "fullyQualifiedName": whole, "kind": "property"}


def _artifact(path: str) -> Json:
    """Return a relative URI; what is not Unicode in a name can't be in it."""
    return {"artifactLocation": {"uri": quote(path, errors="replace"), "uriBaseId": _ROOT}}


def _region(at: Location) -> Json:
    column = {"startColumn": at.column} if at.column > 0 else {}
    return {"region": {"startLine": at.line} | column}


def _text(text: str) -> Json:
    return {"text": _BRACKET.sub(r"\1\1\\\2", text)}

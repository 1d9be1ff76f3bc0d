"""The model that every format is made from."""

import ast
from pathlib import Path

import pytest
from msgspec import structs

from kure_hooks import reports
from kure_hooks.drift.result import Kind
from kure_hooks.findings import Severity
from kure_hooks.reports.model import Problems
from kure_hooks.reports.problems import FileProblem
from kure_hooks.reports.rules import rule_of
from tests.reports.outcomes import (
    DIFF,
    FAILED,
    FLEET,
    GENERATED,
    IN_SYNC,
    LINTED,
    OUTCOME,
    REFUSED,
    WARNED,
    clusters,
    fleet,
    hostile,
    image,
)

OUTCOMES = [OUTCOME, DIFF, FAILED, GENERATED, IN_SYNC, REFUSED, WARNED, hostile(), LINTED, FLEET]
EVERY = pytest.mark.parametrize("outcome", OUTCOMES, ids=list("odfgirwhlm"))
PACKAGE = Path(reports.__file__).parent

# They bound the outcome, make the model, the words of it, or give the outcome as it is.
MAKERS = {"bounds.py", "model.py", "problems.py", "wording.py", "remedies.py", "json.py"}
RESULTS = {"drift", "findings", "displaced"}


@EVERY
def test_everything_that_is_wrong_is_a_problem_once(outcome):
    problems = Problems(outcome)
    changes = [problem.drift for problem in problems.listed_by_file if problem.drift]
    assert sorted(changes, key=id) == sorted(outcome.drift, key=id)
    others = [problem for problem in problems.every if not problem.drift]
    expected = [*outcome.findings, *outcome.displaced, *problems.clusters]
    assert len(others) == len(expected) + bool(outcome.failure)


@EVERY
def test_the_groups_hold_the_whole_drift(outcome):
    problems = Problems(outcome)
    grouped = [problem for group in problems.groups for problem in group.drift]
    assert sorted(problem.change.path for problem in grouped) == sorted(
        problem.change.path for problem in problems.entries
    )
    paths = [change.path for problem in grouped for change in problem.changes]
    assert sorted(paths) == sorted(change.path for change in outcome.drift)
    for group in problems.groups:
        assert {problem.directories for problem in group.drift} == {group.directories}


@EVERY
def test_errors_come_first_and_every_rule_is_explained(outcome):
    problems = Problems(outcome).every
    levels = [problem.severity for problem in problems]
    assert levels == sorted(levels, key=lambda severity: severity.rank)
    policies = {"ACME001"}
    assert all(rule_of(problem.rule) or problem.rule in policies for problem in problems)


def test_a_list_has_the_most_serious_problems_and_counts_the_others(monkeypatch):
    problems = Problems(OUTCOME)
    assert problems.listed == problems.every
    monkeypatch.setattr("kure_hooks.reports.problems.MOST", 2)
    *listed, last = Problems(OUTCOME).listed
    more = len(problems.every) - 2
    assert [problem.fingerprint for problem in listed] == [
        problem.fingerprint for problem in problems.every[:2]
    ]
    assert last.summary.startswith(f"{more} less serious problems left out.")
    assert rule_of(last.rule)
    assert last.severity is Severity.WARNING
    assert last.fingerprint not in {problem.fingerprint for problem in problems.every}


def test_problems_that_are_alike_have_numbers():
    """The same field of the same file changes here from one value and there from another one."""
    one, two, three, four = clusters(4)
    old, new = (
        (image(each, "1", "3") for each in (one, two)),
        (image(each, "2", "3") for each in (three, four)),
    )
    problems = Problems(fleet(*old, *new)).every
    assert [problem.number for problem in problems] == [1, 2]
    assert len({problem.fingerprint for problem in problems}) == 2


def test_a_line_that_moves_or_a_value_leaves_the_fingerprint():
    change = next(each for each in OUTCOME.drift if each.kind is Kind.CHANGED)
    moved = structs.replace(change, before=f"\n\n{change.before}")
    (before,), (after,) = (
        Problems(structs.replace(OUTCOME, findings=(), drift=(each,))).every
        for each in (change, moved)
    )
    assert isinstance(before, FileProblem)
    assert before.at != after.at
    assert before.fingerprint == after.fingerprint


def formats():
    modules = [*PACKAGE.glob("*.py"), *PACKAGE.glob("html/*.py")]
    return sorted(module for module in modules if module.name not in MAKERS)


@pytest.mark.parametrize("module", formats(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_format_goes_through_the_outcome_itself(module):
    """What a format finds there itself, another one finds otherwise."""
    assert walks(module.read_text()) == []


def walks(source):
    return [
        f"{node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute)
        and node.attr in RESULTS
        and ast.unparse(node.value).split(".")[-1] == "outcome"
    ]


def test_a_walk_is_seen():
    assert walks("for x in problems.outcome.drift: pass") == ["1: problems.outcome.drift"]
    assert walks("def f(outcome): return outcome.findings") == ["1: outcome.findings"]
    assert walks("for x in problems.drift: pass") == []


def test_findings_of_lint_are_grouped_by_rule_the_worst_rule_first():
    groups = Problems(LINTED).by_rule
    assert [(group.rule, len(group.faults)) for group in groups] == [
        ("ACME001", 1),
        ("FX001", 2),
        ("LI003", 1),
        ("FX020", 1),
    ]
    assert list(groups[1].owners) == [
        "Kustomization flux-system/apps",
        "Kustomization flux-system/db",
    ]
    assert groups[0].heading == "ACME001"


def test_warnings_and_infos_change_no_exit_code():
    rest = tuple(item for item in LINTED.findings if item.severity is not Severity.ERROR)
    assert structs.replace(LINTED, findings=rest).exit_code == 0
    assert LINTED.exit_code == 1
    ordered = [problem.severity for problem in Problems(LINTED).every]
    assert ordered == ["error", "error", "warning", "warning", "info"]

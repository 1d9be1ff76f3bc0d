"""Expressions have the values that they have in the API server."""

from pathlib import Path

import pytest
import yaml

from tests.support.crds import rules

FACTS = yaml.safe_load(Path(__file__).with_name("expressions.yaml").read_text())
SCHEMA, VALUE = FACTS["schema"], FACTS["value"]


def verdict(expression):
    made = rules(SCHEMA, expression)
    if made.problems:
        return "refused"
    violations = list(made.violations(VALUE))
    if not violations:
        return "holds"
    (violation,) = violations
    assert violation.is_judged
    return "errors" if " evaluating rule: " in violation.message else "fails"


@pytest.mark.parametrize("wanted", ["holds", "fails", "errors", "refused"])
def test_expressions_are_judged_as_the_api_server_does(wanted):
    others = {each: verdict(each) for each in FACTS[wanted] if verdict(each) != wanted}
    assert others == {}
    assert FACTS[wanted]


def test_an_expression_that_is_refused_has_a_reason():
    (problem,) = rules(SCHEMA, "self.undefined == 1").problems
    assert problem.rule == "self.undefined == 1"
    assert problem.reason == "undefined field 'undefined'"
    (problem,) = rules(SCHEMA, "math.greatest(1, 2) == 2").problems
    assert problem.reason == "undeclared reference to 'math' (in container '')"
    (problem,) = rules(SCHEMA, "self.s").problems
    assert problem.reason == "the expression is no bool but of type text"


# What the evaluator can't have is said, never guessed.
LACKING = {
    "'123 abc 456'.findAll('[0-9]*').size() == 6": "findAll finds no empty matches here",
    "self.ld.transformMap(i, v, v)[0] == duration('1h')": "transformMap makes no map of times here",
}


@pytest.mark.parametrize("expression", LACKING, ids=["findAll", "transformMap"])
def test_what_is_lacking_is_said(expression):
    (violation,) = rules(SCHEMA, expression).violations(VALUE)
    assert not violation.is_judged
    assert violation.message == f"the rule was not judged: {LACKING[expression]}"

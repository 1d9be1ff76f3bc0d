"""The facts of expressions are those of the API server's own code."""

import pytest

from tests.cel.test_expressions import FACTS, SCHEMA, VALUE

api_server = pytest.importorskip(
    "tests.support.api_server", reason="what asks the API server's code is not there"
)
COMPILED = "rule compile error"
EVALUATED = (" evaluating rule: ", "call arguments did not match")


def verdict(errors):
    if not errors:
        return "holds"
    if any(COMPILED in error.detail for error in errors):
        return "refused"
    return "errors" if any(words in errors[0].detail for words in EVALUATED) else "fails"


@pytest.mark.parametrize("wanted", ["holds", "fails", "errors", "refused"])
def test_facts_are_those_of_the_api_server(wanted):
    """Each expression is the rule of a property of its own, of one object."""
    rules = {
        f"p{number}": {**SCHEMA, "x-kubernetes-validations": [{"rule": expression}]}
        for number, expression in enumerate(FACTS[wanted])
    }
    crd = api_server.definition({"type": "object", "properties": rules})
    thing = {
        "apiVersion": "example.com/v1",
        "kind": "Thing",
        "metadata": {"name": "a", "namespace": "b"},
        **dict.fromkeys(rules, VALUE),
    }
    _, (judgement,) = api_server.judge(crd, [thing], version="v1")
    verdicts = {
        name: verdict([error for error in judgement.errors if error.field == name])
        for name in rules
    }
    assert {name: each for name, each in verdicts.items() if each != wanted} == {}

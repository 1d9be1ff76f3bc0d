"""A schema and a value of a stranger raise nothing, whatever they are made of."""

from itertools import cycle

import pytest

from kure_hooks.cel.rules import Rules
from tests.cel.test_expressions import SCHEMA, VALUE

RULES = [
    {
        "rule": "self == oldSelf || self.o == self.o2",
        "message": "m",
        "fieldPath": ".s",
        "messageExpression": "self.s + 'x'",
    },
    {"rule": "self.ld.all(x, x > duration('1s')) && self.m.all(k, v, v != k)"},
    {"rule": "oldSelf.?d.hasValue()", "optionalOldSelf": True},
]
WHOLE = {**SCHEMA, "x-kubernetes-validations": RULES, "allOf": [{"x-kubernetes-validations": []}]}
JUNK = [
    None,
    True,
    0,
    1.5,
    "x",
    "\ud800",
    "a\0b",
    [],
    {},
    [1],
    [None],
    {1: 2},
    1 << 70,
    float("nan"),
    "object",
    {"$ref": "#/definitions/q"},
    {"$ref": 3},
]


def places(value, path=()):
    yield path
    items = value.items() if isinstance(value, dict) else ()
    for key, inner in enumerate(value) if isinstance(value, list) else items:
        yield from places(inner, (*path, key))


def with_junk(value, path, junk):
    if not path:
        return junk
    copy = value.copy()
    copy[path[0]] = with_junk(copy[path[0]], path[1:], junk)
    return copy


DEFINITIONS = {"q": {"$ref": "#/definitions/q"}}


@pytest.mark.parametrize("root", [False, True])
def test_any_schema_is_taken(root):
    kinds = cycle(JUNK)
    for path in places(WHOLE):
        schema = with_junk(WHOLE, path, next(kinds))
        made = Rules(schema, DEFINITIONS, root=root)
        assert all(problem.reason for problem in made.problems)
        assert all(each.message for each in made.violations(VALUE, VALUE))


def test_any_value_is_taken():
    made = Rules(WHOLE, {})
    assert made.problems == []
    kinds = cycle(JUNK)
    for path in [*places(VALUE)] * 2:
        value = with_junk(VALUE, path, next(kinds))
        assert all(each.message for each in made.violations(value, VALUE))
        assert all(each.message for each in made.violations(VALUE, value))

"""Errors of evaluation have the words of the API server."""

import pytest

from kure_hooks.cel import available
from kure_hooks.cel.rules import Rules

if not available():
    pytest.skip("cel-expr-python is not installed", allow_module_level=True)
api_server = pytest.importorskip(
    "tests.support.api_server", reason="what asks the API server's code is not there"
)

SCHEMA = {
    "type": "object",
    "properties": {
        "m": {"type": "object", "additionalProperties": {"type": "integer"}},
        "l": {"type": "array", "items": {"type": "integer"}},
        "s": {"type": "string"},
        "n": {"type": "integer"},
        "d": {"type": "number"},
    },
}
VALUE = {"m": {}, "l": [2], "s": "abc", "n": 0, "d": 1.5}
EXPRESSIONS = (
    "self.m['x y'] == 1",
    "self.m.x == 1",
    "self.m[self.s] == 1",
    "self.l[7] == 1",
    "self.l[-1] == 1",
    "self.s.split(',')[3] == ''",
    "1 / self.n == 1",
    "1 % self.n == 1",
    "self.n - 9223372036854775807 - 10 < 0",
    "int(self.s) == 1",
    "uint(self.s) == 1u",
    "double(self.s) == 1.0",
    "bool(self.s)",
    "duration(self.s) == duration('1s')",
    "timestamp(self.s) == timestamp('2024-01-01T00:00:00Z')",
    "uint(self.n - 1) == 1u",
    "uint(self.d - 9.0) == 1u",
    "int(self.d * 1e30) == 1",
)


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_an_error_has_the_words_of_the_api_server(expression):
    rule = {"rule": expression, "message": "no"}
    schema = SCHEMA | {"x-kubernetes-validations": [rule]}
    thing = {"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "a"}}
    crd = api_server.definition({"type": "object", "properties": {"v": schema}})
    _, (judgement,) = api_server.judge(crd, [thing | {"v": VALUE}], version="v1")
    (error,) = judgement.errors
    (violation,) = Rules(schema, {}).violations(VALUE)
    assert error.detail == f'Invalid value: "object": {violation.message}'

"""Rules are judged where and when the API server judges them, with its words."""

import pytest

from kure_hooks.cel.rules import Rules
from tests.support.crds import INTEGER, TEXT, array, messages, obj, rules

SCHEMA = obj(a=TEXT, n=INTEGER, m={"type": "object", "additionalProperties": TEXT}, o=obj(x=TEXT))


def violations(rule, value, *old, schema=SCHEMA):
    made = rules(schema, rule)
    assert made.problems == []
    return list(made.violations(value, *old))


def test_a_rule_that_holds_says_nothing():
    assert violations("self.n > 1", {"n": 2}) == []


def test_the_words_are_those_of_the_api_server():
    assert messages(SCHEMA, " self.n > 1\n", {"n": 1}) == ["failed rule: self.n > 1"]
    rule = {"rule": "self.n > 1", "message": " too small "}
    assert messages(SCHEMA, rule, {"n": 1}) == ["too small"]
    wordy = {**rule, "messageExpression": "'not ' + string(self.n)"}
    assert messages(SCHEMA, wordy, {"n": 1}) == ["not 1"]


@pytest.mark.parametrize("expression", ["''", "'  '", "'a\\nb'", "self.a", "'x'.charAt(-1)"])
def test_an_expression_without_a_line_of_text_gives_way_to_the_message(expression):
    rule = {"rule": "self.n > 1", "message": "small", "messageExpression": expression}
    assert messages(SCHEMA, rule, {"n": 1}) == ["small"]


def test_a_message_is_no_longer_than_the_api_server_takes():
    rule = {"rule": "false", "message": "long", "messageExpression": "self.a"}
    assert messages(SCHEMA, rule, {"a": "x" * 5121}) == ["long"]
    assert messages(SCHEMA, rule, {"a": "x" * 5120}) == ["x" * 5120]


def test_an_expression_of_a_message_that_does_not_compile_is_a_problem_and_the_rule_stays():
    made = rules(SCHEMA, {"rule": "self.n > 1", "messageExpression": "self.b"})
    assert [problem.rule for problem in made.problems] == ["self.b"]
    assert [each.message for each in made.violations({"n": 1})] == ["failed rule: self.n > 1"]


def test_a_rule_without_a_value_is_a_violation_at_the_node():
    rule = {"rule": "self.n > 1", "message": "n is more than 1", "fieldPath": ".n"}
    (violation,) = violations(rule, {})
    assert violation.message == "no such key: n evaluating rule: n is more than 1"
    assert violation.path == ()


PATHS = {
    ".n": ("n",),
    ".o.x": ("o", "x"),
    ".m['a.b/c']": ("m", "a.b/c"),
    "['o']['x']": ("o", "x"),
    ".m['it\\'s']": ("m", "it's"),
    ".b": (),
    "n": (),
    ".o.": (),
    ".n[0]": (),
}


@pytest.mark.parametrize("path", PATHS)
def test_the_path_narrows_the_place(path):
    (violation,) = violations({"rule": "false", "fieldPath": path}, {})
    assert violation.path == PATHS[path]


def test_the_reason_is_the_rules():
    assert violations("false", {})[0].reason == "FieldValueInvalid"
    rule = {"rule": "false", "reason": "FieldValueForbidden"}
    assert violations(rule, {})[0].reason == "FieldValueForbidden"


def test_rules_about_changes_need_an_old_value():
    rule = "self.n >= oldSelf.n"
    assert violations(rule, {"n": 1}) == []
    assert violations(rule, {"n": 1}, None) == []
    assert violations(rule, {"n": 1}, {"n": 1}) == []
    assert messages(SCHEMA, rule, {"n": 1}, {"n": 2}) == [f"failed rule: {rule}"]


def test_an_old_value_may_be_optional():
    rule = {"rule": "self.n >= oldSelf.n.orValue(3)", "optionalOldSelf": True}
    assert len(violations(rule, {"n": 1})) == 1
    assert violations(rule, {"n": 3}) == []
    assert violations(rule, {"n": 1}, {"n": 1}) == []
    assert len(violations(rule, {"n": 1}, {"n": 2})) == 1
    first = {"rule": "oldSelf.hasValue() || self.n == 0", "optionalOldSelf": True}
    assert violations(first, {"n": 0}) == []
    assert len(violations(first, {"n": 1})) == 1
    assert violations(first, {"n": 1}, {"n": 7}) == []


def test_an_optional_old_value_may_be_a_time():
    schema = obj(d={"type": "string", "format": "duration"})
    rule = {
        "rule": "oldSelf.?d.orValue(duration('1s')) <= self.d && !(oldSelf == optional.of(self))",
        "optionalOldSelf": True,
    }
    assert violations(rule, {"d": "1m"}, {"d": "59s"}, schema=schema) == []
    assert len(violations(rule, {"d": "1m"}, {"d": "1h"}, schema=schema)) == 1


def test_null_is_not_judged():
    assert violations("false", None, schema={**SCHEMA, "nullable": True}) == []


def test_an_empty_rule_is_none():
    assert violations("  ", {}) == []


def test_rules_of_parts_that_hold_all_are_rules_too():
    part = {"x-kubernetes-validations": [{"rule": "self.n > 1"}]}
    made = Rules({**SCHEMA, "allOf": [part]}, {})
    assert len(made) == 1
    assert len(list(made.violations({"n": 1}))) == 1


def test_shared_parts_are_followed():
    definitions = {"0": {"$ref": "#/definitions/1"}, "1": obj(a=INTEGER)}
    schema = {
        **array({"$ref": "#/definitions/0"}),
        "x-kubernetes-validations": [{"rule": "self.all(x, x.a > 1)"}],
    }
    made = Rules({"$ref": "#/definitions/s"}, {**definitions, "s": schema})
    assert list(made.violations([{"a": 2}])) == []
    assert len(list(made.violations([{"a": 1}]))) == 1


def test_a_part_that_leads_to_itself_ends():
    made = Rules({"$ref": "#/definitions/0"}, {"0": {"$ref": "#/definitions/0"}})
    assert list(made.violations({})) == []


def test_the_root_shows_little_of_the_metadata():
    value = {"apiVersion": "a/v1", "kind": "A", "metadata": {"name": "x", "labels": {"a": "b"}}}
    shown = "self.apiVersion == 'a/v1' && self.kind == 'A' && self.metadata.name == 'x'"
    made = rules(SCHEMA, f"{shown} && !has(self.metadata.generateName)", root=True)
    assert made.problems == []
    assert list(made.violations(value)) == []
    (problem,) = rules(SCHEMA, "has(self.metadata.labels)", root=True).problems
    assert problem.reason == "undefined field 'labels'"
    (problem,) = rules(SCHEMA, "has(self.metadata)").problems
    assert problem.reason == "undefined field 'metadata'"


def test_a_rule_too_deep_is_a_problem():
    deep = " + ".join(["self.n"] * 2000)
    (problem,) = rules(SCHEMA, f"{deep} > 0").problems
    assert problem.reason

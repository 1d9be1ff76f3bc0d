"""Values are seen as their schema says."""

import pytest

from tests.support.crds import INTEGER, TEXT, array, messages, obj, rules

EITHER = {"x-kubernetes-int-or-string": True}
NUMBER = {"type": "number"}
SET = array(TEXT, **{"x-kubernetes-list-type": "set"})
ITEM = obj(k=TEXT, l=INTEGER, v=SET)
MAP = array(ITEM, **{"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k", "l"]})


def holds(schema, rule, value, *old):
    return messages(schema, rule, value, *old) == []


def test_numbers_are_doubles_whatever_they_look_like():
    assert holds(obj(n=NUMBER), "type(self.n) == double && self.n / 2.0 == 0.5", {"n": 1})


@pytest.mark.parametrize("value", [1, 1.0, 80, "80", "http"])
def test_an_integer_or_a_text_is_either(value):
    rule = "type(self.x) == int ? self.x > 0 : self.x.size() > 1"
    assert holds(obj(x=EITHER), rule, {"x": value})


@pytest.mark.parametrize("value", [True, 1.5, [], 1 << 63])
def test_what_the_schema_refuses_has_no_value(value):
    assert not holds(obj(x=EITHER), "self.x == self.x", {"x": value})


TIMES = {
    "duration": ("1h30m", "duration('5400s')"),
    "date-time": (
        "2026-01-02T03:04:05.000000001+01:00",
        "timestamp('2026-01-02T02:04:05.000000001Z')",
    ),
    "date": ("2026-01-02", "timestamp('2026-01-02T00:00:00Z')"),
    "byte": ("YWJj", "b'abc'"),
}


@pytest.mark.parametrize("kind", TIMES)
def test_formats_make_values_of_their_type(kind):
    text, wanted = TIMES[kind]
    schema = obj(x={"type": "string", "format": kind})
    assert holds(schema, f"self.x == {wanted}", {"x": text})
    assert holds(array(schema["properties"]["x"]), f"self == [{wanted}]", [text])
    assert holds(
        {"type": "object", "additionalProperties": schema["properties"]["x"]},
        f"self.a == {wanted}",
        {"a": text},
    )


DURATIONS = {
    "1.5h": "5400s",
    "-1m": "-60s",
    "1ns": "0.000000001s",
    "0": "0s",
    "3 weeks": "1814400s",
    "1d": "86400s",
    "2 hours 1min": "7260s",
}


@pytest.mark.parametrize("text", DURATIONS)
def test_durations_are_read_as_the_format_allows(text):
    schema = obj(x={"type": "string", "format": "duration"})
    assert holds(schema, f"self.x == duration('{DURATIONS[text]}')", {"x": text})


@pytest.mark.parametrize("text", ["", "x", "5", "9223372036854775808ns", "9" * 300 + "h"])
def test_a_text_that_is_no_duration_has_no_value(text):
    schema = obj(x={"type": "string", "format": "duration"})
    assert not holds(schema, "self.x == self.x", {"x": text})


NAMES = {
    "a-b": "a__dash__b",
    "a.b": "a__dot__b",
    "a/b": "a__slash__b",
    "a__b": "a__underscores__b",
    "namespace": "__namespace__",
    "in": "__in__",
    "-x": "__dash__x",
}


@pytest.mark.parametrize("name", NAMES)
def test_names_are_escaped(name):
    schema = obj(**{name: TEXT})
    assert holds(schema, f"has(self.{NAMES[name]}) && self.{NAMES[name]} == 'v'", {name: "v"})


@pytest.mark.parametrize("name", ["1a", "a b", "é", "a$"])
def test_some_names_can_not_be_reached_and_count_all_the_same(name):
    schema = obj(**{name: TEXT}, a=TEXT)
    assert holds(schema, "self == oldSelf", {name: "1"}, {name: "1"})
    assert not holds(schema, "self == oldSelf", {name: "1"}, {name: "2"})


def test_keys_of_maps_are_as_they_are():
    schema = {"type": "object", "additionalProperties": TEXT}
    assert holds(schema, "self['a-b'] == 'x' && self.exists(k, k == 'in')", {"a-b": "x", "in": "y"})


def test_unknown_keys_are_not_seen():
    loose = {**obj(a=TEXT), "x-kubernetes-preserve-unknown-fields": True}
    assert rules(loose, "has(self.b)").problems
    anything = obj(x={"x-kubernetes-preserve-unknown-fields": True})
    assert rules(anything, "has(self.x)").problems
    assert holds(loose, "self == oldSelf", {"b": [1, {"c": None}]}, {"b": [1, {"c": None}]})
    assert not holds(loose, "self == oldSelf", {"b": 1}, {"b": 2})


def test_null_in_an_object_is_absence():
    schema = obj(x={**TEXT, "nullable": True})
    assert holds(schema, "!has(self.x)", {"x": None})
    assert holds(array({**TEXT, "nullable": True}), "self.size() == 2", ["a", None])


def test_embedded_resources_show_what_a_root_does():
    schema = obj(e={"type": "object", "x-kubernetes-embedded-resource": True})
    value = {"e": {"apiVersion": "v1", "kind": "K", "metadata": {"name": "n"}, "spec": {}}}
    assert holds(schema, "self.e.kind == 'K' && self.e.metadata.name == 'n'", value)
    assert rules(schema, "has(self.e.spec)").problems


def test_the_order_of_a_set_does_not_count():
    schema = obj(s=SET)
    assert holds(schema, "self == oldSelf", {"s": ["a", "b"]}, {"s": ["b", "a"]})
    assert holds(schema, "self.s == oldSelf.s", {"s": ["a", "b"]}, {"s": ["b", "a"]})
    assert holds(schema, "self.s == ['b', 'a']", {"s": ["a", "b"]})
    assert not holds(schema, "['b', 'a'] == self.s", {"s": ["a", "b"]})
    assert holds(schema, "self.s != ['a', 'c'] && self.s != ['a']", {"s": ["a", "b"]})
    assert holds(schema, "self.s[0] == 'b'", {"s": ["b", "a"]})


def test_the_sum_of_sets_is_their_union():
    assert holds(
        SET, "self + ['c', 'a'] == ['a', 'b', 'c'] && (self + ['c'])[2] == 'c'", ["a", "b"]
    )


def item(key, number, *values):
    return {"k": key, "l": number, "v": list(values)}


def test_the_order_of_a_list_with_keys_does_not_count():
    one, two = item("a", 1, "x", "y"), item("a", 2)
    assert holds(MAP, "self == oldSelf", [one, two], [two, item("a", 1, "y", "x")])
    assert not holds(MAP, "self == oldSelf", [one, two], [two, item("a", 1, "y")])
    assert holds(MAP, "self.filter(x, x.l == 1)[0].v == ['y', 'x']", [one, two])


def test_the_sum_of_lists_with_keys_is_overridden_by_the_second():
    rule = "(self + oldSelf).map(x, x.k) == ['a', 'b', 'c'] && (self + oldSelf)[0].v == ['new']"
    new = [item("c", 1), item("a", 1, "new")]
    assert holds(MAP, rule, [item("a", 1, "old"), item("b", 1)], new)


def test_an_absent_key_is_a_key():
    assert holds(MAP, "self + oldSelf == self", [{"k": "a"}], [{"k": "a"}])
    assert holds(MAP, "size(self + oldSelf) == 2", [{"k": "a"}], [{"k": "a", "l": 1}])

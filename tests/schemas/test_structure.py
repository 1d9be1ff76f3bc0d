"""The cases are those that the API server's own code gives, see tests/oracles."""

import pytest

from kure_hooks.schemas.structure import Part, duplicates, settled

DEFAULTED = {
    "type": "object",
    "properties": {
        "a": {"type": "integer", "default": 1},
        "n": {"type": "string", "nullable": True, "default": "x"},
        "plain": {"type": "string"},
        "o": {
            "type": "object",
            "default": {},
            "properties": {"p": {"type": "string", "default": "TCP"}},
        },
        "l": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"p": {"type": "string", "default": "TCP"}},
            },
        },
        "m": {"type": "object", "additionalProperties": {"type": "string"}},
        "open": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
        "d": {"type": "array", "items": {"type": "integer", "default": 7}},
    },
}


@pytest.mark.parametrize(
    ("value", "right"),
    [
        ({}, {"a": 1, "n": "x", "o": {"p": "TCP"}}),
        ({"a": None, "n": None, "o": None}, {"a": 1, "n": None, "o": {"p": "TCP"}}),
        ({"plain": None, "a": 2, "n": "", "o": {"p": "UDP"}}, {"a": 2, "n": "", "o": {"p": "UDP"}}),
        (
            {"a": 1, "n": "", "o": {}, "l": [{}, {"p": "UDP"}, None]},
            {"a": 1, "n": "", "o": {"p": "TCP"}, "l": [{"p": "TCP"}, {"p": "UDP"}, None]},
        ),
        (
            {"a": 1, "n": "", "o": {}, "m": {"x": None, "y": "z"}, "open": {"q": None}},
            {"a": 1, "n": "", "o": {"p": "TCP"}, "m": {"y": "z"}, "open": {"q": None}},
        ),
        (
            {"a": 1, "n": "", "o": {}, "d": [None, 1]},
            {"a": 1, "n": "", "o": {"p": "TCP"}, "d": [7, 1]},
        ),
        ({"a": [], "n": 1, "o": "x"}, {"a": [], "n": 1, "o": "x"}),
        ([], []),
    ],
)
def test_absent_values_and_nulls_get_their_defaults(value, right):
    before = repr(value)
    assert settled(value, Part.whole(DEFAULTED)) == right
    assert repr(value) == before


def listed(kind, keys=(), item=None):
    return Part.whole(
        {
            "type": "object",
            "properties": {
                "l": {
                    "type": "array",
                    "x-kubernetes-list-type": kind,
                    "x-kubernetes-list-map-keys": list(keys),
                    "items": item or {"type": "object"},
                }
            },
        }
    )


@pytest.mark.parametrize(
    ("items", "indices"),
    [
        (["a", "b", "a", "a"], [2]),
        ([1, "1", True], []),
        ([1, 1.0], []),
        ([{"a": 1, "b": 2}, {"b": 2, "a": 1}], [1]),
        ([None, None], [1]),
        (["a"], []),
        ("a", []),
    ],
)
def test_items_of_sets_are_unique(items, indices):
    found = duplicates({"l": items}, listed("set"))
    assert list(found) == [("l", index) for index in indices]


@pytest.mark.parametrize(
    ("items", "indices"),
    [
        ([{"k": 1, "v": 1}, {"k": 1, "v": 2}], [1]),
        ([{"k": 1}, {"k": "1"}], []),
        ([{"v": 1}, {"v": 2}], [1]),
        ([{"k": None}, {}], []),
    ],
)
def test_items_of_maps_have_keys_of_their_own(items, indices):
    found = duplicates({"l": items}, listed("map", ["k"]))
    assert list(found) == [("l", index) for index in indices]


def test_several_keys_count_together():
    items = [{"k": 1, "p": "TCP"}, {"k": 1, "p": "UDP"}, {"k": 1, "p": "TCP"}]
    assert list(duplicates({"l": items}, listed("map", ["k", "p"]))) == [("l", 2)]


def test_defaults_count_as_keys():
    item = {"type": "object", "properties": {"p": {"type": "string", "default": "TCP"}}}
    part = listed("map", ["k", "p"], item)
    value = settled({"l": [{"k": 1}, {"k": 1, "p": "TCP"}]}, part)
    assert list(duplicates(value, part)) == [("l", 1)]


def test_shared_parts_are_followed():
    schema = {
        "type": "object",
        "properties": {"a": {"$ref": "#/definitions/1"}, "b": {"$ref": "#/definitions/1"}},
        "definitions": {"1": {"type": "integer", "default": 3}},
    }
    assert settled({"b": None}, Part.whole(schema)) == {"a": 3, "b": 3}


def test_a_part_knows_whether_rules_or_keyed_lists_are_below_it():
    ruled = {"x-kubernetes-validations": [{"rule": "true"}]}
    keyed = {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "string"}}
    schema = {
        "properties": {
            "plain": {"properties": {"a": {"type": "string"}}},
            "map": {"additionalProperties": {"$ref": "#/definitions/0"}},
            "list": {"items": {"properties": {"set": keyed}}},
        },
        "definitions": {"0": ruled},
    }
    whole = Part.whole(schema)
    assert (whole.is_ruled, whole.is_keyed) == (True, True)
    facts = {
        name: (whole.at(name).is_ruled, whole.at(name).is_keyed) for name in schema["properties"]
    }
    assert facts == {"plain": (False, False), "map": (True, False), "list": (False, True)}


def test_all_values_of_a_map_have_one_part():
    part = Part.whole({"properties": {"a": {}}, "additionalProperties": {"type": "string"}})
    assert part.at("x") is part.at("y")
    assert part.at("x") is not part.at("a")


def test_a_schema_may_refer_to_itself():
    whole = Part.whole(
        {
            "properties": {"a": {"$ref": "#/definitions/0"}},
            "definitions": {"0": {"properties": {"a": {"$ref": "#/definitions/0"}}}},
        }
    )
    assert whole.at("a").at("a") is whole.at("a")

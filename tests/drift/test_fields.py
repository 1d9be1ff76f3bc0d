from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kure_hooks.drift.fields import differing
from kure_hooks.drift.result import Risk
from kure_hooks.manifests import canonical, same

# Values of which Python takes some for equal, with the text that a report shows of each.
UNEQUAL = {
    "true": True,
    "false": False,
    "1": 1,
    "0": 0,
    "1.0": 1.0,
    "0.0": 0.0,
    "-0.0": -0.0,
    "2": 2,
    "2.0": 2.0,
    "1000": 1000,
    "1000.0": 1e3,
    "9007199254740993": 9007199254740993,
    "9007199254740992.0": 9007199254740992.0,
    "18446744073709551615": 18446744073709551615,
    "1.8446744073709552e+19": 18446744073709551615.0,
    '"1"': "1",
    '"true"': "true",
    '"1.0"': "1.0",
    '"0"': "0",
    "null": None,
    '"null"': "null",
    "[]": [],
    "{}": {},
    '"[]"': "[]",
    '"{}"': "{}",
    "[1]": [1],
    "[true]": [True],
    "[[1]]": [[1]],
    '{"a": 1}': {"a": 1},
    '{"a": 1.0}': {"a": 1.0},
    '"yes"': "yes",
    '"no"': "no",
    '"on"': "on",
    '"y"': "y",
    '"2001-01-01"': "2001-01-01",
    '"1e3"': "1e3",
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([0.0, -0.0, 1.0, "", "1"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["name", "a", "finalizers", "[b]"]), inner, max_size=3)
    ),
    max_leaves=12,
)


def fields(before, after, kind="X"):
    """Return path, before and after of the fields of a `spec` that differ."""
    objects = ({"kind": kind, "spec": spec} for spec in (before, after))
    return [
        (each.path.removeprefix("spec."), each.before, each.after) for each in differing(*objects)
    ]


@pytest.mark.parametrize("one", UNEQUAL)
def test_values_of_different_types_differ(one):
    old = UNEQUAL[one]
    for other, new in UNEQUAL.items():
        differ = one != other
        assert same(old, new) is not differ
        assert bool(fields({"x": old}, {"x": new})) is differ
        assert bool(fields({"x": [old]}, {"x": [new]})) is differ
        assert bool(fields({"x": {"y": [[old, 1]]}}, {"x": {"y": [[new, 1]]}})) is differ


@pytest.mark.parametrize("text", UNEQUAL)
def test_a_value_shows_its_type(text):
    value = UNEQUAL[text]
    assert fields({"x": value}, {}) == [("x", text, None)]
    assert fields({}, {"x": value}) == [("x", None, text)]
    if not isinstance(value, (int, float)):
        assert fields({"x": value}, {"x": 7}) == [("x", text, "7")]
    if not isinstance(value, dict):
        assert fields({"x": value}, {"x": {"b": 1}}) == [("x", text, '{"b": 1}')]


@given(JSON)
def test_equal_values_have_no_difference(value):
    assert fields({"x": value}, {"x": value}) == []


@given(JSON, JSON)
def test_values_differ_unless_they_are_the_same_json(old, new):
    """Order means nothing in sets and between items that have unique names."""
    if fields({"x": old}, {"x": new}):
        assert canonical(old) != canonical(new)
    else:
        assert sorted(canonical(old)) == sorted(canonical(new))


def test_a_text_is_quoted_only_beside_another_type():
    assert fields({"x": "1"}, {"x": "2"}) == [("x", "1", "2")]
    assert fields({"x": "a"}, {"x": 1}) == [("x", "a", "1")]
    assert fields({"x": ""}, {"x": 1}) == [("x", "", "1")]
    assert fields({"x": "yes"}, {"x": True}) == [("x", '"yes"', "true")]


def test_blanks_that_differ_are_seen():
    assert fields({"x": "a"}, {"x": "a "}) == [("x", '"a"', '"a "')]
    assert fields({"x": "a\n"}, {"x": "a"}) == [("x", '"a\\n"', '"a"')]


def test_an_item_that_came_or_went_is_one_difference():
    rules = [{"to": [at], "ports": [at]} for at in range(5)]
    added = {"to": [9]}
    assert fields({"x": rules}, {"x": [added, *rules]}) == [("x[0]", None, '{"to": [9]}')]
    assert fields({"x": rules}, {"x": rules[1:]}) == [("x[0]", '{"to": [0], "ports": [0]}', None)]
    assert fields({"x": ["a", "b", "c"]}, {"x": ["a", "c"]}) == [("x[1]", "b", None)]


def test_an_item_that_changed_shows_its_fields():
    old = [{"to": [1], "ports": [1, 2]}, {"to": [2]}]
    new = [{"to": [1], "ports": [1, 3]}, {"to": [2]}]
    assert fields({"x": old}, {"x": new}) == [("x[0].ports[1]", "2", "3")]


def test_the_fewest_differences_are_told_and_places_of_two_ways_alike():
    assert fields({"x": ["a", "b"]}, {"x": ["b", "a"]}) == [("x[0]", "a", "b"), ("x[1]", "b", "a")]
    assert fields({"x": ["a", "b", "c", "d"]}, {"x": ["b", "c", "d", "a"]}) == [
        ("x[0]", "a", None),
        ("x[3]", None, "a"),
    ]


def test_items_are_in_the_order_of_their_places():
    old = list(range(12))
    found = fields({"x": old}, {"x": [each + 100 for each in old]})
    assert [path for path, _, _ in found] == [f"x[{at}]" for at in range(12)]


def test_a_list_with_many_differences_is_told_as_a_whole():
    old = [f"user-{number}" for number in range(300)]
    new = [f"member-{number}" for number in range(201)] + old[201:]
    assert fields({"x": old}, {"x": new}) == [("x", "300 items", "300 items, 201 of them differ")]
    assert len(fields({"x": old}, {"x": [*new[:200], *old[200:]]})) == 200
    assert fields({"finalizers": old}, {"finalizers": []}) == [
        ("finalizers", "300 items", "0 items, 300 of them differ")
    ]
    assert len(fields({"finalizers": old[:200]}, {"finalizers": []})) == 200


def test_a_risk_of_a_list_told_as_a_whole_is_kept():
    old, new = ({"clusterIPs": [f"10.{net}.0.{at}" for at in range(300)]} for net in (1, 2))
    service = {"kind": "Service", "spec": old}
    (field,) = differing(service, service | {"spec": new}, lambda *_: None)
    assert field.risks == (Risk.IMMUTABLE,)


CLAIM = {"apiVersion": "v1", "kind": "PersistentVolumeClaim"}


@pytest.mark.parametrize(
    ("old", "new", "risks"),
    [
        ({}, CLAIM, set()),
        ({"kind": CLAIM["kind"]}, {"apiVersion": "v1"}, set()),
        ({}, {"apiVersion": "v2"}, {Risk.IMMUTABLE}),
        ({}, {"spec": {"volumeMode": "Block"}}, {Risk.IMMUTABLE}),
    ],
)
def test_the_type_of_a_claim_template_is_there_already_and_harms_nothing(old, new, risks):
    """The API server writes it into each template."""
    claims = [{"volumeClaimTemplates": [each | {"metadata": {"name": "x"}}]} for each in (old, new)]
    before, after = ({"kind": "StatefulSet", "spec": each} for each in claims)
    found = differing(before, after, lambda *_: None)
    assert {risk for field in found for risk in field.risks} == risks


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        # A key that tells the items of both sides apart.
        (
            [{"name": "a", "port": 1}, {"name": "b", "port": 2}],
            [{"name": "b", "port": 2}, {"name": "a", "port": 3}],
            [("x[a].port", "1", "3")],
        ),
        # Names that are not unique: the port is the key.
        (
            [{"name": "a", "port": 1}, {"name": "a", "port": 2}],
            [{"name": "a", "port": 2}, {"name": "b", "port": 1}],
            [("x[1].name", "a", "b")],
        ),
        # Only one side has names: the other key that both have.
        (
            [{"port": 1}, {"port": 2}],
            [{"name": "b", "port": 2}, {"name": "a", "port": 1}],
            [("x[1].name", None, "a"), ("x[2].name", None, "b")],
        ),
        # No key that both have.
        (
            [{"name": "a"}, {"name": "b"}],
            [{"port": 2}],
            [("x[0].name", "a", None), ("x[0].port", None, "2"), ("x[1]", '{"name": "b"}', None)],
        ),
        # All items come, or go.
        ([], [{"name": "a"}], [("x[a]", None, '{"name": "a"}')]),
        ([{"name": "a"}], [], [("x[a]", '{"name": "a"}', None)]),
        # A key of another type is another item's name for nobody.
        ([{"port": 80}], [{"port": "80"}], [("x[80].port", "80", '"80"')]),
        ([{"name": True}], [{"name": "true"}], [("x[true].name", "true", '"true"')]),
        (
            [{"name": True}, {"name": "true"}],
            [{"name": "true"}],
            [("x[0]", '{"name": true}', None)],
        ),
        ([{"port": 8.5}], [{"port": 9.5}], [("x[0].port", "8.5", "9.5")]),
        # A list is not the mapping that has the same items by their keys.
        (
            [{"name": "a"}],
            {"[a]": {"name": "a"}},
            [("x", '[{"name": "a"}]', '{"[a]": {"name": "a"}}')],
        ),
    ],
)
def test_items_pair_by_a_key_of_both_sides(old, new, expected):
    assert fields({"x": old}, {"x": new}) == expected


KEYS = ("name", "containerPort", "port", "mountPath", "devicePath", "key", "ip", "type")


@pytest.mark.parametrize("key", KEYS)
def test_each_key_pairs_where_there_is_no_other(key):
    old = [{key: "a", "x": 1}, {key: "b", "x": 2}]
    assert fields({"x": old}, {"x": old[::-1]}) == []


@pytest.mark.parametrize(("first", "second"), list(combinations(KEYS, 2)), ids="-".join)
def test_of_two_keys_the_one_that_is_used_more_pairs(first, second):
    old = [{first: "a", second: "x"}, {first: "b", second: "y"}]
    new = [{second: "x", first: "b"}, {second: "y", first: "a"}]
    assert fields({"x": old}, {"x": new}) == [
        (f"x[a].{second}", "x", "y"),
        (f"x[b].{second}", "y", "x"),
    ]


def test_a_set_with_repeats_ignores_order_too():
    assert fields({"finalizers": ["a", "b", "a"]}, {"finalizers": ["b", "a", "a"]}) == []
    assert fields({"finalizers": ["a", "b", "a"]}, {"finalizers": ["a", "b"]}) == [
        ("finalizers", "a", None)
    ]


def test_only_lists_of_texts_are_sets():
    assert fields({"finalizers": [1, "a"]}, {"finalizers": ["a", 1]}) == [
        ("finalizers[0]", "1", "a"),
        ("finalizers[1]", "a", "1"),
    ]
    assert fields({"finalizers": ["a"]}, {"finalizers": "a"}) == [("finalizers", '["a"]', "a")]

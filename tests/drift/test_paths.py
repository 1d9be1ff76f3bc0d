import pytest
from hypothesis import given
from hypothesis import strategies as st

from kure_hooks.drift.fields import differing
from kure_hooks.drift.paths import ListKey, is_within, keyed, leaves, path_text, without_keys

KEYS = st.text(st.characters(codec="utf-8", exclude_characters="[]"), max_size=5)
STEPS = st.one_of(KEYS, st.builds(ListKey, KEYS))


def test_a_path_is_what_people_write():
    path = ("spec", "x", ListKey("web"), "a.b/c", ListKey("0"))
    assert path_text(path) == 'spec.x[web]["a.b/c"][0]'


def test_the_place_of_an_item_is_no_key():
    assert str(ListKey("web")) == "[web]"
    assert ListKey("web") == ListKey("web") != "[web]"
    assert len({ListKey("web"), ListKey("web"), "[web]"}) == 2


def test_a_key_in_brackets_is_not_shown_as_the_place_of_an_item():
    before = {"kind": "A", "data": {"[web]": "1", "[0]": "x"}, "x": [{"name": "web", "y": 1}]}
    after = {"kind": "A", "data": {"[web]": "2", "[0]": "x"}, "x": [{"name": "web", "y": 2}]}
    assert [field.path for field in differing(before, after)] == ['data["[web]"]', "x[web].y"]


def test_keys_of_lists_are_told_from_keys_of_mappings():
    value = {"finalizers": ["a"], "[a]": 1, "ports": [{"port": 80, "x": 2}], "args": ["b"]}
    assert keyed(value) == {
        "finalizers": {ListKey("a"): "a"},
        "[a]": 1,
        "ports": {ListKey("80"): {"port": 80, "x": 2}},
        "args": ["b"],
    }
    assert list(leaves(keyed(value))) == [
        (("finalizers", ListKey("a")), "a"),
        (("[a]",), 1),
        (("ports", ListKey("80"), "port"), 80),
        (("ports", ListKey("80"), "x"), 2),
        (("args", ListKey("0")), "b"),
    ]


def test_fields_of_a_list_are_in_the_order_of_their_texts():
    """As `[a-b]`, `[a]`: a bracket is after a hyphen and before a letter."""
    names = ["a", "ab", "a-b"]
    sides = ({"x": [{"name": name, "y": y} for name in names]} for y in (1, 2))
    paths = [field.path for field in differing(*sides)]
    assert paths == sorted(paths) == ["x[a-b].y", "x[a].y", "x[ab].y"]


@pytest.mark.parametrize(
    ("text", "general"),
    [
        ("spec.containers[web].image", "spec.containers[].image"),
        ('data["start.sh"]', "data[]"),
        ("spec.x[0][1]", "spec.x[][]"),
        ("spec.replicas", "spec.replicas"),
        ("spec.x[open", "spec.x[]"),
    ],
)
def test_a_path_without_the_keys_of_lists(text, general):
    assert without_keys(text) == general


@given(st.lists(STEPS, min_size=1, max_size=5), st.integers(0, 5))
def test_a_path_is_within_all_paths_above_it(path, length):
    text, above = path_text(tuple(path)), path_text(tuple(path[:length]))
    assert is_within(text, above)
    assert is_within(text, text)


def test_a_path_is_not_within_one_that_only_begins_alike():
    assert not is_within("spec.replicas", "spec.rep")
    assert not is_within("spec", "spec.replicas")
    assert is_within("spec.x[web].y", "spec.x")

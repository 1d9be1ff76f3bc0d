"""Edits of YAML by its text: what is edited, and that nothing else changes."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kure_hooks.yamlio import dump, read
from kure_hooks.yamlio.editing import EditedText, UneditableError

NEW = {"applications": [{"name": "web", "text": "one\ntwo\n"}, {"list": [1]}]}

BLOCK = """\
# first
bundle:
  name: "web" # ünï
  payload:  # why
    # below
    path: apps/web  # where
  # after
  wait: true
"""


def edited(text, *pointer, entries=NEW, document=0):
    data = text.encode()
    edit = EditedText(data)
    edit.replace(read(data, "x")[document], pointer, entries)
    return edit.data.decode()


def removed(text, *pointer):
    edit = EditedText(text.encode())
    edit.remove(read(text.encode(), "x")[0], pointer)
    return edit.data.decode()


@pytest.mark.parametrize("start", ["", "\ufeff"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_an_entry_is_replaced_where_it_stands(start, ending):
    text = start + BLOCK.replace("\n", ending)
    assert (
        edited(text, "bundle", "payload").removeprefix(start).replace(ending, "\n")
        == """\
# first
bundle:
  name: "web" # ünï
  applications:
  # why
  # below
  # where
  - name: web
    text: |
      one
      two
  - list:
    - 1
  # after
  wait: true
"""
    )
    assert edited(text, "bundle", "payload").count(ending) == 15
    assert edited(text, "bundle", "payload").startswith(start)


def test_mappings_in_braces_stay_so():
    text = "a: {name: web, payload: {path: x}, wait: true}  # one\n"
    assert edited(text, "a", "payload", entries={"applications": [{"n": "é"}]}) == (
        'a: {name: web, applications: [{"n": "é"}], wait: true}  # one\n'
    )


def test_items_of_lists_and_later_documents_are_found():
    text = "---\n# empty\n---\na:\n- payload: {path: x}\n  b: 1\n---\npayload: {path: y}"
    assert edited(text, "a", 0, "payload", entries={"c": 1}) == (
        "---\n# empty\n---\na:\n- c: 1\n  b: 1\n---\npayload: {path: y}"
    )
    assert edited(text, "payload", entries={"c": 1}, document=1).endswith("---\nc: 1")


def test_a_comment_is_no_part_of_a_text():
    text = 'a:\n  payload: {path: "x # y"} # z\n  b: 1\n'
    entries = {"c": ["one\ntwo\n"]}
    assert edited(text, "a", "payload", entries=entries) == (
        "a:\n  c:\n  # z\n  - |\n    one\n    two\n  b: 1\n"
    )
    text = edited(text, "a", "payload", entries={"c": "one\ntwo\n"})
    assert yaml.safe_load(text) == {"a": {"c": "one\ntwo\n", "b": 1}}


@pytest.mark.parametrize(
    ("text", "pointer", "left"),
    [
        ("a: 1\nb:\n  c: 2 # x\n  d: 3\ne: 4\n", ("b", "c"), "a: 1\nb:\n  d: 3\ne: 4\n"),
        ("a: 1\nb:\n  c: 2\ne: 4\n", ("b", "c"), "a: 1\ne: 4\n"),
        ("a:\n- b: 1\n  c: 2\n", ("a", 0, "b"), "a:\n- c: 2\n"),
        ("a: {b: 1, c: 2, d: 3}\n", ("a", "c"), "a: {b: 1, d: 3}\n"),
        ("a: {b: 1, c: 2}\n", ("a", "c"), "a: {b: 1}\n"),
        ("a: {b: 1, c: 2}\n", ("a", "b"), "a: {c: 2}\n"),
        ("a: 1\nb: 2", ("b",), "a: 1\n"),
    ],
)
def test_an_entry_is_removed_with_mappings_that_it_leaves_empty(text, pointer, left):
    assert removed(text, *pointer) == left


def test_what_is_behind_an_alias_is_refused():
    text = "a: &shared {payload: {path: x}}\nb: *shared\n"
    with pytest.raises(UneditableError, match="alias"):
        edited(text, "b", "payload")


def test_edits_in_each_other_are_refused():
    data = b"a:\n  b:\n    c: 1\n"
    edit = EditedText(data)
    (document,) = read(data, "x")
    edit.replace(document, ("a", "b"), {"d": 1})
    edit.replace(document, ("a", "b", "c"), {"d": 1})
    with pytest.raises(UneditableError, match="inside"):
        _ = edit.data


KEYS = st.text("abcxz", min_size=1, max_size=3)
SCALARS = st.one_of(st.integers(0, 9), st.booleans(), st.text("ab #:'\"\n-{é", max_size=6))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3),
        st.dictionaries(KEYS, inner, min_size=1, max_size=3),
    ),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=4), VALUES, st.data())
def test_the_text_says_what_was_asked_for_and_no_more(value, new, data):
    flow = data.draw(st.sampled_from([None, True]))
    text = data.draw(st.sampled_from([dump(value), yaml.safe_dump(value, default_flow_style=flow)]))
    key = data.draw(st.sampled_from(sorted(value)))
    after = edited(text, key, entries={"new": new})
    assert read(after.encode(), "x")[0].value == {
        ("new" if name == key else name): (new if name == key else item)
        for name, item in value.items()
    }

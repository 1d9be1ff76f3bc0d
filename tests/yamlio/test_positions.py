import pytest

from kure_hooks.findings import Location
from kure_hooks.yamlio import read
from kure_hooks.yamlio.document import key_path


def only(text):
    (document,) = read(text.encode(), "f.yaml")
    return document


def at(document, *pointer):
    where = document.at(*pointer)
    return where.line, where.column


def key_at(document, *pointer):
    where = document.key_at(*pointer)
    return where.line, where.column


BLOCK = """\
# a comment
kind: List

items:
- name: one
  ports:
    - 80
    -   443
- - nested
  - "quoted"
text: |
  lines
folded: >-
    more
? long
: value
empty:
"""


@pytest.mark.parametrize(
    ("pointer", "value", "key"),
    [
        ((), (2, 1), (2, 1)),
        (("kind",), (2, 7), (2, 1)),
        (("items",), (5, 1), (4, 1)),
        (("items", 0), (5, 3), (5, 3)),
        (("items", 0, "name"), (5, 9), (5, 3)),
        (("items", 0, "ports"), (7, 5), (6, 3)),
        (("items", 0, "ports", 0), (7, 7), (7, 7)),
        (("items", 0, "ports", 1), (8, 9), (8, 9)),
        (("items", 1), (9, 3), (9, 3)),
        (("items", 1, 0), (9, 5), (9, 5)),
        (("items", 1, 1), (10, 5), (10, 5)),
        (("text",), (11, 7), (11, 1)),
        (("folded",), (13, 9), (13, 1)),
        (("long",), (16, 3), (15, 3)),
        (("empty",), (17, 7), (17, 1)),
    ],
    ids=str,
)
def test_every_node_of_block_style_has_a_place(pointer, value, key):
    document = only(BLOCK)
    assert at(document, *pointer) == value
    assert key_at(document, *pointer) == key


@pytest.mark.parametrize(
    ("pointer", "value", "key"),
    [
        ((), (1, 1), (1, 1)),
        (("a",), (1, 5), (1, 2)),
        (("a", 0), (1, 6), (1, 6)),
        (("a", 1), (1, 9), (1, 9)),
        (("a", 1, "b"), (2, 3), (1, 10)),
        (("c",), (2, 13), (2, 8)),
        (("d",), (2, 17), (2, 16)),
    ],
    ids=str,
)
def test_every_node_of_flow_style_has_a_place(pointer, value, key):
    document = only("{a: [1, {b:\n  x}], 'c': 2, d}")
    assert at(document, *pointer) == value
    assert key_at(document, *pointer) == key


@pytest.mark.parametrize(
    ("pointer", "value", "key"),
    [
        (("missing",), (1, 1), (1, 1)),
        (("a", "missing"), (2, 3), (2, 3)),
        (("a", "b", 2), (2, 6), (2, 6)),
        (("a", "b", -1), (2, 6), (2, 6)),
        (("a", "b", "c"), (2, 6), (2, 6)),
        (("a", "b", 0, "deep", 7, "deeper"), (2, 7), (2, 7)),
        (("a", "c", "deep"), (3, 6), (3, 6)),
        ((0,), (1, 1), (1, 1)),
    ],
    ids=str,
)
def test_what_is_missing_is_at_its_nearest_parent(pointer, value, key):
    document = only("a:\n  b: [x, 1]\n  c: text\n")
    assert at(document, *pointer) == value
    assert key_at(document, *pointer) == key


def test_a_place_names_the_file():
    assert only("a: 1").at("a") == Location("f.yaml", 1, 4)


@pytest.mark.parametrize("text", ["just text", "- 1\n- 2\n", "42"])
def test_a_document_may_be_any_value(text):
    document = only(text)
    assert at(document) == (1, 1)
    assert at(document, 0) == ((1, 3) if text.startswith("-") else (1, 1))


def test_every_document_has_its_own_places():
    text = "--- # first\na: 1\n---\n  b:\n    c: 2\n...\n---\n- d\n"
    first, second, third = read(text.encode(), "f.yaml")
    assert [each.value for each in (first, second, third)] == [{"a": 1}, {"b": {"c": 2}}, ["d"]]
    assert at(first, "a") == (2, 4)
    assert (at(second), at(second, "b", "c")) == ((4, 3), (5, 8))
    assert (at(third), at(third, 0)) == ((8, 1), (8, 3))


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_breaks_and_byte_order_marks_move_nothing(line_break, mark):
    text = "a: 1\nb:\n  - c\n  - d: e\n".replace("\n", line_break)
    document = only(mark + text)
    assert document.value == {"a": 1, "b": ["c", {"d": "e"}]}
    assert key_at(document, "a") == (1, 1)
    assert at(document, "a") == (1, 4)
    assert at(document, "b", 1, "d") == (4, 8)


def test_columns_count_characters():
    document = only("é中😀: {ü: x, k: y}\n")
    assert at(document, "é中😀", "ü") == (1, 10)
    assert key_at(document, "é中😀", "k") == (1, 13)


def test_an_alias_is_at_the_value_it_stands_for():
    document = only("a: &x\n  b: [1]\nc: *x\nd: *x\n")
    assert at(document, "a", "b", 0) == (2, 7)
    assert at(document, "c") == (3, 4)
    assert key_at(document, "c") == (3, 1)
    assert at(document, "c", "b", 0) == (2, 7)
    assert at(document, "d", "b") == (2, 6)


def test_merged_keys_are_at_their_merge_key():
    document = only("a: &x {k: [1], l: 2}\nb:\n  <<: *x\n  m: 3\n  l: 4\n")
    assert document.value["b"] == {"k": [1], "l": 4, "m": 3}
    assert at(document, "b", "k") == (3, 3)
    assert key_at(document, "b", "k") == (3, 3)
    assert at(document, "b", "k", 0) == (1, 12)
    assert at(document, "b", "l") == (5, 6)
    assert at(document, "b", "m") == (4, 6)


def test_a_scalar_has_no_places_inside():
    document = only("a: {<<: {b: [1, 2, 3]}, c: text}")
    assert at(document, "a", "c", 0) == (1, 28)


@pytest.mark.parametrize(
    ("pointer", "text"),
    [
        ((), ""),
        (("spec",), "spec"),
        (("spec", "containers", 0, "image"), "spec.containers[0].image"),
        ((0, "a"), "[0].a"),
        (("labels", "app.kubernetes.io/name"), 'labels["app.kubernetes.io/name"]'),
        (("a", ""), 'a[""]'),
        (("a", "b\n\u202e"), "a.b\\u000a\\u202e"),
        (("a", "k" * 400), f"a.{'k' * 320}..."),
    ],
    ids=str,
)
def test_key_paths_are_written_for_people(pointer, text):
    assert key_path(pointer) == text

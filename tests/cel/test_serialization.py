"""Syntax trees are read and written without loss."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kure_hooks.cel import syntax
from kure_hooks.cel.environment import parsed
from kure_hooks.cel.messages import number, varint
from kure_hooks.cel.serialization import decode, encode

TEXTS = [
    "1 + 2 == 3 || -1 < 0 && !false",
    "has(self.a) ? self.a > 1u : b'a' == b'a'",
    "[1, ?optional.of(2), 1.5 > 2.0] == []",
    "{'a': 1, ?'b': optional.none()}.size() == 1",
    "self.all(x, self.exists(i, v, v > i))",
    "self.?a[?'b'].orValue('è') == 'é'",
    "type(self) == google.protobuf.Timestamp",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_tree_is_read_as_it_was_written(text):
    tree = parsed(text, "BOOL")
    assert decode(encode(tree)) == tree


NAMES = st.text(min_size=1, max_size=5)
LEAVES = (
    NAMES.map(syntax.Ident)
    | st.text().map(syntax.text)
    | st.integers(-(2**63), 2**63 - 1).map(syntax.integer)
    | st.sampled_from([syntax.null(), syntax.zero(), syntax.boolean(value=True)])
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(syntax.Select, inner, NAMES, st.booleans()),
        st.builds(syntax.Call, NAMES, st.lists(inner, max_size=3).map(tuple), st.none() | inner),
        st.builds(syntax.ListLiteral, st.lists(inner, max_size=3).map(tuple), st.just((0,))),
        st.builds(syntax.Fold, NAMES, inner, NAMES, inner, inner, inner, inner, NAMES),
        st.lists(st.builds(syntax.Entry, inner, inner), max_size=3).map(
            lambda entries: syntax.MapLiteral(tuple(entries))
        ),
    ),
    max_leaves=8,
)


@given(TREES)
def test_any_tree_is_read_as_it_was_written(tree):
    assert decode(encode(tree)) == tree


@given(st.integers(-(2**63), 2**63 - 1), st.text())
def test_literals_have_their_value(integer, text):
    assert syntax.integer(integer).value == integer
    assert syntax.text(text).value == text


@given(st.integers(0, 2**64 - 1))
def test_numbers_are_read_as_they_were_written(value):
    assert varint(number(value), 0) == (value, len(number(value)))

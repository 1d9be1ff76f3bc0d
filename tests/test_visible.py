import pytest
from hypothesis import given
from hypothesis import strategies as st

from kure_hooks.safe_text import visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é 字", "plain é 字"),
        ("a\nb\x1b[31m", r"a\x0ab\x1b[31m"),
        ("\u202eabc\u200b", r"\u202eabc\u200b"),
        ("\ufffe\uffff", r"\ufffe\uffff"),
        ("\udcff", r"\udcff"),
        ("a\u3164\u034f\uffa0", r"a\u3164\u034f\uffa0"),
        ("a\U000e0041\U000e0100", r"a\U000e0041\U000e0100"),
        ("\U0001f600", "\U0001f600"),
    ],
)
def test_what_can_not_be_seen_is_an_escape(text, shown):
    assert visible(text) == shown


@given(st.text(st.characters(exclude_categories=())))
def test_any_text_becomes_one_encodable_line_and_stays_it(text):
    shown = visible(text)
    shown.encode()
    assert len(shown.splitlines()) <= 1
    assert visible(shown) == shown

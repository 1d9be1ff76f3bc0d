import pytest

from kure_hooks.drift.fields import NULL, side_by_side

LONG = "x" * 200


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (None, 1, (None, "1")),
        (NULL, None, ("null", None)),
        ("", "a", ("", "a")),
        ("", None, ("", None)),
        ("a\nb", "a\nc", ("a b", "a c")),
        ("a", "a\n", ('"a"', '"a\\n"')),
        ("a", " a", ('"a"', '" a"')),
        ("[a]", 1, ('"[a]"', "1")),
        ("{a", [], ('"{a"', "[]")),
        ("a[", [], ("a[", "[]")),
        ("é", ["é"], ("é", '["é"]')),
    ],
)
def test_values_are_written_side_by_side(old, new, expected):
    assert side_by_side(old, new) == expected
    assert side_by_side(new, old) == expected[::-1]


def test_a_line_has_eighty_characters_at_most():
    assert side_by_side("x" * 80, None) == ("x" * 80, None)
    assert side_by_side("x" * 81, None) == (f"{'x' * 77}...", None)


def test_what_is_long_is_cut_to_what_is_around_the_first_difference():
    before, after = side_by_side(f"{LONG}a{LONG}", f"{LONG}b{LONG}")
    assert before == f"...{'x' * 37}a{'x' * 36}..."
    assert after == before.replace("a", "b")


def test_the_end_is_shown_when_only_that_differs():
    before, after = side_by_side(f"{LONG}a", f"{LONG}b")
    assert before == f"...{'x' * 76}a"
    assert after == f"...{'x' * 76}b"
    assert side_by_side(LONG, f"{LONG}abc") == (f"...{'x' * 74}", f"...{'x' * 74}abc")


def test_the_beginning_is_shown_when_that_differs():
    assert side_by_side(f"a{LONG}", f"b{LONG}") == (f"a{'x' * 76}...", f"b{'x' * 76}...")
    assert side_by_side(f"{'y' * 40}a{LONG}", f"{'y' * 40}b{LONG}")[0] == (
        f"{'y' * 40}a{'x' * 36}..."
    )
    assert side_by_side(f"{'y' * 41}a{LONG}", f"{'y' * 41}b{LONG}")[0].startswith("...yy")

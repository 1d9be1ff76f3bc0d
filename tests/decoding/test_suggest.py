import pytest

from kure_hooks.decoding import nearest


@pytest.mark.parametrize(
    ("word", "suggestion"),
    [
        ("nmae", 'Did you mean "name"?'),
        ("NAME", 'Did you mean "name"?'),
        ("repoUrl", 'Did you mean "repoURL"?'),
        ("x", "Write one of name, repoURL."),
        ("name" * 20, "Write one of name, repoURL."),
    ],
)
def test_the_nearest_of_few_choices(word, suggestion):
    assert nearest(word, {"repoURL", "name"}) == suggestion


def test_nothing_is_nearest_where_nothing_is_known():
    assert nearest("name", []) == ""


def test_many_choices_are_not_listed():
    assert nearest("x", [f"name-{number}" for number in range(12)]).startswith(
        "Write one of name-0, "
    )
    assert nearest("x", [f"name-{number}" for number in range(13)]) == ""


def test_the_nearest_of_many_choices_begins_alike():
    """All of them are not compared: that would take long where many words are wrong."""
    choices = [f"team-{number:04}" for number in range(10_000)]
    assert nearest("team-0500x", choices) == 'Did you mean "team-0500"?'


def test_a_long_choice_is_nearest_to_nothing():
    assert nearest("a" * 40, ["a" * 41, "b"]) == f"Write one of {'a' * 41}, b."
    assert nearest("a" * 40, ["a" * 39, "b"]) == f'Did you mean "{"a" * 39}"?'
    assert nearest("a" * 41, ["a" * 40, "b"]) == f"Write one of {'a' * 40}, b."

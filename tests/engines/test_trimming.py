from fnmatch import fnmatchcase

from hypothesis import given, settings
from hypothesis import strategies as st

from kure_hooks.engines.trimming import matched

TEXTS = st.text(st.sampled_from("ab?*\n"), max_size=8)


def lengths(pattern, text):
    """Return the lengths that match, found the slow way."""
    known = range(1, len(text) + 1)
    return [length for length in known if fnmatchcase(text[:length], pattern)]


@given(st.text(st.sampled_from("ab?*"), max_size=6), TEXTS)
@settings(max_examples=1_000)
def test_shortest_and_longest_match(pattern, text):
    found = lengths(pattern, text)
    assert matched(pattern, text, longest=False) == min(found, default=0)
    assert matched(pattern, text, longest=True) == max(found, default=0)


def test_a_long_text_is_no_problem():
    text = "a" * (1 << 20)
    for pattern in ("*b", "*a*a*a*b", "?*?b", "*" * 1_000):
        assert matched(pattern, text, longest=True) in (0, len(text))
        assert matched(pattern, text, longest=False) in (0, 1)

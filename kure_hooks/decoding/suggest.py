"""The nearest known word for a mistyped one."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

_FEW = 12

# A misspelling is no longer than this: the comparison of two words takes time that grows with the
# third power of their length.
_LONGEST = 40

# So many choices are compared; among more, those that begin most like the word.
_MOST = 100


def nearest(word: str, known: Iterable[str]) -> str:
    """Return `Did you mean "..."?`, or `Write one of ...` when none is near of a few choices."""
    choices = sorted(known)
    if close := closest(word, choices):
        return f'Did you mean "{close}"?'
    if len(choices) == 1:
        return f"Write {choices[0]}."
    return f"Write one of {', '.join(choices)}." if 0 < len(choices) <= _FEW else ""


def closest(word: str, known: Iterable[str]) -> str:
    """Return the choice that a word is most like whatever its case, empty when none is near."""
    by_case = {choice.lower(): choice for choice in sorted(known) if len(choice) <= _LONGEST}
    close = _closest(word.lower(), sorted(by_case))
    return by_case[close] if close else ""


def _closest(word: str, choices: Sequence[str]) -> str:
    """Return the choice that is most like a word, or an empty text; the choices are sorted."""
    if len(word) > _LONGEST:
        return ""
    from difflib import get_close_matches  # noqa: PLC0415 - only for faults

    start = max(bisect_left(choices, word) - _MOST // 2, 0)
    close = get_close_matches(word, choices[start : start + _MOST], n=1)
    return close[0] if close else ""

"""The nearest known word for a mistyped one."""

from collections.abc import Iterable

_FEW = 12


def nearest(word: str, known: Iterable[str]) -> str:
    """Return `did you mean "..."?`, or the choices when none is near and there are few."""
    from difflib import get_close_matches  # noqa: PLC0415 - only for faults

    choices = sorted(known)
    by_case = {choice.lower(): choice for choice in choices}
    close = get_close_matches(word.lower(), by_case, n=1)
    if close:
        return f'did you mean "{by_case[close[0]]}"?'
    return f"one of {', '.join(choices)}" if 0 < len(choices) <= _FEW else ""

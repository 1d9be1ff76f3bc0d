"""Trim the start of a text by a shell pattern of `*` and `?`, in time that grows with both.

Each part between two stars is looked for once, behind the one before: for the shortest match the
nearest, for the longest the last part as far away as it is.
"""

import re


def matched(pattern: str, text: str, *, longest: bool) -> int:
    """Return how many characters at the start of a text match, at least one; 0 for no match."""
    first, *others = pattern.split("*")
    if not all(wish in ("?", found) for wish, found in zip(first, text, strict=False)):
        return 0
    at = len(first)
    for number, part in enumerate(others, start=1):
        find = _last if longest and number == len(others) else _next
        at = find(part, text, at)
        if at < 0:
            return 0
    if at > len(text):
        return 0
    return at or min(len(others), len(text), 1)


def _next(part: str, text: str, at: int) -> int:
    """Return where the nearest match of a part behind a place ends, -1 without one."""
    if "?" not in part:
        found = text.find(part, at)
        return found + len(part) if found >= 0 else -1
    match = _expression(part).search(text, at)
    return match.end() if match else -1


def _last(part: str, text: str, at: int) -> int:
    """Return where the last match of a part behind a place ends, -1 without one."""
    if "?" not in part:
        found = text.rfind(part, at)
        return found + len(part) if found >= 0 else -1
    match = _expression(part[::-1]).search(text[at:][::-1])
    return len(text) - match.start() if match else -1


def _expression(part: str) -> re.Pattern[str]:
    return re.compile(re.escape(part).replace(r"\?", "."), re.DOTALL)

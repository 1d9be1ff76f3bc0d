"""The lines that git writes into a file that it could not merge."""

import re

from kure_hooks.findings import Finding, Location

# The styles merge, diff3 and zdiff3; `conflict-marker-size` may make the marks longer (git 2.39).
_LINES = (rb"^<{7,}(?: .*)?\r?$", rb"^={7,}\r?$", rb"^>{7,}(?: .*)?\r?$")


def conflict_line(data: bytes) -> int:
    """Return the line of the first conflict marker, counted from 1; 0 without a whole conflict."""
    if b"<<<<<<<" not in data:
        return 0
    first, second, third = (re.compile(line, re.MULTILINE) for line in _LINES)
    start = first.search(data)
    middle = start and second.search(data, start.end())
    end = middle and third.search(data, middle.end())
    return data.count(b"\n", 0, start.start()) + 1 if start and end else 0


def conflict(data: bytes, path: str) -> Finding | None:
    """Return the finding for a file with a merge that is not finished, None without one."""
    line = conflict_line(data)
    if not line:
        return None
    problem = "this is a conflict marker (<<<<<<<) of a merge that is not finished"
    expected = "keep what is right of both sides and remove the markers down to >>>>>>>"
    return Finding(Location(path, line, 1), "", problem, expected, rule="YA001")

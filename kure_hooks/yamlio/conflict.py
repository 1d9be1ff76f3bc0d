"""The lines that git writes into a file that it could not merge."""

import re
from functools import cache
from typing import NoReturn

from kure_hooks.errors import InputError
from kure_hooks.findings import Finding, Location
from kure_hooks.yamlio.scalars import shown

# The styles merge, diff3 and zdiff3; `conflict-marker-size` may make the marks longer (git 2.39).
_LINES = (rb"^<{7,}(?: .*)?\r?$", rb"^={7,}\r?$", rb"^>{7,}(?: .*)?\r?$")

_MARKER = re.compile(rb"^(?:<{7,} .*|\|{7,} .*|={7,}|>{7,} .*)\r?$", re.MULTILINE)


def conflict_line(data: bytes) -> int:
    """Return the line of the first conflict marker, counted from 1; 0 without a whole conflict."""
    if b"<<<<<<<" not in data:
        return 0
    first, second, third = _lines()
    start = first.search(data)
    middle = start and second.search(data, start.end())
    end = middle and third.search(data, middle.end())
    return data.count(b"\n", 0, start.start()) + 1 if start and end else 0


@cache
def _lines() -> tuple[re.Pattern[bytes], ...]:
    return tuple(re.compile(line, re.MULTILINE) for line in _LINES)


def refuse_conflict(data: bytes, path: str) -> None:
    """Raise InputError for a file with a merge that is not finished."""
    if line := conflict_line(data):
        _refuse(data, path, line)


def refuse_leftover(data: bytes, path: str) -> None:
    """Raise InputError for a file with any conflict marker.

    One alone is enough in a file that is no YAML: somebody resolved a conflict by half.
    """
    if marker := _MARKER.search(data):
        _refuse(data, path, data.count(b"\n", 0, marker.start()) + 1)


def _refuse(data: bytes, path: str, line: int) -> NoReturn:
    marker = data.split(b"\n", line)[line - 1].decode(errors="replace").strip()
    problem = f'unresolved merge conflict ("{shown(marker)}")'
    expected = "Resolve it and remove the markers."
    raise InputError([Finding(Location(path, line, 1), "", problem, expected, rule="YA001")])

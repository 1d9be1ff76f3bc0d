"""The difference of two texts, side by side."""

import re
from collections.abc import Iterable, Iterator
from itertools import count, islice, starmap, takewhile, zip_longest
from string import ascii_letters, digits
from typing import NamedTuple
from xml.etree.ElementTree import Element

from kure_hooks.drift.hunks import Hunk, hunks
from kure_hooks.reports import wording
from kure_hooks.reports.html.elements import code, element, left_out

# A longer difference is read better in an editor.
LONGEST_DIFFERENCE = 400
# A browser gets slow with more rows than this on the whole page, which all files share.
_ROWS = 40_000
_LEAST = 10

FILES = _ROWS // _LEAST
"""So many files of all clusters are on the page."""

_CLASSES = {" ": "same", "-": "minus", "+": "plus", "\\": "remark"}
_REPLACED = re.compile(r"(?<!-)-++\+++")
_SIDES = {" ": "-+", "-": "-", "+": "+"}
# What is marked within a line is made of whole words and numbers, such as 1.27.
_WORD = f"{ascii_letters}{digits}._-"


class Line(NamedTuple):
    """A line of one side with its sign; a backslash is that of a remark, which has no number."""

    number: int
    sign: str
    text: str


class Row(NamedTuple):
    """Two lines beside each other, after a gap of so many lines; None is a side without one."""

    left: Line | None
    right: Line | None
    gap: int = 0


def limit(files: int) -> int:
    """Return how many rows each file may have when so many drifted."""
    return max(_LEAST, min(LONGEST_DIFFERENCE, _ROWS // max(files, 1)))


def rows(found: Iterable[Hunk]) -> Iterator[Row]:
    """Yield the rows of hunks; removed and added lines of a change pair up from its first line."""
    reached = 1
    for hunk in found:
        start = hunk.before + (hunk.before_count == 0)
        paired = _paired(hunk)
        yield next(paired)._replace(gap=start - reached)
        yield from paired
        reached = start + hunk.before_count


def difference(
    before: str | None, after: str | None, sides: tuple[str, str], most: int
) -> Iterator[Element]:
    """Yield a table of at most so many rows and a sentence about those left out.

    It has one column of text where only one side is known, and nothing when both agree.
    """
    found = hunks(before, after)
    if not found:
        return
    shown = list(islice(rows(found), most))
    hidden = sum(map(_height, found)) - len(shown)
    if before is None or after is None:
        names, cells = [sides[before is None]], _single
    else:
        names, cells = list(sides), _beside
    heading = (element("th", name, scope="col", colspan="2") for name in names)
    columns = (element("col", class_=name) for _ in names for name in ("numbers", "texts"))
    body = (each for row in shown for each in cells(row))
    yield element(
        "table",
        element("colgroup", *columns),
        element("thead", element("tr", *heading)),
        element("tbody", *body),
        class_="difference" if cells is _beside else "difference single",
    )
    if hidden:
        yield left_out(hidden, "row")


def inline(lines: Iterable[str]) -> Element:
    """Return the lines of a unified diff, one below the other."""
    made = element("pre")
    for line in lines:
        made.append(span := element("span", code(line), class_=_CLASSES.get(line[:1], "gap")))
        span.tail = "\n"
    return made


def _height(hunk: Hunk) -> int:
    """Return how many rows a hunk has, without making them."""
    signs = "".join(line[0] for line in hunk.lines)
    if "\\" in signs:
        return sum(1 for _ in _paired(hunk))
    runs: list[str] = _REPLACED.findall(signs)
    return len(signs) - sum(min(run.count("-"), run.count("+")) for run in runs)


def _paired(hunk: Hunk) -> Iterator[Row]:
    numbers = {"-": count(hunk.before), "+": count(hunk.after)}
    columns: dict[str, list[Line]] = {"-": [], "+": []}
    previous = " "
    for line in hunk.lines:
        sign = line[0]
        if sign == "\\":
            for side in _SIDES[previous]:
                columns[side].append(Line(0, sign, line[2:]))
            continue
        if sign != previous and (previous, sign) != ("-", "+"):
            yield from starmap(Row, zip_longest(columns["-"], columns["+"]))
            columns = {"-": [], "+": []}
        for side in _SIDES[sign]:
            columns[side].append(Line(next(numbers[side]), sign, line[1:]))
        previous = sign
    yield from starmap(Row, zip_longest(columns["-"], columns["+"]))


def _beside(row: Row) -> Iterator[Element]:
    if row.gap:
        text = wording.count(row.gap, "unchanged line")
        yield element("tr", element("td", text, colspan="4"), class_="gap")
    left = _cells(row.left, row.right)
    yield element("tr", *left, *_cells(row.right, row.left))


def _single(row: Row) -> Iterator[Element]:
    yield element("tr", *_cells(row.left or row.right, None))


def _cells(line: Line | None, other: Line | None) -> Iterator[Element]:
    """Yield the number and the text of a line, beside another that it is compared with."""
    if line is None:
        yield element("td", class_="nothing", colspan="2")
        return
    yield element("td", str(line.number or ""), class_="number")
    content = _marked(code(line.text), code(other.text)) if other else [code(line.text)]
    yield element("td", f"{line.sign} ", *content, class_=_CLASSES[line.sign])


def _marked(text: str, other: str) -> list[str | Element]:
    """Return the text with its middle marked, where beginning and end are those of another."""
    if text == other:
        return [text]
    start = len(_common(text, other).rstrip(_WORD))
    ending = _common(text[start:][::-1], other[start:][::-1])
    end = len(text) - len(ending.rstrip(_WORD))
    if start == end or not text[:start].strip():
        return [text]
    return [text[:start], element("mark", text[start:end]), text[end:]]


def _common(text: str, other: str) -> str:
    """Return what both begin with."""
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(text, other, strict=False))
    return "".join(character for character, _ in pairs)

"""The geometry of the image: rows of text in three columns, and to their right the lanes.

Lanes are for the lines of dependencies, side by side, so that no two are mistaken for one.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kure_hooks.graphs import wording
from kure_hooks.graphs.rows import Table
from kure_hooks.safe_text import visible

ROW = 24
# The advance of a character, rounded up: monospaced fonts have 0.55 to 0.62 em, at 13 pixels.
CHAR = 8
MARGIN = 12
_INDENT = 18
_GAP = 20
_LANE = 10
# So many characters of a name, and of what a part is, are shown.
_LONGEST = 40


@dataclass(frozen=True)
class Texts:
    """The texts of a row, and its depth in the tree."""

    depth: int
    name: str
    kind: str
    mark: str = ""


@dataclass(frozen=True)
class Sheet:
    """The places of all parts, in pixels.

    `names` and `rows` are where the texts of each row begin and where its middle is, `kinds` and
    `marks` where those columns begin, `ends` where the last text of each row ends. `lanes` are
    those of the rows that others wait for. External dependencies are rows after those of the tree.
    """

    texts: tuple[Texts, ...]
    names: tuple[int, ...]
    kinds: int
    marks: int
    ends: tuple[int, ...]
    rows: tuple[int, ...]
    lanes: dict[int, int]

    def lane(self, needed: int) -> int:
        """Return where the lines to a row run."""
        return max(self.ends) + (self.lanes[needed] + 3) * _LANE

    @property
    def width(self) -> int:
        """The width of the image."""
        return max([*self.ends, *map(self.lane, self.lanes)]) + MARGIN

    @property
    def height(self) -> int:
        """The height of the image."""
        return self.rows[-1] + ROW // 2 + MARGIN


def sheet(table: Table, drifted: str) -> Sheet:
    """Return where the parts of a cluster are drawn; `drifted` is the word for those that did."""
    texts = tuple(_texts(table, drifted))
    names = tuple(MARGIN + _INDENT * (text.depth + 1) for text in texts)
    kinds = _GAP + max(x + wide(each.name) for x, each in zip(names, texts, strict=True))
    marks = _GAP + kinds + max(wide(text.kind) for text in texts)
    return Sheet(
        texts=texts,
        names=names,
        kinds=kinds,
        marks=marks,
        ends=tuple(
            marks + wide(text.mark) if text.mark else kinds + wide(text.kind) for text in texts
        ),
        rows=tuple(MARGIN + ROW // 2 + ROW * number for number in range(len(texts))),
        lanes=lanes(table.needs),
    )


def wide(text: str) -> int:
    """Return how wide a text is at most; other scripts may be twice as wide."""
    return CHAR * sum(1 if each.isascii() or each == "…" else 2 for each in text)


def _texts(table: Table, drifted: str) -> Iterator[Texts]:
    for row in table.rows:
        name, kind = _shortened(row.part.name), _shortened(wording.kind(row.part))
        yield Texts(row.depth, name, kind, wording.mark(row.part, drifted))
    for name in table.external:
        yield Texts(0, _shortened(name), "external")


def _shortened(text: str) -> str:
    """Return a text without its middle if it is long: beginnings alone are often the same."""
    shown = visible(text)
    if wide(shown) <= _LONGEST * CHAR:
        return shown
    half = (_LONGEST - 1) // 2 // (1 if shown.isascii() else 2)
    return f"{shown[:half]}…{shown[-half:]}"


def lanes(needs: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Return a lane, counted from 0, for each row that others wait for.

    All lines to one row share its lane. Lanes of two rows whose lines meet in any row differ; the
    shortest lines run innermost.
    """
    spans: dict[int, tuple[int, int]] = {}
    for row, needed in needs:
        first, last = spans.get(needed, (needed, needed))
        spans[needed] = min(first, row), max(last, row)
    taken: list[list[tuple[int, int]]] = []
    found: dict[int, int] = {}
    for needed, span in sorted(spans.items(), key=_shortest_first):
        lane = next((n for n, others in enumerate(taken) if _free(span, others)), len(taken))
        if lane == len(taken):
            taken.append([])
        taken[lane].append(span)
        found[needed] = lane
    return found


def _shortest_first(item: tuple[int, tuple[int, int]]) -> tuple[int, int]:
    needed, (first, last) = item
    return last - first, needed


def _free(span: tuple[int, int], others: Iterable[tuple[int, int]]) -> bool:
    return all(last < span[0] or span[1] < first for first, last in others)

"""Texts of Markdown: untrusted ones as code, and blocks that are fitted into the room there is.

Code is shown as it is and does nothing. Of the blocks the most important ones are shown when there
is no room for all.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from html import escape
from operator import itemgetter
from typing import TypeAlias

from kure_hooks.safe_text import inert_inside, visible

Rank: TypeAlias = tuple[int, tuple[bool, int, str]]
_Path: TypeAlias = tuple["Block", ...]

_TICKS = re.compile("`+")


@dataclass(frozen=True, eq=False)
class Block:
    """Text that is shown as a whole or not at all, around other blocks.

    The lowest `rank` is the most important; without one, the block is shown as soon as one of those
    inside is. `noun` is what is counted if the block is left out. `rest` follows the blocks inside
    if one of them is left out.
    """

    head: str
    tail: str = ""
    rank: Rank | None = None
    noun: str = ""
    rest: str = ""
    inside: Sequence["Block"] = ()

    @property
    def size(self) -> int:
        """The most bytes of UTF-8 that the block itself takes."""
        return _bytes(self.head) + _bytes(self.rest) + _bytes(self.tail)


def fitted(blocks: Sequence[Block], size: int) -> str:
    """Return all blocks, or so many of them, in order of rank, that the text fits into `size`.

    What is left out is counted at the end. A larger size never shows fewer blocks. The text can be
    larger than `size` only if the sentence that counts all blocks already is.
    """
    paths = list(_paths(blocks))
    text = _text(blocks, {block for path in paths for block in path})
    if _bytes(text) <= size:
        return text
    room = size - _bytes(_left_out(paths, set()))
    shown: set[Block] = set()
    for _, path in sorted(_ranked(paths), key=itemgetter(0)):
        new = {block for block in path if block not in shown}
        room -= sum(block.size for block in new)
        if room < 0:
            break
        shown |= new
    return _text(blocks, shown) + _left_out(paths, shown)


def _paths(blocks: Iterable[Block], above: _Path = ()) -> Iterator[_Path]:
    """Yield each block below the blocks that it is in, in the order of the text."""
    for block in blocks:
        path = (*above, block)
        yield path
        yield from _paths(block.inside, path)


def _ranked(paths: Iterable[_Path]) -> list[tuple[Rank, _Path]]:
    return [(path[-1].rank, path) for path in paths if path[-1].rank is not None]


def _text(blocks: Iterable[Block], shown: AbstractSet[Block]) -> str:
    return "".join(
        f"{block.head}{_text(block.inside, shown)}{_rest(block, shown)}{block.tail}"
        for block in blocks
        if block in shown
    )


def _rest(block: Block, shown: AbstractSet[Block]) -> str:
    complete = all(path[-1] in shown for path in _paths(block.inside))
    return "" if complete else block.rest


def _left_out(paths: Iterable[_Path], shown: AbstractSet[Block]) -> str:
    """Return how many blocks of each noun are not shown; the longest for none shown."""
    known = [path[-1] for path in paths if path[-1].noun]
    totals = Counter(block.noun for block in known)
    hidden = Counter(block.noun for block in known if block not in shown)
    counts = [
        f"{hidden[noun]} of {total} {noun}" + ("" if total == 1 else "s")
        for noun, total in totals.items()
        if hidden[noun]
    ]
    return f"**Left out for want of room:** {', '.join(counts)}. The whole report has them.\n"


def _bytes(text: str) -> int:
    return len(text.encode())


def code(text: str) -> str:
    """Return a code span, for a line of Markdown that is in no table."""
    shown = inert_inside(visible(text)) or '""'
    ticks = "`" * (_longest_run([shown]) + 1)
    pad = " " if shown.startswith(("`", " ")) or shown.endswith(("`", " ")) else ""
    return f"{ticks}{pad}{shown}{pad}{ticks}"


def cell(text: str) -> str:
    r"""Return a code span for a cell of a table, with each `|` as `\x7c`; empty for no text.

    Escaped with a backslash it would end the cell for some parsers when another one is before it.
    """
    return code(text.replace("|", r"\x7c")) if text else ""


def html(text: str) -> str:
    """Return an element for a block of HTML; in a line of Markdown it would not be inert."""
    return f"<code>{escape(inert_inside(visible(text)))}</code>"


def fence(lines: Iterable[str]) -> str:
    """Return a fence that none of the lines can close."""
    return "`" * max(_longest_run(lines) + 1, 3)


def _longest_run(lines: Iterable[str]) -> int:
    return max((len(run) for line in lines for run in _TICKS.findall(line)), default=0)

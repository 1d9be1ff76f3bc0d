"""Line differences of two texts, in the terms of the unified diff format."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

CONTEXT = 3

# difflib is quadratic in the worst case; its shortcut makes longer, still correct differences.
_LONG = 2_000


class Hunk(NamedTuple):
    r"""A run of lines, each with its sign: blank for both sides, `-` for the first, `+` the second.

    A side's first line is 1-based; a side without lines has the number of the line before. What
    follows a line that lacks a line feed is `\ No newline at end of file`.
    """

    before: int
    before_count: int
    after: int
    after_count: int
    lines: tuple[str, ...]

    @property
    def heading(self) -> str:
        """The line that begins with `@@`."""
        before = _range(self.before, self.before_count)
        return f"@@ -{before} +{_range(self.after, self.after_count)} @@"


def hunks(before: str | None, after: str | None, context: int = CONTEXT) -> list[Hunk]:
    """Return the hunks that turn one text into the other; None stands for a file not there.

    Only a line feed ends a line: a carriage return is part of its line.
    """
    old, new = _lines(before or ""), _lines(after or "")
    if old == new:
        return []
    start, end = _common(old, new)
    first = max(start - context, 0)
    last = max(end - context, 0)
    old, new = old[first : len(old) - last], new[first : len(new) - last]
    matcher = SequenceMatcher(None, old, new, autojunk=max(len(old), len(new)) > _LONG)
    return [_hunk(old, new, group, first) for group in matcher.get_grouped_opcodes(context)]


def unified(before: str | None, after: str | None, context: int = CONTEXT) -> Iterator[str]:
    """Yield the lines of all hunks with their headings, without line feeds."""
    for hunk in hunks(before, after, context):
        yield hunk.heading
        yield from hunk.lines


def _hunk(
    old: Sequence[str],
    new: Sequence[str],
    group: Sequence[tuple[str, int, int, int, int]],
    offset: int,
) -> Hunk:
    lines: list[str] = []
    for tag, old_start, old_end, new_start, new_end in group:
        if tag == "equal":
            lines += _signed(" ", old[old_start:old_end])
        else:
            lines += _signed("-", old[old_start:old_end])
            lines += _signed("+", new[new_start:new_end])
    _, before, _, after, _ = group[0]
    _, _, before_end, _, after_end = group[-1]
    counts = before_end - before, after_end - after
    before, after = before + offset + bool(counts[0]), after + offset + bool(counts[1])
    return Hunk(before, counts[0], after, counts[1], tuple(lines))


def _lines(text: str) -> list[str]:
    lines = [f"{line}\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def _common(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """Return how many lines both begin and end with, none of them counted twice."""
    most = min(len(old), len(new))
    start = next((i for i in range(most) if old[i] != new[i]), most)
    most -= start
    return start, next((i for i in range(most) if old[-1 - i] != new[-1 - i]), most)


def _signed(sign: str, lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        yield sign + line.removesuffix("\n")
        if not line.endswith("\n"):
            yield "\\ No newline at end of file"


def _range(start: int, count: int) -> str:
    return str(start) if count == 1 else f"{start},{count}"

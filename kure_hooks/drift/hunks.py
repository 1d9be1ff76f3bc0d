"""Line differences of two texts, in the terms of the unified diff format."""

from collections.abc import Iterator, Sequence
from operator import add
from typing import NamedTuple

from kure_hooks.drift.alignment import Edit, edits

CONTEXT = 3
WINDOW = 200
UNENDED = "\\ No newline at end of file"


class Hunk(NamedTuple):
    """A run of lines, each with its sign: blank for both sides, `-` for the first, `+` the second.

    A side's first line is 1-based; a side without lines has the number of the line before. What
    follows a line that lacks a line feed is UNENDED.
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

    Only a line feed ends a line: a carriage return is part of its line. The work grows no faster
    than the texts, so that hunks of really different texts may be longer than they need to be.
    """
    old, new = _lines(before or ""), _lines(after or "")
    return [_hunk(old, new, group, context) for group in _groups(edits(old, new), context)]


def first_difference(before: str | None, after: str | None) -> int:
    """Return the line of the first text at which both begin to differ, 0 for equal texts.

    Of lines that only the second one has it is the line before, which is 0 at the beginning. What
    follows within WINDOW lines tells those from changed ones.
    """
    old, new = _lines(before or ""), _lines(after or "")
    pairs = zip(old, new, strict=False)
    start = next(
        (at for at, (line, other) in enumerate(pairs) if line != other), min(len(old), len(new))
    )
    for edit in edits(old[start : start + WINDOW], new[start : start + WINDOW])[:1]:
        return start + edit.old_start + (edit.old_end > edit.old_start)
    return 0


def unified(before: str | None, after: str | None, context: int = CONTEXT) -> Iterator[str]:
    """Yield the lines of all hunks with their headings, without line feeds."""
    for hunk in hunks(before, after, context):
        yield hunk.heading
        yield from hunk.lines


def _groups(found: Sequence[Edit], context: int) -> Iterator[list[Edit]]:
    """Yield the edits together whose lines of context touch each other."""
    group: list[Edit] = []
    for edit in found:
        if group and edit.old_start - group[-1].old_end > 2 * context:
            yield group
            group = []
        group.append(edit)
    if group:
        yield group


def _hunk(old: Sequence[str], new: Sequence[str], group: Sequence[Edit], context: int) -> Hunk:
    first, last = group[0], group[-1]
    lead = min(context, first.old_start)
    tail = min(context, len(old) - last.old_end)
    lines: list[str] = []
    signs: list[str] = []
    at = first.old_start - lead
    for old_start, old_end, new_start, new_end in group:
        lines += old[at:old_end]
        lines += new[new_start:new_end]
        signs += " " * (old_start - at), "-" * (old_end - old_start), "+" * (new_end - new_start)
        at = old_end
    lines += old[at : at + tail]
    signed = map(add, "".join((*signs, " " * tail)), lines)
    counts = (
        last.old_end + tail - (first.old_start - lead),
        last.new_end + tail - (first.new_start - lead),
    )
    before = first.old_start - lead + bool(counts[0])
    after = first.new_start - lead + bool(counts[1])
    return Hunk(before, counts[0], after, counts[1], tuple("\n".join(signed).split("\n")))


def _lines(text: str) -> list[str]:
    """Return the lines without line feeds; a remark goes with the last one if it has none."""
    *lines, last = text.split("\n")
    return [*lines, f"{last}\n{UNENDED}"] if last else lines


def _range(start: int, count: int) -> str:
    return str(start) if count == 1 else f"{start},{count}"

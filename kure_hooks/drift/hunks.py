"""Line differences of two texts, in the terms of the unified diff format."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kure_hooks.drift.alignment import Edit, edits

CONTEXT = 3
WINDOW = 200


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
    at = first.old_start - lead
    for edit in group:
        lines += _signed(" ", old[at : edit.old_start])
        lines += _signed("-", old[edit.old_start : edit.old_end])
        lines += _signed("+", new[edit.new_start : edit.new_end])
        at = edit.old_end
    lines += _signed(" ", old[at : at + tail])
    counts = (
        last.old_end + tail - (first.old_start - lead),
        last.new_end + tail - (first.new_start - lead),
    )
    before = first.old_start - lead + bool(counts[0])
    after = first.new_start - lead + bool(counts[1])
    return Hunk(before, counts[0], after, counts[1], tuple(lines))


def _lines(text: str) -> list[str]:
    lines = [f"{line}\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def _signed(sign: str, lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        yield sign + line.removesuffix("\n")
        if not line.endswith("\n"):
            yield "\\ No newline at end of file"


def _range(start: int, count: int) -> str:
    return str(start) if count == 1 else f"{start},{count}"

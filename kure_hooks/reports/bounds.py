"""Bounds of the texts in a report, so that it takes little time and memory whatever drifted."""

import json
from collections.abc import Iterable
from operator import attrgetter

from msgspec import structs

from kure_hooks.drift.result import FileChange
from kure_hooks.outcome import Outcome

# Of both sides of all files. Ten thousand files of fifty lines each have as many.
LINES = 1_000_000
# In bytes of JSON, which is how reports are stored.
SIZE = 32 << 20

LEFT_OUT = "its text is left out, because the texts of all files are too long for a report"


def bounded(outcome: Outcome, lines: int = LINES, size: int = SIZE) -> Outcome:
    """Return the outcome with as many texts as have room, those of the most serious changes first.

    At most so many lines and bytes of JSON are kept. A change whose texts are left out is reported
    with its objects and fields, and its note tells of the texts.
    """
    changes = [*(each.change for each in outcome.displaced), *outcome.drift]
    if _fits(changes, lines, size):
        return outcome
    shown: dict[int, FileChange] = {}
    ordered = sorted(outcome.drift, key=attrgetter("serious"))
    for change in [*(each.change for each in outcome.displaced), *ordered]:
        if change.before is None and change.after is None:
            continue
        taken_lines, taken = _lines(change), _size(change)
        if taken_lines > lines or taken > size:
            note = "; ".join(filter(None, (change.note, LEFT_OUT)))
            shown[id(change)] = structs.replace(change, before=None, after=None, note=note)
        else:
            lines, size = lines - taken_lines, size - taken
    return structs.replace(
        outcome,
        drift=tuple(shown.get(id(change), change) for change in outcome.drift),
        displaced=tuple(
            structs.replace(each, change=shown.get(id(each.change), each.change))
            for each in outcome.displaced
        ),
    )


def _fits(changes: Iterable[FileChange], lines: int, size: int) -> bool:
    for change in changes:
        lines, size = lines - _lines(change), size - _size(change)
        if lines < 0 or size < 0:
            return False
    return True


def _lines(change: FileChange) -> int:
    return sum(text.count("\n") + 1 for text in (change.before, change.after) if text)


def _size(change: FileChange) -> int:
    return sum(len(json.dumps(text)) for text in (change.before, change.after) if text)

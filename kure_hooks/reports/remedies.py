"""The words for what can be done about drift, and for what was displaced."""

from collections.abc import Iterator, Sequence

from kure_hooks.drift.kinds import Kind
from kure_hooks.drift.paths import tail
from kure_hooks.drift.result import (
    Displaced,
    FileChange,
    ObjectChange,
    Obstacle,
    Reason,
    Source,
)
from kure_hooks.findings import Location
from kure_hooks.outcome import Outcome
from kure_hooks.reports.wording import count, few, listed, whole

# So many lines of a file are listed; of more the first ones.
_FEW = 3

_BY_HAND = frozenset({Reason.EDITED, Reason.UNCLEAR, Reason.BOTH})


def remedy(outcome: Outcome) -> str:
    """Return what the commands of the outcome do, such as `To fix`; empty without any."""
    if outcome.regenerated and outcome.fix:
        return "Stage it" if len(outcome.drift) == 1 else "Stage them"
    drifted = outcome.drift or whole(outcome)
    if not outcome.fix or not (drifted or outcome.written or outcome.removed):
        return ""
    if any(change.obstacle for change in outcome.drift):
        return "To take over what is in the way" if outcome.refused else "To take over and fix"
    return "To fix" if drifted else "To commit"


def advice(outcome: Outcome) -> str:
    """Return what else can be done about files in the way, in a sentence; empty without any."""
    begin = "Nothing was written. " if outcome.refused else ""
    if not any(change.obstacle is Obstacle.FILE for change in outcome.drift):
        return begin.rstrip()
    return (
        f"{begin}Move away what is in the way, or list it under drift.keep, or change output, "
        "in .kure-hooks.yaml."
    )


def displacement(displaced: Displaced) -> str:
    """Return what was written over or removed, as a note on the file."""
    if displaced.adopted:
        return "somebody wrote it without kure-hooks; its content is kept"
    return "its content was not committed and is kept"


def getting_back(displaced: Displaced) -> str:
    """Return how the content of a file can be had again."""
    return f"To get it back: {displaced.restore}"


def source(change: FileChange, item: ObjectChange | None = None, *, by_hand: bool = False) -> str:
    """Return where an object, or a file as a whole, comes from; empty where that is not known.

    Where somebody may have changed it, which `by_hand` says for sure, also where to change it.
    """
    known = item.source if item else _source(change)
    if known is None:
        return ""
    text = f"from {places(known.places)}, {known.part}"
    fields = item.fields if item else ()
    told = (item and item.reason, *(field.reason for field in fields))
    reasons = {reason for reason in told if reason}
    if not reasons and change.cause:
        reasons = {*(change.cause.parts or (change.cause.reason,))}
    may_be_edited = not _BY_HAND.isdisjoint(reasons) if reasons else change.kind.facts.before
    if change.obstacle or not (by_hand or may_be_edited):
        return text
    if not fields or any(None in (field.before, field.after) for field in fields):
        return f"{text}; to keep this change, make it there"
    kept = "this value, change it" if len(fields) == 1 else "these values, change them"
    return f"{text}; to keep {kept} there"


def _source(change: FileChange) -> Source | None:
    """Return the source of a file; none where its objects have theirs, or nobody would change it.

    Other bytes for the same objects can't be asked for.
    """
    told = any(item.source for item in change.objects) or change.kind is Kind.FORMATTING
    if told or not change.origin or not change.compared:
        return None
    return Source((change.origin.at,), change.origin.part)


def places(at: Sequence[Location]) -> str:
    """Return places by their files, such as `apps/web.yaml:3 and 7, base.yaml:2`."""
    lines: dict[str, list[str]] = {}
    for place in sorted(at):
        lines.setdefault(place.path, []).append(str(place.line))
    return ", ".join(f"{path}:{_lines(numbers)}" for path, numbers in lines.items())


def _lines(numbers: Sequence[str]) -> str:
    return few(numbers) if len(numbers) > _FEW else listed(numbers)


def regenerated(outcome: Outcome) -> str:
    """Return what was regenerated, from what and why, in a sentence without its end."""
    changes = outcome.drift
    now = outcome.written or outcome.removed
    files = count(len(changes), "file")
    verb = "is" if len(changes) == 1 else "are"
    deed = f"Regenerated {files}" if now else f"{files} {verb} regenerated, but not staged"
    inputs = dict.fromkeys(
        path for change in changes if change.cause for path in change.cause.inputs
    )
    source = f" from {few([*inputs])}" if inputs and now else ""
    effects = [*_numbers(changes), *_values([item for item in changes if item.is_routine])]
    return f"{deed}{source}{f' ({few(effects)})' if effects else ''}"


def _numbers(changes: Sequence[FileChange]) -> Iterator[str]:
    """Yield how many files came, and how many went."""
    new = sum(change.kind.facts.is_new for change in changes)
    gone = sum(change.kind.facts.is_gone and not change.generated for change in changes)
    yield from (f"{number} {word}" for number, word in ((new, "new"), (gone, "removed")) if number)


def _values(changes: Sequence[FileChange]) -> Sequence[str]:
    """Return the values that changed, each once; of texts with several lines only the key."""
    fields = (field for change in changes for item in change.objects for field in item.fields)
    texts = (tail(field.path) if field.lines else f"{tail(field.path)} {field}" for field in fields)
    return [*dict.fromkeys(texts)]

"""The words that all reports have in common; none of them is escaped yet."""

from collections import Counter
from collections.abc import Iterator, Sequence

from kure_hooks.drift.kinds import Causes, Kind
from kure_hooks.drift.result import (
    Cause,
    FieldChange,
    FileChange,
    Holding,
    ObjectChange,
    Obstacle,
    Reason,
    Risk,
    State,
)
from kure_hooks.findings import Finding, Severity
from kure_hooks.outcome import ClusterView, Outcome

# So many names of a list are given before it is cut.
_SHOWN = 3

HOLDINGS = {
    Holding.COMMITTED: "its content is committed",
    Holding.STAGED: "its content is staged, but not committed",
    Holding.NOWHERE: "git does not hold its content",
}

RISKS = {
    Risk.DESTRUCTIVE: "removing it deletes what belongs to it, too",
    Risk.RECREATED: "deleted and created again, with all that it applied",
    Risk.IMMUTABLE: "immutable field: the API refuses to change it",
    Risk.OWNER: "another owner: the old one may prune it",
    Risk.LEFT: "what it applied before is left behind",
    Risk.CASCADE: "switches whether what it applied is deleted with it",
    Risk.PRUNE: "switches pruning",
    Risk.SUSPEND: "switches suspension",
    Risk.ZERO: "scales to zero",
}

_REMOVALS = {
    "Namespace": "every object in it",
    "PersistentVolumeClaim": "its data",
    "CustomResourceDefinition": "every object of its kind",
    "Kustomization": "every object it applied (prune: true)",
}

# What an effect says more exactly.
_TOLD = frozenset({Risk.DESTRUCTIVE, Risk.RECREATED, Risk.OWNER, Risk.LEFT})


def note(change: FileChange, base: str = "") -> str:
    """Return what there is to say about a file beside its kind: what is odd, and why it drifted.

    The old path of a renamed file is given as seen from the directory `base`.
    """
    known = [change.note, cause(change.cause, change.kind) if change.cause else ""]
    if change.obstacle is Obstacle.FILE:
        held = HOLDINGS[change.held] if change.held else ""
        known = ["in the way, without the header of kure-hooks", held, *known]
    elif change.obstacle:
        known.insert(0, "in the way")
    elif change.kind.facts.note_stays and not change.cause:
        known.insert(0, change.kind.facts.note)
    if change.known:
        known.append("drifted before this change")
    if change.unstaged and change.compared:
        known.append("up to date in the work tree, but not staged")
    if change.was:
        known.insert(0, f"was {change.was.removeprefix(f'{base}/')}")
    return "; ".join(part for part in known if part) or change.kind.facts.note


def cause(why: Cause, kind: Kind) -> str:
    """Return why a file drifted, such as `stale: apps/web.yaml changed`."""
    parts = (Reason.EDITED, Reason.STALE) if why.reason is Reason.BOTH else (why.reason,)
    return ", and ".join(_part(part, why, kind.facts.causes) for part in why.parts or parts)


_OF_A_FIELD = {
    Reason.EDITED: "edited by hand",
    Reason.UNCLEAR: "edited by hand or generated otherwise",
    Reason.VERSION: "written otherwise by this version",
    Reason.STALE: "stale",
    Reason.BOTH: "edited by hand and stale",
}


def because(change: FieldChange | ObjectChange) -> str:
    """Return the reason of a field, or of an object, in brackets after a blank; empty for none."""
    reason = _OF_A_FIELD.get(change.reason) if change.reason else None
    return f" ({reason})" if reason else ""


def _part(reason: Reason, why: Cause, words: Causes) -> str:
    if reason is Reason.EDITED:
        # A leftover that differs from what was generated was edited, one by itself was put there.
        verb = "edited" if Reason.STALE in why.parts else words.edited
        return f"{verb} by hand{_when(why)}"
    if reason is Reason.UNCLEAR:
        return _unclear(why, words)
    if reason is Reason.VERSION:
        return words.version
    if reason is Reason.CONFLICT:
        return f"merge conflict in line {why.line}" if why.line else "unresolved merge conflict"
    return _stale(why, words.stale)


def _stale(why: Cause, word: str) -> str:
    if not why.inputs:
        return word
    if set(why.inputs) == set(why.deleted):
        return f"{word}: {few(why.inputs)} {'was' if len(why.inputs) == 1 else 'were'} deleted"
    names = [f"{name} (deleted)" if name in why.deleted else name for name in why.inputs]
    return f"{word}: {few(names)} changed"


def _when(why: Cause) -> str:
    if not why.commit:
        return ", not committed"
    before = f", before that in {', '.join(why.earlier)}" if why.earlier else ""
    since = ", and since then, not committed" if why.uncommitted else ""
    return f" in {why.commit} on {why.date}{before}{since}"


def _unclear(why: Cause, words: Causes) -> str:
    """Return what may have happened; nobody is blamed where that can't be told."""
    deed = f"{words.unclear}{_when(why)}" if why.commit else words.unclear_uncommitted
    return f"{deed}, or {words.otherwise}"


def happened(change: ObjectChange, outcome: Outcome, base: str = "") -> str:
    """Return what happened to an object, in the words of the outcome's two sides.

    The other file of a moved object is given as seen from the directory `base`.
    """
    before, after = outcome.sides
    only = "only in" if outcome.intended else "only"
    other = change.other.removeprefix(f"{base}/")
    match change.state:
        case State.CHANGED:
            return f"{before} -> {after}"
        case State.ADDED:
            return f"{only} {after}"
        case State.REMOVED:
            return f"{only} {before}"
        case State.MOVED_HERE:
            return f"moved here from {other}"
        case State.MOVED_AWAY:
            return f"moved to {other}"
        case State.RENAMED:
            return f"was {other}"


def complaint(finding: Finding) -> str:
    """Return what a finding says, without its place."""
    text = ": ".join(part for part in (finding.key, finding.cited, finding.message) if part)
    return f"{text}{shared(finding)}"


def shared(finding: Finding) -> str:
    """Return the clusters that have a finding, in brackets after a blank; empty for one or none."""
    clusters = finding.clusters
    return f" ({len(clusters)} clusters: {few(clusters)})" if len(clusters) > 1 else ""


def headline(kind: Kind, path: str, more: str) -> str:
    """Return one sentence about a file: its kind, path and note."""
    return f"{kind}: {path}" + (f" ({more})" if more else "")


def details(change: ObjectChange, outcome: Outcome, most: int) -> Iterator[str]:
    """Yield a line for an object and, indented, for at most so many of its fields."""
    yield f"{change.name}: {happened(change, outcome)}{because(change)}{warning(change)}"
    for field in change.fields[:most]:
        yield f"  {field.path}: {field}{because(field)}{warning(field)}"
    if len(change.fields) > most:
        yield f"  and {count(len(change.fields) - most, 'more field')}"


def risky(risk: Risk, name: str = "") -> str:
    """Return the words for a risk of an object, as a name such as `Namespace shop` has its kind."""
    kind = name.partition(" ")[0]
    if risk is Risk.DESTRUCTIVE and kind in _REMOVALS:
        return f"removing this {kind} deletes {_REMOVALS[kind]}"
    return RISKS[risk]


def risks(change: FileChange) -> list[str]:
    """Return the words for the risks of a file; the kind is said where it holds a single object."""
    name = change.objects[0].name if len(change.objects) == 1 else ""
    return [risky(risk, name) for risk in change.risks]


def marks(change: ObjectChange | FieldChange) -> list[str]:
    """Return what is said of each risk; an effect is said in place of those that it tells."""
    effect, name = (change.effect, change.name) if isinstance(change, ObjectChange) else ("", "")
    others = [risky(risk, name) for risk in change.risks if not (effect and risk in _TOLD)]
    return [effect, *others] if effect else others


def warning(change: ObjectChange | FieldChange) -> str:
    """Return the marks of a change in brackets, after a blank; nothing when there are none."""
    texts = [text.removesuffix(".") for text in marks(change)]
    return f" [{'; '.join(texts)}]" if texts else ""


def totals(outcome: Outcome) -> str:
    """Return how much drifted, such as `3 of 214 files drifted in 1 of 12 clusters.`."""
    names = [f"{each.directory} is {each.state}" for each in whole(outcome)]
    files = [drifted(outcome)] if outcome.drift or not names else []
    return f"{'; '.join([*files, *names])}."


def clean(outcome: Outcome) -> str:
    """Return the state of whatever a run found nothing to say about."""
    states = {"diff": "no difference", "validate": "valid", "lint": "no error found"}
    return states.get(outcome.command, "in sync")


def judges(outcome: Outcome) -> Iterator[str]:
    """Yield how many objects each schema judged."""
    for schema, number in outcome.schemas.items():
        yield f"judged by {schema}: {count(number, 'object')}"


def complaints(outcome: Outcome) -> Iterator[str]:
    """Yield how many findings of each severity there are, where there are any."""
    counts = Counter(finding.severity for finding in outcome.findings)
    yield from (count(counts[severity], severity) for severity in Severity if counts[severity])


def drifted(outcome: Outcome) -> str:
    """Return how many files differ, in words without any name."""
    if outcome.refused:
        return f"{count(len(outcome.drift), 'file')} in the way"
    number, where = len(outcome.drift), {change.directory for change in outcome.drift}
    known = where.union(view.directory for view in outcome.clusters)
    clusters = f"{len(where)} of {count(len(known), 'cluster')}"
    if outcome.risky:
        clusters += f", {outcome.risky} with risks"
    if before := sum(change.known for change in outcome.drift):
        clusters += f", {before} before this change"
    if outcome.intended:
        return f"{count(number, 'file')} changed in {clusters}"
    paths = {path for view in outcome.clusters for path in view.files}
    everything = len(paths.union(change.path for change in outcome.drift))
    return f"{number} of {everything} files drifted in {clusters}"


def differing(outcome: Outcome) -> str:
    """Return the word for what differs: drift is what nobody means to do."""
    return "changed" if outcome.intended else "drifted"


def whole(outcome: Outcome) -> Sequence[ClusterView]:
    """Return the clusters that only one of two revisions has."""
    return [each for each in outcome.clusters if each.state]


def whole_cluster(view: ClusterView) -> str:
    """Return one sentence about a cluster that only one of two revisions has."""
    return f"{view.state}: {view.directory} as a whole ({count(len(view.files), 'file')})"


def few(names: Sequence[str]) -> str:
    """Return the first names of a list and how many more there are."""
    shown = ", ".join(names[:_SHOWN])
    return f"{shown} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else shown


def listed(texts: Sequence[str]) -> str:
    """Return texts as a list in a sentence, such as `a, b and c`."""
    return " and ".join(filter(None, (", ".join(texts[:-1]), texts[-1])))


def count(number: int, noun: str) -> str:
    """Return a number with its noun, such as `2 files`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"

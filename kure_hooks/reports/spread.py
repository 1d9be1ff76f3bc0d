"""The words for the clusters that a change is in, and for what only moved."""

from collections.abc import Iterator, Sequence

from kure_hooks.drift.kinds import Kind
from kure_hooks.drift.result import FileChange, State
from kure_hooks.outcome import Outcome
from kure_hooks.reports import wording

MOVED = frozenset({State.MOVED_HERE, State.MOVED_AWAY})


def only_moved(change: FileChange) -> bool:
    """Tell whether what a file holds moved without change, as far as that can be told cheaply."""
    alike = all(
        item.state in MOVED and not (item.fields or item.risks or item.effect)
        for item in change.objects
    )
    if not alike or change.note:
        return False
    if not change.one_sided:
        return change.kind is Kind.RENAMED or bool(change.objects)
    # An object that came or went as a whole is none of those that a file of one side tells of.
    text = change.before or change.after or ""
    return text.count("\n---\n") + 1 == len(change.objects) and "items" not in text


def move(change: FileChange) -> str:
    """Return a file that moved with where from or to, or where its objects are now or were."""
    path = change.path.removeprefix(f"{change.directory}/")
    other = change.was or next((item.other for item in change.objects), "")
    arrow = "->" if any(item.state is State.MOVED_AWAY for item in change.objects) else "<-"
    return f"{path} {arrow} {other.removeprefix(f'{change.directory}/')}" if other else path


def clusters(directories: Sequence[str]) -> str:
    """Return the names of clusters, after their number where there are several."""
    number = f"{wording.count(len(directories), 'cluster')}: " if len(directories) > 1 else ""
    return f"{number}{wording.few(directories)}"


def stacks(paths: Sequence[str]) -> str:
    """Return the stack file of some clusters, or how many there are; empty for none."""
    return wording.count(len(paths), "stack file") if len(paths) > 1 else "".join(paths)


def inside(directories: Sequence[str], *, always: bool = False) -> str:
    """Return the number of clusters after a blank, such as ` in 3 clusters`.

    A single cluster is named, but only where it is `always` asked for: paths begin with it.
    """
    if len(directories) > 1:
        return f" in {wording.count(len(directories), 'cluster')}"
    return f" in {directories[0]}" if always else ""


def alike(change: FileChange, directories: Sequence[str], exceptions: str) -> str:
    """Return in which clusters a change is the same, and in which it is not."""
    fields = sum(len(item.fields) for item in change.objects)
    same = "field" if fields == 1 else wording.count(fields, "field") if fields else "change"
    return "; ".join(filter(None, (f"the same {same} in {wording.few(directories)}", exceptions)))


def exceptions(differ: Sequence[str], unchanged: Sequence[str], outcome: Outcome) -> Iterator[str]:
    """Yield in how many clusters a file changes otherwise, and in how many not, with names."""
    if differ:
        yield f"{len(differ)} differ{'s' if len(differ) == 1 else ''}: {wording.few(differ)}"
    if unchanged:
        verb = "is" if len(unchanged) == 1 else "are"
        state = "unchanged" if outcome.intended else "in sync"
        yield f"{len(unchanged)} {verb} {state}: {wording.few(unchanged)}"

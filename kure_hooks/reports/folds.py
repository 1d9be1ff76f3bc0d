"""Equal changes of several clusters as one entry, and the groups of clusters that have them.

Two files are equal in effect when the same fields of the same objects change from the same values
to the same values, at the same path below their clusters. Names of the cluster's own, its directory
and its stack file, count as the same. What the fields don't tell is compared as text, so that no
difference hides behind an equal one.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct, structs

from kure_hooks.drift.kinds import Kind
from kure_hooks.drift.result import Cause, FileChange, ObjectChange
from kure_hooks.outcome import ClusterView
from kure_hooks.reports import spread
from kure_hooks.reports.problems import FileProblem


class Group(Struct, frozen=True):
    """Clusters that drifted alike: their directories, and how they did, most serious first."""

    directories: Sequence[str]
    drift: Sequence[FileProblem]

    @property
    def stacks(self) -> Sequence[str]:
        """The stacks of its files; none where nothing generates them."""
        files = (change for problem in self.drift for change in problem.changes)
        return sorted({change.stack for change in files if change.stack})


def groups(
    problems: Sequence[FileProblem], whole: Iterable[FileChange], views: Iterable[ClusterView]
) -> Sequence[Group]:
    """Return the problems, of which equal ones are folded, by the clusters that have them.

    `whole` are the changes of the problems with all their texts, `views` all clusters. The most
    serious group is first, and of those the one of most clusters.
    """
    effects = {change.path: _effect(change) for change in whole}
    by_effect: defaultdict[str, list[FileProblem]] = defaultdict(list)
    for problem in problems:
        by_effect[effects[problem.change.path]].append(problem)
    folds = _with_exceptions([_folded(equal) for equal in by_effect.values()], views)
    by_clusters: defaultdict[tuple[str, ...], list[FileProblem]] = defaultdict(list)
    for fold in folds:
        by_clusters[fold.directories].append(fold)
    found = [Group(names, _names_joined(drift)) for names, drift in by_clusters.items()]
    return sorted(
        found,
        key=lambda group: (
            group.drift[0].change.serious[:-1],
            -len(group.directories),
            group.directories,
        ),
    )


def _folded(problems: Sequence[FileProblem]) -> FileProblem:
    """Return the first of some problems as the one that stands for all."""
    first, *others = problems
    if not others:
        return first
    changes = [problem.change for problem in problems]
    change = structs.replace(first.change, cause=_common([member.cause for member in changes]))
    return first.standing_for(change, changes[1:])


def _common(causes: Sequence[Cause | None]) -> Cause | None:
    """Return the cause of all, which name inputs of their own: those that all name come first."""
    known = [cause for cause in causes if cause]
    if not known:
        return None
    numbers: defaultdict[str, int] = defaultdict(int)
    for cause in known:
        for name in cause.inputs:
            numbers[name] += 1
    inputs = sorted(numbers, key=lambda name: numbers[name] < len(known))
    deleted = {name: None for cause in known for name in cause.deleted}
    return structs.replace(known[0], inputs=tuple(inputs), deleted=tuple(deleted))


def _with_exceptions(
    folds: Sequence[FileProblem], views: Iterable[ClusterView]
) -> Sequence[FileProblem]:
    """Return the folds, of which the one of most clusters tells those of which the file differs."""
    by_path: defaultdict[str, list[FileProblem]] = defaultdict(list)
    for fold in folds:
        by_path[fold.path].append(fold)
    largest = {
        path: max(equal, key=lambda fold: len(fold.directories)) for path, equal in by_path.items()
    }
    told = {path: fold for path, fold in largest.items() if len(fold.directories) > 1}
    if not told:
        return folds
    having = _having(told, views)
    return [
        _with_others(fold, by_path[fold.path], having[fold.path])
        if told.get(fold.path) is fold
        else fold
        for fold in folds
    ]


def _having(paths: Mapping[str, object], views: Iterable[ClusterView]) -> Mapping[str, list[str]]:
    """Return the directories of the clusters that have a file at each path below them."""
    having: defaultdict[str, list[str]] = defaultdict(list)
    for view in views:
        for path in view.files:
            below = path.removeprefix(f"{view.directory}/")
            if below in paths:
                having[below].append(view.directory)
    return having


def _with_others(
    fold: FileProblem, alike: Iterable[FileProblem], having: Iterable[str]
) -> FileProblem:
    differ = {name: None for other in alike if other is not fold for name in other.directories}
    changed = differ.keys() | set(fold.directories)
    unchanged = [name for name in having if name not in changed]
    return structs.replace(fold, differ=tuple(sorted(differ)), unchanged=tuple(sorted(unchanged)))


def _names_joined(problems: Sequence[FileProblem]) -> Sequence[FileProblem]:
    """Return the problems, with all files of a kind of which the names say all as one."""
    several: defaultdict[tuple[Kind, str, bool], list[FileProblem]] = defaultdict(list)
    for problem in problems:
        change = problem.change
        if change.kind is Kind.UNTRACKED or spread.only_moved(change):
            several[change.kind, change.note, change.known].append(problem)
    first = {id(alike[0]): alike for alike in several.values() if len(alike) > 1}
    others = {id(problem) for alike in first.values() for problem in alike[1:]}
    return [
        _joined(first[id(problem)]) if id(problem) in first else problem
        for problem in problems
        if id(problem) not in others
    ]


def _joined(alike: Sequence[FileProblem]) -> FileProblem:
    changes = [change for problem in alike for change in problem.changes]
    return alike[0].standing_for(alike[0].change, changes[1:])


def _effect(change: FileChange) -> str:
    """Return a digest that two changes share only if they are equal in effect."""
    from hashlib import sha256  # noqa: PLC0415 - it loads OpenSSL, and most runs find no drift

    texts = () if _tells_all(change) else _texts(change)
    if texts is None:
        return change.path
    cause = change.cause and structs.replace(change.cause, inputs=(), deleted=())
    told = repr(
        (
            (change.kind, change.path, change.was, change.note, cause, change.masked, change.link),
            (change.obstacle, change.held, change.known),
            [_told(item) for item in change.objects],
            texts,
        )
    )
    for number, name in enumerate(filter(None, (change.directory, change.stack))):
        told = told.replace(name, chr(number))  # no text that repr makes has such a character
    return sha256(told.encode(errors="surrogatepass")).hexdigest()


def _told(change: ObjectChange) -> object:
    fields = [
        (field.path, field.before, field.after, field.lines, field.risks, field.reason)
        for field in change.fields
    ]
    effect = (change.name, change.state, change.other, change.risks, change.reason, change.effect)
    return effect, fields


def _tells_all(change: FileChange) -> bool:
    """Tell whether kind, objects and fields of a change say all of it."""
    if not change.compared or change.kind is Kind.FORMATTING or spread.only_moved(change):
        return True
    return (
        bool(change.objects)
        and not change.one_sided
        and all(item.fields or item.state in spread.MOVED for item in change.objects)
        and not any(field.cut for item in change.objects for field in item.fields)
    )


def _texts(change: FileChange) -> tuple[Sequence[str], Sequence[str]] | None:
    """Return the lines of both sides from the first that differs to the last; None if unknown."""
    before, after = change.before, change.after
    if (before is None and change.kind.facts.before) or (after is None and change.generated):
        return None
    old, new = (before or "").split("\n"), (after or "").split("\n")
    start = _equal(old, new)
    end = _equal(old[start:][::-1], new[start:][::-1])
    return old[start : len(old) - end], new[start : len(new) - end]


def _equal(lines: Sequence[str], others: Sequence[str]) -> int:
    """Return how many lines are equal before the first that differs."""
    pairs = enumerate(zip(lines, others, strict=False))
    first = (number for number, (line, other) in pairs if line != other)
    return next(first, min(len(lines), len(others)))

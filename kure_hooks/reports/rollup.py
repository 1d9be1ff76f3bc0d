"""The roll-up: the few facts of many files that matter first, counted over all clusters."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from msgspec import Struct

from kure_hooks.drift.kinds import Kind
from kure_hooks.drift.result import FieldChange, FileChange, Risk, State
from kure_hooks.manifests import Identity
from kure_hooks.outcome import Outcome
from kure_hooks.reports import spread, wording
from kure_hooks.reports.folds import Group
from kure_hooks.reports.problems import FileProblem

FEW = 3
"""So few files are read at a glance, so that nothing is said of them before."""

VERSION = 1

# So many entries of a chapter are kept, those of the most clusters.
_MOST = 1_000
# So many new or removed files are read for the names of what they hold.
_READ = 1_000

_IMAGES = (".image", ".image.tag", ".image.digest", ".image.repository", ".newTag", ".newName")
_REPLICAS = (".replicas", ".minReplicas", ".maxReplicas", ".replicaCount")


class Entry(Struct, frozen=True, rename="camel", omit_defaults=True):
    """A fact with the objects and the clusters that it holds for."""

    words: str
    """The fact, such as `nginx:1.27 -> nginx:1.28`."""
    where: str
    """The first objects and clusters, in words."""
    objects: int
    """The number of objects by their names, which may be the same in each cluster."""
    clusters: int
    """The number of clusters."""


class AlikeFile(Struct, frozen=True, rename="camel", omit_defaults=True):
    """A file that changes in the same way in all clusters of a group."""

    kind: Kind
    """The kind of the drift."""
    paths: tuple[str, ...]
    """The path below each cluster. There are several of files that only moved."""
    differ: tuple[str, ...] = ()
    """The clusters where the file changes otherwise."""
    unchanged: tuple[str, ...] = ()
    """The clusters that have the file, where it does not change."""


class AlikeClusters(Struct, frozen=True, rename="camel"):
    """Clusters with the changes that are the same in all of them."""

    clusters: tuple[str, ...]
    """The directories of the clusters."""
    changes: tuple[AlikeFile, ...]
    """The changes, most serious first."""


class Rollup(Struct, frozen=True, rename="camel"):
    """The facts, those of the most clusters first, and the changes of equal effect."""

    version: int = VERSION
    """The version of this part. It grows when a key changes its meaning."""
    images: tuple[Entry, ...] = ()
    """The images that change."""
    replicas: tuple[Entry, ...] = ()
    """The numbers of replicas that change."""
    risks: tuple[Entry, ...] = ()
    """The risks to running clusters."""
    owners: tuple[Entry, ...] = ()
    """The objects that another Kustomization or Application applies from now on."""
    added: tuple[Entry, ...] = ()
    """The objects that only the second side has."""
    removed: tuple[Entry, ...] = ()
    """The objects that only the first side has."""
    moved: tuple[Entry, ...] = ()
    """The files that only moved."""
    groups: tuple[AlikeClusters, ...] = ()
    """The changes of equal effect, by the clusters that have them."""

    def chapters(self, outcome: Outcome) -> Iterator[tuple[str, Sequence[Entry]]]:
        """Yield each chapter that has entries with its title."""
        intended = outcome.intended
        chapters = {
            "Images": self.images,
            "Replicas": self.replicas,
            "Risks": self.risks,
            "Owners that change": self.owners,
            "Objects added" if intended else "Objects not checked in": self.added,
            "Objects removed" if intended else "Objects no longer generated": self.removed,
            "Moved without change": self.moved,
        }
        yield from ((title, entries) for title, entries in chapters.items() if entries)


class _Fact(NamedTuple):
    """A fact about an object: the chapter that it is in, and its words."""

    chapter: str
    words: str
    name: str


def rollup(groups: Sequence[Group]) -> Rollup:
    """Return what matters of the changes of all groups."""
    objects: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    clusters: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    room = _READ
    for group in groups:
        for problem in group.drift:
            room -= problem.change.one_sided
            for fact in _facts(problem, read=room >= 0):
                # Objects that come or go in the same clusters are one entry.
                key = fact.chapter, fact.words or "\n".join(group.directories)
                objects[key][fact.name] = None
                clusters[key].update(group.directories)
    chapters: defaultdict[str, list[Entry]] = defaultdict(list)
    for key in sorted(clusters, key=lambda key: (-len(clusters[key]), key)):
        chapter, words = key
        entry = _entry(words, list(objects[key]), sorted(clusters[key]))
        if len(chapters[chapter]) < _MOST:
            chapters[chapter].append(entry)
    return Rollup(
        images=tuple(chapters["images"]),
        replicas=tuple(chapters["replicas"]),
        risks=tuple(chapters["risks"]),
        owners=tuple(chapters["owners"]),
        added=tuple(chapters["added"]),
        removed=tuple(chapters["removed"]),
        moved=tuple(chapters["moved"]),
        groups=tuple(map(_alike, groups)),
    )


def _entry(words: str, names: Sequence[str], directories: Sequence[str]) -> Entry:
    few = len(directories) <= FEW
    within = wording.few(directories) if few else wording.count(len(directories), "cluster")
    subject = wording.few(names)
    if words == "\n".join(directories):
        return Entry(subject, f"in {within}", len(names), len(directories))
    return Entry(words, f"{subject} in {within}", len(names), len(directories))


def _alike(group: Group) -> AlikeClusters:
    return AlikeClusters(
        tuple(group.directories),
        tuple(
            AlikeFile(
                problem.change.kind,
                tuple(problem.paths),
                tuple(problem.differ),
                tuple(problem.unchanged),
            )
            for problem in group.drift
        ),
    )


def _facts(problem: FileProblem, *, read: bool) -> Iterator[_Fact]:
    change = problem.change
    if spread.only_moved(change):
        yield from (_Fact("moved", "", spread.move(move)) for move in problem.changes)
        return
    for item in change.objects:
        risks = {*item.risks, *(risk for field in item.fields for risk in field.risks)}
        for field in item.fields:
            if words := _value(field, _IMAGES, full=".image"):
                yield _Fact("images", words, item.name)
            elif words := _value(field, _REPLICAS):
                yield _Fact("replicas", words, item.name)
        for risk in Risk:
            if risk is Risk.OWNER and risk in risks:
                yield _Fact("owners", item.effect or wording.RISKS[risk], item.name)
            elif risk in risks:
                yield _Fact("risks", wording.RISKS[risk], item.name)
    yield from (_Fact("added", "", name) for name in _names(change, State.ADDED, read=read))
    yield from (_Fact("removed", "", name) for name in _names(change, State.REMOVED, read=read))


def _value(field: FieldChange, endings: tuple[str, ...], full: str = "") -> str:
    """Return the change of a field with such an ending; a `full` one needs no path to be known."""
    path = f".{field.path}"
    if not path.endswith(endings):
        return ""
    return str(field) if full and path.endswith(full) else f"{field.path}: {field}"


def _names(change: FileChange, state: State, *, read: bool) -> Iterator[str]:
    """Yield the objects that came or went: of a file of one side those that did not move."""
    text = change.after if state is State.ADDED else change.before
    other = change.before if state is State.ADDED else change.after
    if not change.one_sided or text is None or other is not None:
        yield from (item.name for item in change.objects if item.state is state)
    elif read:
        moved = {item.name for item in change.objects if item.state is not state}
        yield from (name for name in _held(change.path, text) if name not in moved)


def _held(path: str, text: str) -> Iterator[str]:
    from kure_hooks.drift.objects import UnreadableError, held  # noqa: PLC0415 - for new files alone

    try:
        found = held(path, text.encode(errors="surrogateescape"))
    except UnreadableError:
        return
    yield from (item.name for item in found if isinstance(item.key, Identity))

"""Tell the changed inputs that are the reason for a change of generated files."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property

from kure_hooks.drift.result import FileChange
from kure_hooks.errors import KureHooksError
from kure_hooks.files.recorder import Inputs
from kure_hooks.operations.attribution.past_commit import Earlier
from kure_hooks.operations.fleet import Fleet
from kure_hooks.origin import Origin

# So many stacks are generated at most to find out which of several inputs have an effect.
_MOST_STACKS = 12


def changed_inputs(
    earlier: Earlier, then: Fleet, changes: Sequence[FileChange]
) -> dict[str, AbstractSet[str]]:
    """Return the inputs that differ now and matter to each file, by its path.

    `then` is what the version generates. Where several inputs come into question, the files are
    generated without each of them, as far as that can be done and afforded; one that could not be
    tried is taken for a reason.
    """
    candidates = _candidates(earlier, then, changes)
    trials = _Trials(earlier, candidates, changes)
    trials.run(then)
    return trials.reasons()


def _candidates(
    earlier: Earlier, then: Fleet, changes: Sequence[FileChange]
) -> dict[str, AbstractSet[str]]:
    now, before = Sources(earlier.generated), Sources(then)
    levels = {
        change.path: [
            one | two for one, two in zip(now.levels(change), before.levels(change), strict=True)
        ]
        for change in changes
    }
    every = {path for sets in levels.values() for paths in sets for path in paths if path}
    differing = earlier.differing(every)
    settings = earlier.changed_settings.keys()
    return {
        path: settings | next((paths & differing for paths in sets if paths & differing), set())
        for path, sets in levels.items()
    }


class _Trials:
    """The inputs that may be a reason for each file; each is tried by generating without it."""

    def __init__(
        self,
        earlier: Earlier,
        candidates: Mapping[str, AbstractSet[str]],
        changes: Sequence[FileChange],
    ) -> None:
        self.earlier = earlier
        self.changes = {change.path: change for change in changes}
        self.left = {path: set(inputs) for path, inputs in candidates.items()}
        self.tried: set[str] = set()
        self.only_alone: set[str] = set()
        self.sufficient: dict[str, str] = {}

    def run(self, then: Fleet) -> None:
        """Try inputs, those of most files first, until all is known or the budget is spent."""
        budget = _MOST_STACKS
        while batch := self._batch():
            asking = [self.changes[path] for path in self._open() if self.left[path] & batch]
            budget -= self._effort(asking)
            if budget < 0:
                return
            self._try(batch, asking, then)

    def reasons(self) -> dict[str, AbstractSet[str]]:
        """Return what is left; for files that are still open, the input that explains all alone."""
        alone = {path: {self.sufficient[path]} for path in self._open() if path in self.sufficient}
        return {**self.left, **alone}

    def _effort(self, changes: Sequence[FileChange]) -> int:
        """Return how many stacks, or single clusters of sets, are generated for a trial."""
        rows = self.earlier.generated.rows
        places = {
            change.directory if change.directory in rows else change.stack for change in changes
        }
        return len(places - {""})

    def _open(self) -> list[str]:
        """Return the files with several inputs of which some have not been tried."""
        return [path for path, left in self.left.items() if len(left) > 1 and left - self.tried]

    def _batch(self) -> set[str]:
        """Return inputs that can be tried at once, because no open file has two of them."""
        files: defaultdict[str, set[str]] = defaultdict(set)
        for path in self._open():
            for name in self.left[path] - self.tried:
                files[name].add(path)
        batch: set[str] = set()
        taken: set[str] = set()
        for name in sorted(files, key=lambda name: (-len(files[name]), name)):
            if not batch or (files[name].isdisjoint(taken) and name not in self.only_alone):
                batch.add(name)
                taken |= files[name]
            if batch & self.only_alone:
                break
        return batch

    def _try(self, batch: AbstractSet[str], changes: Sequence[FileChange], then: Fleet) -> None:
        stacks = {change.stack for change in changes} - {""}
        only = self.earlier.generated.members(
            {change.directory for change in self.changes.values()}
        )
        try:
            files = self.earlier.generate_without(batch, stacks, only).files
        except KureHooksError:
            # Without one of them the others may make no sense, or no difference can be told.
            if len(batch) > 1:
                self.only_alone |= batch
            else:
                self.tried |= batch
            return
        self.tried |= batch
        for path, left in self.left.items():
            name = next(iter(left & batch), "")
            if len(left) == 1 or not name:
                continue
            if files.get(path) == self.earlier.generated.files.get(path):
                left.discard(name)
            elif files.get(path) == then.files.get(path):
                self.sufficient[path] = name


@dataclass(frozen=True)
class Sources:
    """The files that each file of a fleet is made of."""

    fleet: Fleet

    def levels(self, change: FileChange) -> Sequence[AbstractSet[str]]:
        """Return the inputs of a file in sets: its own ones, its bundle's, cluster's and stack's.

        A file of an application is made of its document, of what that names, and of the documents
        of its bundle and its stack; what holds more, such as a kustomization.yaml, of all that.
        """
        stack = self.fleet.directories.get(change.directory, change.stack)
        first = self.fleet.origins.get(change.path)
        origins = self.fleet.mixed.get(change.path, (first,) if first else ())
        sets = [
            {path for origin in origins for path in self._below(origin, length)}
            for length in (3, 2, 1)
        ]
        sets.append(set(self.fleet.inputs.get(stack, Inputs()).files))
        return [{stack, *paths} for paths in sets]

    def _below(self, origin: Origin, length: int) -> Iterator[str]:
        """Yield the files behind an origin, or behind the bundle or the cluster that it is in."""
        names = (origin.cluster, origin.bundle, origin.application)
        known = length if all(names[:length]) else names.index("")
        parts = self._parts(origin.cluster)
        yield from parts.get(names[:known], ())
        if known == len(names):
            yield from parts.get((*names[:2], ""), ())

    @cached_property
    def _known(self) -> dict[str, Mapping[tuple[str, ...], AbstractSet[str]]]:
        """The parts of the clusters that were asked for."""
        return {}

    def _parts(self, cluster: str) -> Mapping[tuple[str, ...], AbstractSet[str]]:
        """Return the files of a cluster, its bundles and applications.

        An empty name is the bundle alone.
        """
        if cluster not in self._known:
            self._known[cluster] = self._parts_of(cluster)
        return self._known[cluster]

    def _parts_of(self, cluster: str) -> Mapping[tuple[str, ...], AbstractSet[str]]:
        parts: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
        for path, first in self.fleet.origins.items():
            if first.cluster != cluster:
                continue
            for origin in self.fleet.mixed.get(path, (first,)):
                files = {origin.at.path, *self.fleet.reads.get(origin.at, ())}
                names = (origin.cluster, origin.bundle, origin.application)
                for length in (1, 2, 3):
                    parts[names[:length]] |= files
        return parts

"""The inputs of each generated file, as its origin names them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property

from kure_hooks.drift.result import FileChange
from kure_hooks.files.recorder import Inputs
from kure_hooks.operations.fleet import Fleet
from kure_hooks.origin import Origin


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
        yield from self._parts.get(names[:known], ())
        if known == len(names):
            yield from self._parts.get((*names[:2], ""), ())

    @cached_property
    def _parts(self) -> Mapping[tuple[str, ...], AbstractSet[str]]:
        """The files of each cluster, bundle and application; an empty name is the bundle alone."""
        parts: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
        for path, first in self.fleet.origins.items():
            for origin in self.fleet.mixed.get(path, (first,)):
                files = {origin.at.path, *self.fleet.reads.get(origin.at, ())}
                names = (origin.cluster, origin.bundle, origin.application)
                for length in (1, 2, 3):
                    parts[names[:length]] |= files
        return parts

"""Artifacts of Flux's sources: the files that they lack (source-controller 1.9)."""

from collections.abc import Collection, Iterable

from msgspec import Struct

from kure_hooks.engines.source_ignore import (
    FILE,
    Pattern,
    Patterns,
    Segments,
    read_patterns,
    usual_patterns,
)
from kure_hooks.errors import ReadError
from kure_hooks.files.paths import base_name
from kure_hooks.files.tree import Tree

MOST_CHARACTERS = 10_000
"""So long may all patterns of an artifact be; of one with more, nothing is known to be left out."""


class Artifact(Struct, frozen=True, cache_hash=True):
    """The artifact that a source makes of the files below a directory.

    `kind` is that of the source, and `ignore` its own patterns.
    """

    root: Segments = ()
    kind: str = "GitRepository"
    ignore: str = ""


class Ignored:
    """The patterns of artifacts of a tree, found out when they are asked for."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._in_file: dict[tuple[Segments, str], list[Pattern]] = {}
        self._known: dict[tuple[Artifact, Segments], Patterns] = {}

    def excluding(self, artifact: Artifact, path: Segments) -> Pattern | None:
        """Return the pattern that leaves a file of the repository out of an artifact."""
        pattern = self._patterns(artifact, path[:-1]).excluding(path[len(artifact.root) :])
        if pattern and pattern.is_usual and self._are_elsewhere(artifact):
            return None
        return pattern

    def left_out(self, artifact: Artifact, paths: Collection[str]) -> dict[str, Pattern] | None:
        """Return those of the files of an artifact that it lacks, each with the pattern.

        `paths` are all files below its root. None where it has more patterns than are followed.
        """
        root = len(artifact.root)
        written = self._written(artifact, paths)
        if _are_too_many(written):
            return None
        known = Patterns([*usual_patterns(alone=not written), *written])
        names = {name for path in paths for name in path.split("/")[root:]}
        suspects = set(filter(known.may_match, names))
        left_out: dict[str, Pattern] = {}
        for path in paths if suspects else ():
            segments = tuple(path.split("/"))
            if suspects.isdisjoint(segments):
                continue
            pattern = self._patterns(artifact, segments[:-1]).excluding(segments[root:])
            if pattern and not (pattern.is_usual and written):
                left_out[path] = pattern
        return left_out

    def effort(self, artifact: Artifact, paths: Collection[str]) -> int:
        """Return the most comparisons of a character that `left_out` may make."""
        written = self._written(artifact, paths)
        characters = 0 if _are_too_many(written) else sum(len(item.text) for item in written)
        return characters * sum(map(len, paths)) if characters else 0

    def _written(self, artifact: Artifact, paths: Iterable[str]) -> list[Pattern]:
        """Return all patterns that somebody wrote for an artifact."""
        root = len(artifact.root)
        places = sorted(path for path in paths if path.endswith(FILE) and base_name(path) == FILE)
        directories = (tuple(path.split("/")[:-1]) for path in places)
        if artifact.kind == "Bucket":
            directories = (directory for directory in directories if len(directory) == root)
        files = [item for directory in directories for item in self._of(directory, artifact)]
        return [*files, *read_patterns(artifact.ignore)]

    def _patterns(self, artifact: Artifact, directory: Segments) -> Patterns:
        """Return the patterns that may match files of a directory.

        Most directories have those of the nearest one above that has a file of patterns.
        """
        key = artifact, directory
        if key not in self._known:
            end, root = len(directory), len(artifact.root)
            while end > root and (
                artifact.kind == "Bucket" or not self._of(directory[:end], artifact)
            ):
                end -= 1
            nearest = artifact, directory[:end]
            if nearest not in self._known:
                self._known[nearest] = Patterns(self._chain(artifact, directory[:end]))
            self._known[key] = self._known[nearest]
        return self._known[key]

    def _chain(self, artifact: Artifact, directory: Segments) -> list[Pattern]:
        """Return the patterns of a directory and of those above, the strongest last.

        A Bucket has one file of patterns and none of Flux's own.
        """
        root = len(artifact.root)
        ends = range(root, len(directory) + 1)
        written = [item for end in ends for item in self._of(directory[:end], artifact)]
        written += read_patterns(artifact.ignore)
        if _are_too_many(written):
            return []
        if artifact.kind == "Bucket":
            return written
        return [*usual_patterns(alone=not written), *written]

    def _are_elsewhere(self, artifact: Artifact) -> bool:
        """Tell whether any directory has patterns, which is enough to take Flux's own away."""
        return bool(self._written(artifact, self.tree.paths("/".join(artifact.root))))

    def _of(self, directory: Segments, artifact: Artifact) -> list[Pattern]:
        path = "/".join((*directory, FILE))
        key = artifact.root, path
        if key not in self._in_file:
            domain = directory[len(artifact.root) :]
            self._in_file[key] = read_patterns(self._text(path), domain, path)
        return self._in_file[key]

    def _text(self, path: str) -> str:
        try:
            is_there = self.tree.holds(path, b"") is not None
            return self.tree.read(path).decode(errors="replace") if is_there else ""
        except ReadError:
            return ""


def _are_too_many(patterns: Iterable[Pattern]) -> bool:
    return sum(len(pattern.text) for pattern in patterns) > MOST_CHARACTERS

"""The index and a revision as trees."""

import os
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from kure_hooks.errors import MissingError, ReadError, UsageError
from kure_hooks.files.paths import base_name
from kure_hooks.files.tree import MAX_FILE
from kure_hooks.process import ProgramError
from kure_hooks.repository.attributes import (
    FILE_NAME,
    Attributes,
    conversion_error,
    mentions,
)
from kure_hooks.repository.elsewhere import converts_elsewhere
from kure_hooks.repository.git import git
from kure_hooks.repository.partial import INDEX, promised
from kure_hooks.repository.snapshot import LINK, SUBMODULE, Entry, Snapshot, Staged, staged

_COMMIT = re.compile(r"(?:[0-9a-f]{40}|[0-9a-f]{64})\n")
_SHOWN_PATHS = 10


class _Recorded(ABC):
    """The methods of a `Tree` over the files that git has recorded, read at the first question."""

    root: Path

    @property
    @abstractmethod
    def _files(self) -> Snapshot: ...

    @property
    @abstractmethod
    def _attributes(self) -> Attributes: ...

    def paths(self, under: str = "") -> Sequence[str]:
        """See Tree."""
        return self._files.paths(under)

    def read(self, path: str, limit: int = MAX_FILE) -> bytes:
        """See Tree."""
        if path in self._files.entries and (found := self.conversions([path])):
            raise conversion_error(path, found[path])
        return self._files.read(path, limit)

    def holds(self, path: str, data: bytes) -> bool | None:
        """See Tree."""
        return self._files.holds(path, data)

    def link(self, path: str) -> str | None:
        """See Tree."""
        return self._files.link(path)

    def conversions(self, paths: Sequence[str]) -> dict[str, str]:
        """Return the attribute that converts each path; see Attributes."""
        return self._attributes.conversions(paths) if self._may_convert else {}

    @cached_property
    def _may_convert(self) -> bool:
        """Tell whether git has to be asked for attributes at all."""
        paths = (path for path, _ in self._attribute_files)
        return any(map(self._mentions, paths)) or converts_elsewhere(self.root)

    def _mentions(self, path: str) -> bool:
        try:
            return mentions(self._files.content(path))
        except ReadError:  # It is too long.
            return True

    @cached_property
    def _attribute_files(self) -> tuple[tuple[str, Entry], ...]:
        entries = self._files.entries.items()
        return tuple(
            (path, entry)
            for path, entry in entries
            if path.endswith(FILE_NAME) and base_name(path) == FILE_NAME and entry.mode != LINK
        )


@dataclass(frozen=True)
class IndexTree(_Recorded):
    """The next commit of the repository at `root`, as the index has it; a `Tree`.

    It is read once, at the first question. Each method can raise UsageError, when paths are in
    conflict or there is no repository, and ToolError. With `fetches` a partial clone fetches the
    contents that it lacks, else they are a ToolError.
    """

    root: Path
    fetches: bool = False

    def __reduce__(self) -> tuple[type["IndexTree"], tuple[Path, bool]]:
        return IndexTree, (self.root, self.fetches)

    @cached_property
    def staged(self) -> Staged:
        """All that the index says."""
        return staged(self.root)

    def read(self, path: str, limit: int = MAX_FILE) -> bytes:
        """See Tree; the error about a missing file tells where else it is."""
        try:
            return super().read(path, limit)
        except MissingError as error:
            is_deleted = path in self._deleted
            is_loose = not is_deleted and (self.root / path).is_file()
            raise MissingError(
                path, error.version, is_deleted=is_deleted, is_loose=is_loose
            ) from error

    @cached_property
    def _deleted(self) -> frozenset[str]:
        """The paths whose deletion is staged; none before the first commit."""
        arguments = ("diff", "--cached", "--name-only", "--no-renames", "--diff-filter=D", "-z")
        return frozenset(os.fsdecode(git(self.root, *arguments).out).split("\0")[:-1])

    @cached_property
    def _attributes(self) -> Attributes:
        return Attributes(self.root, cached=True)

    @cached_property
    def _files(self) -> Snapshot:
        if unmerged := self.staged.unmerged:
            shown = ", ".join(sorted(unmerged)[:_SHOWN_PATHS])
            raise UsageError(
                f"{len(unmerged)} paths are in conflict ({shown}). Resolve them and git add them."
            )
        lacking = promised(self.root, INDEX, fetches=self.fetches)
        entries, submodules = self.staged.entries, self.staged.submodules
        return Snapshot(self.root, entries, "the index", submodules, lacking)


@dataclass(frozen=True)
class RevisionTree(_Recorded):
    """A commit of the repository at `root`, by any name that git knows it by; a `Tree`.

    It is read once, at the first question. Each method can raise UsageError, when the revision
    names no commit or there is no repository, and ToolError. With `fetches` a partial clone fetches
    the contents that it lacks, else they are a ToolError.
    """

    root: Path
    revision: str
    fetches: bool = False

    def __reduce__(self) -> tuple[type["RevisionTree"], tuple[Path, str, bool]]:
        return RevisionTree, (self.root, self.revision, self.fetches)

    @cached_property
    def commit(self) -> str:
        """The id of the commit, which stays the same one when the name moves on."""
        return _commit(self.root, self.revision)

    @cached_property
    def _attributes(self) -> Attributes:
        return Attributes(self.root, cached=True, files=self._attribute_files)

    @cached_property
    def _files(self) -> Snapshot:
        files, submodules = _committed(self.root, self.commit, fetches=self.fetches)
        lacking = promised(self.root, self.commit, fetches=self.fetches)
        return Snapshot(self.root, files, self.revision, submodules, lacking)

    @property
    def entries(self) -> Mapping[str, Entry]:
        """Mode and blob of every file, by path; submodules are left out."""
        return self._files.entries


def merge_base(root: Path, one: str, other: str) -> str:
    """Return the id of the commit where two revisions parted.

    Raises UsageError when they have none in common, as in a clone that is too shallow, and as
    RevisionTree does.
    """
    commits = _commit(root, one), _commit(root, other)
    found = git(root, "merge-base", *commits, ok=(0, 1)).out.decode().split("\n")[0]
    if not found:
        raise UsageError(
            f"{one} and {other} have no commit in common. In a shallow clone fetch more of them, "
            "all by `git fetch --unshallow`."
        )
    return found


@lru_cache(maxsize=2)
def _committed(
    root: Path, commit: str, *, fetches: bool
) -> tuple[Mapping[str, Entry], frozenset[str]]:
    """Return the files of a commit, and its submodules.

    Several trees are of the same commit, by whatever name it is asked for: it is listed once.
    """
    files: dict[str, Entry] = {}
    submodules: set[str] = set()
    listing = os.fsdecode(git(root, "ls-tree", "-r", "-z", commit, network=fetches).out)
    for record in listing.split("\0")[:-1]:
        facts, _, path = record.partition("\t")
        mode = facts[:6]
        if mode == SUBMODULE:
            submodules.add(path)
        else:
            files[path] = Entry(mode, facts[facts.rindex(" ") + 1 :])
    return files, frozenset(submodules)


def _commit(root: Path, revision: str) -> str:
    if revision.startswith("-") or not revision.isprintable():
        raise UsageError(
            f"{revision!r} can't be the name of a revision. Name a branch, tag or commit."
        )
    try:
        found = git(root, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}", ok=(0, 1))
    except ProgramError as error:
        raise _unknown(revision) from error
    commit = found.out.decode()
    if not _COMMIT.fullmatch(commit):
        raise _unknown(revision)
    return commit.removesuffix("\n")


def _unknown(revision: str) -> UsageError:
    if revision == "HEAD":
        return UsageError(
            "HEAD names no commit, since the repository has none yet. Commit something first."
        )
    return UsageError(
        f"{revision!r} names no commit of this repository. Correct it, or fetch it where "
        "the clone is shallow."
    )

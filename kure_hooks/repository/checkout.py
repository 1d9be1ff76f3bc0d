"""The work tree of a git repository, as far as git looks at it."""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from kure_hooks.errors import ReadError
from kure_hooks.files.paths import ancestors, is_below, parent
from kure_hooks.files.tree import MAX_FILE, WorkTree
from kure_hooks.repository.attributes import (
    FILE_NAME,
    Attributes,
    conversion_error,
    mentions,
)
from kure_hooks.repository.elsewhere import converts_elsewhere
from kure_hooks.repository.index import SKIP_WORKTREE, Staged, staged
from kure_hooks.repository.nesting import nested_repository, refuse_submodule
from kure_hooks.repository.partial import INDEX, promised
from kure_hooks.repository.root import find_root, is_top
from kure_hooks.repository.snapshot import Snapshot
from kure_hooks.repository.sparse import Patterns, sparse_patterns

OUTSIDE = "outside of the sparse checkout"


@dataclass(frozen=True)
class CheckoutTree(WorkTree):
    """The work tree at `root`; a `Tree`.

    Files that git was told not to look at there, because they are outside of the sparse checkout or
    marked as skip-worktree or assume-unchanged, are those of the index, as they are for git.
    `known` is what the index is known to say; without it the index is read at the first question.
    Each method can raise UsageError when there is no repository, ToolError, and NestedError, a
    ReadError, for what belongs to another repository.
    """

    known: Staged | None = field(default=None, repr=False, compare=False)

    def __reduce__(self) -> tuple[type["CheckoutTree"], tuple[object, ...]]:
        unwatched = self.staged.unwatched
        entries = {
            path: entry
            for path, entry in self.staged.entries.items()
            if path in unwatched or path.endswith(FILE_NAME)
        }
        return CheckoutTree, (self.root, self.staged._replace(entries=entries))

    @cached_property
    def staged(self) -> Staged:
        """All that the index says."""
        return self.known or staged(self.root)

    @cached_property
    def _unwatched(self) -> Snapshot:
        entries = {path: self.staged.entries[path] for path in self.staged.unwatched}
        lacking = promised(self.root, INDEX, fetches=True)
        return Snapshot(self.root, entries, "the index", promised=lacking)

    @cached_property
    def _sparse(self) -> Patterns | None:
        return sparse_patterns(self.root)

    def paths(self, under: str = "") -> Sequence[str]:
        """See Tree."""
        refuse_submodule(under, self.staged.submodules)
        present = super().paths(under)
        others = {*self._unwatched.paths(under), *self._submodules(under)}
        return sorted({*present, *others}) if others else present

    def read(self, path: str, limit: int = MAX_FILE) -> bytes:
        """See Tree."""
        asked = self._may_convert or bool(self._untracked_attributes)
        if asked:
            self._refuse_converted(path)
        watched = path not in self.staged.unwatched
        data = super().read(path, limit) if watched else self._unwatched.read(path, limit)
        if not asked and self._untracked_attributes:
            self._refuse_converted(path)
        return data

    def holds(self, path: str, data: bytes) -> bool | None:
        """See Tree."""
        if path in self.staged.unwatched:
            return self._unwatched.holds(path, data)
        return super().holds(path, data)

    def link(self, path: str) -> str | None:
        """See Tree."""
        if path in self.staged.unwatched:
            return self._unwatched.link(path)
        return super().link(path)

    def conversions(self, paths: Sequence[str]) -> dict[str, str]:
        """Return the attribute that converts each path; see Attributes."""
        if not self._may_convert:
            for directory in {parent(path) for path in paths}:
                with suppress(OSError):
                    self._check_way(f"{directory}/{FILE_NAME}" if directory else FILE_NAME)
            if not self._untracked_attributes:
                return {}
        self._obtain_attributes(paths)
        return self._attributes.conversions(paths)

    def barrier(self, path: str) -> str:
        """Return why nothing is to be written or removed at a path, or an empty text.

        The answer completes the sentence `<path> is ...`. Outside of a sparse checkout that holds
        for files that git doesn't know yet, too, unless one is there.
        """
        flag = self.staged.unwatched.get(path)
        if flag == SKIP_WORKTREE and self._sparse:
            return OUTSIDE
        if flag:
            return f"marked as {flag}"
        if path in self.staged.entries or not self._sparse or self._sparse.include(path):
            return ""
        return "" if os.path.lexists(self._full(path)) else OUTSIDE

    @cached_property
    def _attributes(self) -> Attributes:
        return Attributes(self.root)

    @cached_property
    def _may_convert(self) -> bool:
        """Tell whether anything but untracked attributes on the way to a file may convert it."""
        tracked = [path for path in self.staged.entries if path.endswith(FILE_NAME)]
        if any(map(self._mentions, (*tracked, FILE_NAME))):
            return True
        top = (find_root(self.root) or self.root).resolve()
        above = (each for each in self.root.resolve().parents if each.is_relative_to(top))
        return any((each / FILE_NAME).exists() for each in above) or converts_elsewhere(self.root)

    @cached_property
    def _untracked_attributes(self) -> set[str]:
        """The untracked .gitattributes met so far that may convert files."""
        return set()

    def _obtain_attributes(self, paths: Sequence[str]) -> None:
        """Have a partial clone fetch the .gitattributes that git will read from the index."""
        if self._unwatched.promised:
            directories = {directory for path in paths for directory in ("", *ancestors(path))}
            for path in self._unwatched.entries:
                if path.endswith(FILE_NAME) and parent(path) in directories:
                    self._unwatched.content(path)

    def _mentions(self, path: str) -> bool:
        """Tell whether a .gitattributes may convert files; without one, git reads the index's."""
        try:
            return path in self.staged.unwatched or mentions(super().read(path))
        except ReadError:
            return path in self.staged.entries or os.path.lexists(self._full(path))

    def _refuse_converted(self, path: str) -> None:
        with suppress(OSError):
            self._check_way(path)
        if (found := self.conversions([path])) and self.holds(path, b"") is not None:
            raise conversion_error(path, found[path])

    def _submodules(self, under: str) -> Iterator[str]:
        return (f"{path}/" for path in self.staged.submodules if is_below(path, under))

    def _check_way(self, path: str) -> None:
        if self.staged.submodules:
            refuse_submodule(path, self.staged.submodules)
        super()._check_way(path)

    def _enter(self, directory: str, path: str) -> None:
        if not self._is_entered(directory):
            raise nested_repository(path, directory)
        super()._enter(directory, path)
        attributes = f"{directory}/{FILE_NAME}"
        untracked = attributes not in self.staged.entries
        if untracked and os.path.lexists(self._full(attributes)) and self._mentions(attributes):
            self._untracked_attributes.add(attributes)

    def _is_entered(self, directory: str) -> bool:
        if directory in self.staged.submodules:
            return False
        full = self._full(directory)
        return not (os.path.lexists(f"{full}/.git") and is_top(Path(full)))

"""The work tree of a git repository, as far as git looks at it: all of it, or a sparse checkout."""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

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
from kure_hooks.repository.git import git
from kure_hooks.repository.partial import INDEX, promised
from kure_hooks.repository.root import find_root, git_directory, is_top
from kure_hooks.repository.snapshot import (
    SKIP_WORKTREE,
    Snapshot,
    Staged,
    nested_repository,
    refuse_submodule,
    staged,
)

_TOKEN = re.compile(r"^\*\*/|/\*\*/|/\*\*$|\*+|\?|\[[!^]?\]?[^]]{0,255}+\]|\\.|.", re.DOTALL)
_MEANING = {"**/": "(?:.*/)?", "/**/": "/(?:.*/)?", "/**": "/.*", "?": "[^/]"}


class _Rule(NamedTuple):
    pattern: re.Pattern[str]
    included: bool
    directories_only: bool


class Patterns(Struct, frozen=True):
    """The patterns of `info/sparse-checkout`, those of the cone mode included.

    They are those of gitignore(5), and tell what is there instead of what is ignored. Unlike there,
    a path may differ from its directory (git-sparse-checkout(1) of git 2.39, "Internals").
    `below` is the directory that paths are seen from, as the patterns see it.
    """

    rules: tuple[_Rule, ...]
    below: str = ""

    def include(self, path: str) -> bool:
        """Tell whether a file at the path is in the work tree: the last rule that matches decides.

        Where none does, it is the directory that decides.
        """
        seen = f"{self.below}/{path}" if self.below else path
        for step in (seen, *reversed(ancestors(seen))):
            for rule in reversed(self.rules):
                if rule.directories_only and step is seen:
                    continue
                if rule.pattern.fullmatch(step):
                    return rule.included
        return False


def sparse_patterns(root: Path) -> Patterns | None:
    """Return the patterns of a work tree, None when it isn't sparse.

    Git is asked only where there are patterns. Raises as `git` does.
    """
    top = find_root(root)
    directory = git_directory(top) if top else None
    if top is None or directory is None:
        return None
    try:
        text = (directory / "info/sparse-checkout").read_text(errors="surrogateescape")
    except OSError:
        return None
    asked = ("config", "--type=bool", "--get", "core.sparseCheckout")
    if git(root, *asked, ok=(0, 1)).out != b"true\n":
        return None
    below = root.resolve().relative_to(top.resolve()).as_posix()
    return Patterns(tuple(_rules(text)), below.removeprefix("."))


def _rules(text: str) -> Iterator[_Rule]:
    for line in text.split("\n"):
        pattern = line.rstrip(" \r")
        if pattern.endswith("\\"):  # which keeps the blank behind it
            pattern = line[: len(pattern) + 1]
        if not pattern or pattern.startswith("#"):
            continue
        included = not pattern.startswith("!")
        pattern = pattern.removeprefix("!")
        path = pattern.removesuffix("/")
        anywhere = "" if "/" in path else "(?:.*/)?"
        expression = "".join(map(_expression, _TOKEN.findall(path.removeprefix("/"))))
        yield _Rule(re.compile(anywhere + expression, re.DOTALL), included, path != pattern)


def _expression(token: str) -> str:
    if token in _MEANING:
        return _MEANING[token]
    if token.startswith("*"):
        return "[^/]*"
    if token.startswith("[") and len(token) > 1:
        negated = token[1] in "!^"
        members = re.escape(token[1 + negated : -1]).replace("\\-", "-")
        return f"[^/{members}]" if negated else f"(?!/)[{members}]"
    return re.escape(token[-1] if token.startswith("\\") else token)


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

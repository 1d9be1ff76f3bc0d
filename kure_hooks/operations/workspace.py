"""The workspace of a command: a repository, one version of it, and its settings."""

import os
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from kure_hooks import config, stages
from kure_hooks.config import Settings
from kure_hooks.errors import UsageError
from kure_hooks.files.paths import join_relative
from kure_hooks.files.tree import Tree, WorkTree
from kure_hooks.operations.runner import Runner
from kure_hooks.repository import CheckoutTree, IndexTree, RevisionTree, find_root
from kure_hooks.repository.git import git

if TYPE_CHECKING:  # few runs are given an executor
    from kure_hooks.operations.executors import Jobs
    from kure_hooks.operations.shards import Shard

Progress = Callable[[int, int], None]
"""Is told how many stacks of how many are generated."""

Observer = Callable[[Any], None]
"""Is told what a run has generated, which is a `Fleet`."""


class PlannedMerge(Struct, frozen=True):
    """A merge of HEAD and another revision that nobody has made yet, and its conflicts."""

    other: str
    conflicts: frozenset[str]


class Workspace(Struct, frozen=True, dict=True):
    """A repository as a command sees it.

    `source` is `worktree`, `index` or a revision; `git` tells whether there is a git repository;
    `jobs` says who does the work; `below` is the root as seen from the top of
    the git work tree, empty for the top itself. `start` is where the paths of the command line are
    seen from: the root if it was given, else the current directory. `progress` is told of the
    stacks that are done, `observer` of the fleet that they make. `settings_file` is the path of the
    settings in the repository, whether or not there is such a file; empty for settings from
    elsewhere. `config` is the settings file that was given. `reader` is the directory of the person
    who reads what is printed, `runner` the runner of hooks that started the command. Of a `shard`,
    its part of the clusters alone is looked at. `merge` is the merge that `source` is the result
    of.
    """

    root: Path
    source: str
    tree: Tree
    settings: Settings
    git: bool
    jobs: "Jobs" = 0
    below: str = ""
    start: Path = Path()
    progress: Progress | None = None
    observer: Observer | None = None
    settings_file: str = config.FILE_NAME
    config: Path | None = None
    reader: Path | None = None
    runner: Runner | None = None
    shard: "Shard | None" = None
    merge: PlannedMerge | None = None

    @cached_property
    def present(self) -> WorkTree:
        """The files on disk; with git, as far as git looks at them."""
        if isinstance(self.tree, WorkTree):
            return self.tree
        known = self.tree.staged if isinstance(self.tree, IndexTree) else None
        return CheckoutTree(self.root, known) if self.git else WorkTree(self.root)

    @cached_property
    def origin(self) -> str:
        """The URL of the repository at its host, empty where git knows none."""
        if not self.git:
            return ""
        asked = git(self.root, "config", "--get", "remote.origin.url", ok=(0, 1))
        return asked.out.decode(errors="replace").strip()

    def named(self, paths: Sequence[str]) -> list[str]:
        """Return paths as the repository names them; they are given as seen from `start`.

        Raises UsageError for one outside of the repository.
        """
        base = self.start.relative_to(self.root).as_posix().removeprefix(".")
        found = {path: join_relative(base, path) for path in paths}
        for path, inside in found.items():
            if inside is None:
                raise UsageError(
                    f"{path} is outside of {self.root.name}, the repository. Name a path inside it."
                )
        return [inside for inside in found.values() if inside is not None]

    def seen(self, path: str) -> str:
        """Return a path of the repository as its reader sees it: by default from git's top."""
        if self.reader is not None:
            return os.path.relpath(self.root / path, self.reader)
        return f"{self.below}/{path}" if self.below else path


def open_workspace(
    root: Path | None = None,
    settings: Path | None = None,
    source: str = "worktree",
    jobs: "Jobs" = 0,
    progress: Progress | None = None,
) -> Workspace:
    """Return the workspace around a directory, by default the current one.

    Without `root` it is the nearest directory above that has a settings file, no higher than the
    top of the git work tree; without such a file that top, or the directory itself.
    """
    start = _start(root)
    top = find_root(start)
    base = start if root is not None else _with_settings(start, top) or top or start
    if top is None and source != "worktree":
        raise UsageError(
            f"--source {source} needs a git repository, and {base} is in none. Run it in one."
        )
    if top is not None and source != "worktree" and base != top:
        raise UsageError(
            f"--source {source} needs the top of the repository. Name it with --root {top}."
        )
    stages.enter("reading the settings")
    tree = _tree(base, source, git=top is not None)
    below = base.relative_to(top).as_posix() if top is not None and base != top else ""
    chosen = config.load(tree, settings)
    return Workspace(
        root=base,
        source=source,
        tree=tree,
        settings=chosen,
        git=top is not None,
        jobs=jobs,
        below=below,
        start=start,
        progress=progress,
        config=settings,
        settings_file=_settings_file(base, settings),
    )


def _start(root: Path | None) -> Path:
    """Return the directory to start from as a real path; raises UsageError where there is none."""
    if root is not None and not root.is_dir():
        raise UsageError(f"--root {root} is no directory. Name one.")
    try:
        return (root or Path.cwd()).resolve()
    except FileNotFoundError:
        problem = "The working directory was removed. Change to one that is there."
        raise UsageError(problem) from None


def _settings_file(root: Path, given: Path | None) -> str:
    if given is None:
        return config.FILE_NAME
    path = given.resolve()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else ""


def _with_settings(start: Path, top: Path | None) -> Path | None:
    for directory in (start, *start.parents):
        if (directory / config.FILE_NAME).is_file():
            return directory
        if directory == top:
            break
    return None


def _tree(root: Path, source: str, *, git: bool) -> Tree:
    if source == "worktree":
        return CheckoutTree(root) if git else WorkTree(root)
    if source == "index":
        return IndexTree(root, fetches=True)
    return RevisionTree(root, source, fetches=True)

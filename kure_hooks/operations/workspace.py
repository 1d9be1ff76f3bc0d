"""What every command works on: a repository, one version of it, and its settings."""

from dataclasses import dataclass
from pathlib import Path

from kure_hooks import config
from kure_hooks.config import Settings
from kure_hooks.errors import UsageError
from kure_hooks.files.tree import Tree, WorkTree
from kure_hooks.repository import IndexTree, RevisionTree, find_root


@dataclass(frozen=True)
class Workspace:
    """A repository as a command sees it.

    `source` is `worktree`, `index` or a revision; `git` tells whether there is a git repository;
    `jobs` is the number of processes, 0 for one a core.
    """

    root: Path
    source: str
    tree: Tree
    settings: Settings
    git: bool
    jobs: int = 0


def open_workspace(
    root: Path | None = None,
    settings: Path | None = None,
    source: str = "worktree",
    jobs: int = 0,
) -> Workspace:
    """Return the workspace around a directory, by default the current one.

    Without `root` it is the top of the git work tree, or the nearest directory that has a settings
    file, or the current directory.
    """
    if root is not None and not root.is_dir():
        raise UsageError(f"--root {root} is no directory")
    start = (root or Path.cwd()).resolve()
    top = find_root(start)
    base = start if root is not None else top or _with_settings(start)
    if top is None and source != "worktree":
        raise UsageError(f"--source {source} needs a git repository; {base} is in none")
    if top is not None and source != "worktree" and base != top:
        raise UsageError(f"--source {source} needs the top of the repository as root: {top}")
    tree = _tree(base, source)
    return Workspace(base, source, tree, config.load(tree, settings), top is not None, jobs)


def _with_settings(start: Path) -> Path:
    found = (each for each in (start, *start.parents) if (each / config.FILE_NAME).is_file())
    return next(found, start)


def _tree(root: Path, source: str) -> Tree:
    if source == "worktree":
        return WorkTree(root)
    return IndexTree(root) if source == "index" else RevisionTree(root, source)

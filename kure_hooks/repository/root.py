"""The root of a repository."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


def find_root(start: Path) -> Path | None:
    """Return the top of the git work tree that holds the directory `start`, or None.

    Found without git, so that commands start fast: the directory named by GIT_WORK_TREE when it
    holds `start`, else the nearest one with `.git` in it. A bare repository has no work tree.
    """
    here = start.resolve()
    if (named := os.environ.get("GIT_WORK_TREE")) and here.is_relative_to(Path(named).resolve()):
        return Path(named).resolve()
    return next((top for top in (here, *here.parents) if is_top(top)), None)


def git_directory(top: Path) -> Path | None:
    """Return git's own directory of the work tree at `top`, found without git; None without one.

    In a linked work tree and in a submodule that is a directory of the main work tree's own.
    """
    if (named := os.environ.get("GIT_DIR")) and find_root(Path.cwd()) == top:
        return Path(named).resolve()
    entry = top / ".git"
    if not entry.is_file():
        return entry if entry.is_dir() else None
    _, _, named = entry.read_text(errors="surrogateescape").partition("gitdir: ")
    return (top / named.partition("\0")[0].rstrip("\n")).resolve()


def common_directory(directory: Path) -> Path:
    """Return the part of git's own directory that all work trees of a repository share."""
    try:
        named = (directory / "commondir").read_text(errors="surrogateescape")
    except OSError:
        return directory
    return (directory / named.rstrip("\n")).resolve()


def checkouts(directory: Path) -> tuple[Path, ...]:
    """Return the directories that hold what a pull request may have brought along.

    These are the work tree around `directory` and all others of its repository: the main one, the
    linked ones and the one that a submodule is part of. Without git it is the directory itself.
    """
    top = find_root(directory)
    own = git_directory(top) if top else None
    if top is None or own is None:
        return (top or directory.resolve(),)
    common = common_directory(own)
    around = [each.parent for each in (common, *common.parents) if each.name == ".git"]
    return tuple(dict.fromkeys((top, *around, *_linked(common))))


def _linked(common: Path) -> Iterator[Path]:
    for entry in sorted(common.glob("worktrees/*/gitdir")):
        with suppress(OSError):
            yield Path(entry.read_text(errors="surrogateescape").rstrip("\n")).parent


def is_top(directory: Path) -> bool:
    """Tell whether a directory is the top of a work tree, of this repository or another one."""
    entry = directory / ".git"
    return entry.is_file() or os.path.lexists(entry / "HEAD")

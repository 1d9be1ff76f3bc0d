"""Where a repository is."""

import os
from pathlib import Path


def find_root(start: Path) -> Path | None:
    """Return the top of the git work tree that holds the directory `start`, or None.

    Found without git, so that commands start fast: the directory named by GIT_WORK_TREE when it
    holds `start`, else the nearest one with `.git` in it. A bare repository has no work tree.
    """
    here = start.resolve()
    if (named := os.environ.get("GIT_WORK_TREE")) and here.is_relative_to(Path(named).resolve()):
        return Path(named).resolve()
    return next((top for top in (here, *here.parents) if _is_top(top)), None)


def _is_top(directory: Path) -> bool:
    entry = directory / ".git"
    return entry.is_file() or os.path.lexists(entry / "HEAD")

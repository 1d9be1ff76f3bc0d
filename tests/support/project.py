"""This project as a repository of hooks, the way pre-commit and prek clone it."""

import shutil
from pathlib import Path

from tests.support.git import commit_all, make_repository

_ROOT = Path(__file__).parents[2]
# What an installation needs, with the lock of the action.
_FILES = (".pre-commit-hooks.yaml", "pyproject.toml", "hatch_build.py", "README.md", "LICENSE")


def repository_of_hooks(path: Path) -> Path:
    """Make a repository at a path with what is in the work tree now; returns the path."""
    make_repository(path)
    for name in _FILES:
        shutil.copy(_ROOT / name, path / name)
    cached = shutil.ignore_patterns("__pycache__")
    shutil.copytree(_ROOT / "action", path / "action")
    shutil.copytree(_ROOT / "kure_hooks", path / "kure_hooks", ignore=cached)
    commit_all(path, "The release")
    return path

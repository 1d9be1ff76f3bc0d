"""Real git repositories, whatever the settings of the person who runs the tests."""

import os
import subprocess
from pathlib import Path

import pytest

_WHO = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (
        ("NAME", "Test"),
        ("EMAIL", "test@example.com"),
        ("DATE", "2026-01-01T12:00:00Z"),
    )
}
_ALONE = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


def environment() -> dict[str, str]:
    """Return the environment with a fixed identity, no settings and no other GIT_* variable."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return kept | _ALONE | _WHO


def isolate(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """Let the test's own process, and what it starts, see git as `git` here does."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    for name, value in {**_ALONE, **_WHO, "HOME": str(home)}.items():
        monkeypatch.setenv(name, value)


def git(path: Path, *args: str, stdin: bytes = b"") -> str:
    """Run git in `path` and return what it prints; fails the test when git does."""
    done = subprocess.run(
        ["git", *args], cwd=path, env=environment(), input=stdin, capture_output=True, check=False
    )
    assert done.returncode == 0, f"git {' '.join(args)}: {os.fsdecode(done.stderr)}"
    return os.fsdecode(done.stdout)


def make_repository(path: Path, *options: str) -> Path:
    """Make an empty repository with a branch `main`, whose settings come from nowhere else."""
    path.mkdir(parents=True, exist_ok=True)
    git(path, "init", "--quiet", "--initial-branch=main", *options)
    return path


def commit_all(path: Path, message: str) -> None:
    """Commit everything in the work tree, also when nothing changed."""
    git(path, "add", "--all")
    git(path, "commit", "--quiet", "--allow-empty", "--message", message)


def write(path: Path, files: dict[str, str | bytes]) -> None:
    """Write files below a directory."""
    for name, content in files.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())

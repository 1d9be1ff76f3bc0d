"""The repository that a page's blocks work in, with the programs and settings of a reader."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.git import commit_all, environment, make_repository

ROOT = Path(__file__).parents[2]
# What differs from one run to the next, and what a page shows in its place.
_VARYING = (
    (re.compile(r"proved in [0-9.]+ s"), "proved in 0.1 s"),
    (re.compile(r"^(\[\w+(?: \(root-commit\))?) [0-9a-f]{7,}\]", re.MULTILINE), r"\1 1a2b3c4]"),
    (re.compile(r"edited by hand in [0-9a-f]{7,}"), "edited by hand in 1a2b3c4"),
    (re.compile(r"git cat-file blob [0-9a-f]{40}"), f"git cat-file blob {'1a2b3c4d' * 5}"),
)


class World:
    """A repository beside a home directory of its own, and the programs of this checkout.

    Git gets `hooks` for the address of this project, so that what is installed from there is this.
    """

    def __init__(self, path: Path, hooks: Path) -> None:
        """Begin with an empty repository below `path`."""
        self.root = path
        self._home = path / "home"
        self._home.mkdir(parents=True)
        address = "https://github.com/kure-hooks/kure-hooks"
        (self._home / ".gitconfig").write_text(f'[url "{hooks}"]\n  insteadOf = {address}\n')
        self.repository = path / "fleet"
        self.begin("empty")

    def begin(self, kind: str) -> None:
        """Put the repository away, and begin with a new one of this kind."""
        shutil.rmtree(self.repository, ignore_errors=True)
        if kind != "empty":
            shutil.copytree(_source(kind), self.repository)
        make_repository(self.repository)
        if kind != "empty":
            commit_all(self.repository, "The example")

    def run(self, commands: str) -> tuple[int, str]:
        """Return the exit code of shell commands and what they print."""
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", commands],
            cwd=self.repository,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        output = done.stdout
        for pattern, shown in _VARYING:
            output = pattern.sub(shown, output)
        return done.returncode, "".join(f"{line.rstrip()}\n" for line in output.splitlines())

    def write(self, path: str, text: str) -> None:
        """Write a file of the repository."""
        file = self.repository / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def _environment(self) -> dict[str, str]:
        # pre-commit drops GIT_CONFIG_GLOBAL, so the settings are those of the home directory.
        kept = {name: value for name, value in environment().items() if name != "GIT_CONFIG_GLOBAL"}
        beside = (self._programs(), Path(sys.executable).parent, ROOT / ".tools/bin")
        path = os.pathsep.join([*map(str, beside), os.environ.get("PATH", os.defpath)])
        own = {
            "HOME": str(self._home),
            "XDG_CACHE_HOME": str(self._home / ".cache"),
            "PATH": path,
            "PRE_COMMIT_COLOR": "never",
            "PRE_COMMIT_HOME": str(self.root.parent / "hooks-of-pages"),
            "PREK_HOME": str(self.root.parent / "prek-of-pages"),
            "NO_COLOR": "1",
            "COLUMNS": "80",
        }
        return {**kept, **own}

    def _programs(self) -> Path:
        """Return a directory with this checkout's kure-hooks."""
        directory = self.root / "bin"
        program = directory / "kure-hooks"
        if not program.exists():
            directory.mkdir()
            command = f'PYTHONPATH={ROOT} exec {sys.executable} -m kure_hooks "$@"'
            program.write_text(f"#!/bin/sh\n{command}\n")
            program.chmod(0o755)
        return directory


def _source(kind: str) -> Path:
    """Return the directory of a repository: an example, or one of those beside this module."""
    beside = Path(__file__).parent / "repositories" / kind
    return beside if beside.is_dir() else ROOT / "examples" / kind

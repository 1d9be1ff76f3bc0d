"""Finds the packages of npm that .ci/browser installs, and runs their programs on node."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

_MODULES = Path(__file__).parents[2] / ".tools" / "node_modules"


def node(*arguments: str | Path, stdin: str = "") -> str:
    """Return what node prints; fail the test when it fails, skip it where node is missing."""
    done = subprocess.run(
        [_node(), *map(str, arguments)],
        input=stdin.encode(),
        capture_output=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr.decode() or done.stdout.decode()
    return done.stdout.decode()


def server(package: str, entry: str, *arguments: str) -> Sequence[str]:
    """Return the command that starts a package's program on node, or skip the test."""
    return (_node(), str(module(package) / entry), *arguments)


def module(package: str) -> Path:
    """Return the directory of an installed package, or skip the test.

    In CI a missing package fails the test where .ci/browser could have installed it.
    """
    directory = _MODULES / package
    if not directory.is_dir():
        _missing(f"{package} is not installed; run .ci/browser (needs npm)")
    return directory


def _node() -> str:
    program = shutil.which("node")
    if not program:
        _missing("node is not installed")
    return str(program)


def _missing(reason: str) -> None:
    if os.environ.get("CI") == "true" and shutil.which("npm"):
        pytest.fail(reason)
    pytest.skip(reason)

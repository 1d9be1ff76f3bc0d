"""Finds the Go programs that some tests run."""

import os
import shutil
from pathlib import Path

import pytest

_INSTALLED = Path(__file__).parents[2] / ".tools" / "bin"


def tool(name: str) -> str:
    """Return the path of a program from .tools/bin or PATH, or skip the test.

    In CI a missing program fails the test where .ci/tools could have installed it.
    """
    path = os.pathsep.join((str(_INSTALLED), os.environ.get("PATH", os.defpath)))
    if found := shutil.which(name, path=path):
        return found
    reason = f"{name} is not installed; run .ci/tools (needs Go)"
    if os.environ.get("CI") == "true" and shutil.which("go"):
        pytest.fail(reason)
    pytest.skip(reason)

"""Finds the programs that the dependency group `test` installs."""

import os
import shutil
import sys
from pathlib import Path


def script(name):
    """Return the path of a program beside the interpreter, whatever PATH says, else from PATH."""
    beside = str(Path(sys.executable).parent)
    found = shutil.which(name, path=os.pathsep.join((beside, os.environ.get("PATH", os.defpath))))
    assert found, f"{name} is missing. Run .ci/environment test."
    return found

"""Runs pieces of Python in processes of their own: to kill them, starve them or lock them out."""

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

_ROOT = Path(__file__).parents[2]
_NOBODY = 65534


def python(*lines: str, under: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """Run the lines to their end, below the program `under` where one is given."""
    command = [*under, sys.executable, "-c", source(*lines)]
    return subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)


def start(*lines: str) -> subprocess.Popen[str]:
    """Start the lines; what they print can be read from `stdout`."""
    command = [sys.executable, "-c", source(*lines)]
    return subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True)


def as_somebody_else(directory: Path, imports: str, *lines: str) -> str:
    """Run the lines in `directory` as a user without privileges; return what they print.

    Modules are imported first, and the lines must name files from the working directory: such a
    user may not even reach the interpreter or the directories of the tests.
    """
    drop = f"""
    import os
    os.chdir({str(directory)!r})
    if os.getuid() == 0:
        os.setgroups([])
        os.setresgid({_NOBODY}, {_NOBODY}, {_NOBODY})
        os.setresuid({_NOBODY}, {_NOBODY}, {_NOBODY})
    """
    done = python(imports, drop, *lines)
    assert done.returncode == 0, done.stderr
    return done.stdout


def source(*lines: str) -> str:
    """Join blocks of lines that may be indented."""
    return "\n".join(dedent(line) for line in lines)


def environment() -> dict[str, str]:
    """Return the environment in which the package can be imported."""
    return {**os.environ, "PYTHONPATH": str(_ROOT)}

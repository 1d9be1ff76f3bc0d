"""Programs of Go that print CRDs where no module has them; each has a directory here."""

import hashlib
import os
import subprocess
from pathlib import Path

from scripts.pack_schemas.sources import Source, SourceError

_HERE = Path(__file__).parent


def directory(source: Source) -> Path:
    """Return where the program of a source lies, with its go.mod and go.sum."""
    return _HERE / source.command[0]


def digest(source: Source) -> str:
    """Return a hash that changes with the program, the versions that it pins and its command."""
    program = hashlib.sha256("\n".join(source.command).encode())
    for file in sorted(directory(source).iterdir()):
        program.update(file.read_bytes())
    return program.hexdigest()


def printed(source: Source) -> bytes:
    """Return what the program of a source prints.

    Raises:
        SourceError: the program fails.
    """
    environment = os.environ | {"GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly"}
    command = ["go", *source.command[1:]]
    done = subprocess.run(
        command, cwd=directory(source), env=environment, capture_output=True, check=False
    )
    if done.returncode:
        raise SourceError(f"{directory(source)}: {done.stderr.decode()}")
    return done.stdout

"""The kinds of kustomize, by a program of Go that reads its structs: kustomize/main.go."""

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

from scripts.pack_schemas.definitions import Schema
from scripts.pack_schemas.fetching import CACHE, SourceError

PROGRAM = Path(__file__).with_name("kustomize")


def kinds() -> dict[tuple[str, str], Schema]:
    """Return the schema of each (apiVersion, kind) of kustomize.config.k8s.io.

    Raises:
        SourceError: the program can't be built.
    """
    if not is_kept():
        CACHE.mkdir(parents=True, exist_ok=True)
        _kept().write_bytes(_printed())
    printed = json.loads(_kept().read_bytes())
    return {
        (api_version, kind): schema
        for api_version, schemas in printed.items()
        for kind, schema in schemas.items()
    }


def is_kept() -> bool:
    """Tell whether the program has run since it was changed."""
    return _kept().is_file()


def _kept() -> Path:
    program = hashlib.sha256()
    for file in sorted(PROGRAM.iterdir()):
        program.update(file.read_bytes())
    return CACHE / f"kustomize-{program.hexdigest()[:12]}.json"


def _printed() -> bytes:
    if shutil.which("go") is None:
        raise SourceError("go is not installed")
    environment = os.environ | {"GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly"}
    done = subprocess.run(
        ["go", "run", "."], cwd=PROGRAM, env=environment, capture_output=True, check=False
    )
    if done.returncode:
        raise SourceError(f"{PROGRAM}: {done.stderr.decode()}")
    return done.stdout

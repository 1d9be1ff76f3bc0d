"""The files of a source, fetched once by `go mod download` and kept in .tools/schemas."""

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import zipfile
from fnmatch import fnmatch
from pathlib import Path

from scripts.pack_schemas.sources import Source

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".tools/schemas"


class SourceError(Exception):
    """A source that could not be fetched, or one that is not what its checksum says."""


def files(source: Source) -> list[tuple[str, bytes]]:
    """Return path in the module and content of the files that a source names.

    They are ordered by the pattern that names them, then by path.

    Raises:
        SourceError: Go is not there, the module can't be had, or its checksum is another one.
    """
    kept = CACHE / f"{source.module.replace('/', '+')}@{source.version}-{_digest(source)}.zip"
    if not kept.is_file():
        _keep(source, kept)
    with zipfile.ZipFile(kept) as archive:
        ordered = {
            member: None
            for pattern in source.members
            for member in sorted(archive.namelist())
            if fnmatch(member, pattern)
        }
        return [(member, archive.read(member)) for member in ordered]


def is_kept(source: Source) -> bool:
    """Tell whether the files of a source need not be fetched."""
    name = f"{source.module.replace('/', '+')}@{source.version}-{_digest(source)}.zip"
    return (CACHE / name).is_file()


def _digest(source: Source) -> str:
    """Return a hash that changes with the checksum and with the files that are wanted."""
    return hashlib.sha256("\n".join((source.checksum, *source.members)).encode()).hexdigest()[:12]


def _keep(source: Source, kept: Path) -> None:
    """Fetch a module and keep of it the files that its source names."""
    if shutil.which("go") is None:
        raise SourceError("go is not installed")
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as work:
        module = _download(source, Path(work))
        prefix = f"{source.module}@{source.version}/"
        part = Path(work) / kept.name
        with (
            zipfile.ZipFile(module) as archive,
            zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as out,
        ):
            for member in sorted(archive.namelist()):
                path = member.removeprefix(prefix)
                if any(fnmatch(path, pattern) for pattern in source.members):
                    out.writestr(path, archive.read(member))
        part.replace(kept)


def _download(source: Source, work: Path) -> Path:
    """Return the archive of a module that has the right checksum."""
    environment = os.environ | {
        "GOTOOLCHAIN": "local",
        "GOFLAGS": "-modcacherw",  # else nobody may remove what was unpacked
        "GOMODCACHE": str(work / "modules"),
        "GOPROXY": _proxies(),
    }
    # A module that wants a newer Go is an error to Go, which fetches its archive all the same.
    printed = subprocess.run(
        ["go", "mod", "download", "-json", f"{source.module}@{source.version}"],
        cwd=work,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    about = json.loads(printed.stdout or "{}")
    if "Zip" not in about:
        raise SourceError(f"{source.module}@{source.version}: {about.get('Error', printed.stderr)}")
    if about["Sum"] != source.checksum:
        raise SourceError(f"{source.module}@{source.version} has the checksum {about['Sum']}")
    return Path(about["Zip"])


def _proxies() -> str:
    """Return the proxies of Go, with what this machine has downloaded before them."""
    command = ["go", "env", "GOMODCACHE", "GOPROXY"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    modules, proxy = printed.splitlines()
    return f"{Path(modules, 'cache/download').as_uri()},{proxy}"

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

from scripts.pack_schemas import programs
from scripts.pack_schemas.sources import Source, SourceError

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".tools/schemas"


def files(source: Source) -> list[tuple[str, bytes]]:
    """Return path in the module and content of the files that a source names.

    They are ordered by the pattern that names them, then by path. What a program prints is one
    file.

    Raises:
        SourceError: Go is not there, the module can't be had, or its checksum is another one.
    """
    if not is_kept(source):
        _keep(source)
    with zipfile.ZipFile(_kept(source)) as archive:
        ordered = {
            member: None
            for pattern in source.members or ("*",)
            for member in sorted(archive.namelist())
            if fnmatch(member, pattern)
        }
        return [(member, archive.read(member)) for member in ordered]


def is_kept(source: Source) -> bool:
    """Tell whether the files of a source need not be fetched."""
    return _kept(source).is_file()


def _kept(source: Source) -> Path:
    """Return where the files of a source are kept; another place when it is changed."""
    pinned = "\n".join((source.checksum, *source.members)).encode()
    digest = programs.digest(source) if source.command else hashlib.sha256(pinned).hexdigest()
    name = f"{source.module.replace('/', '+')}@{source.version}"
    return CACHE / f"{name}-{digest[:12]}.zip"


def _keep(source: Source) -> None:
    """Fetch a module and keep of it the files that its source names, or what is printed of it."""
    if shutil.which("go") is None:
        raise SourceError("go is not installed")
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as work:
        part = Path(work) / "part.zip"
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as kept:
            if source.command:
                kept.writestr("printed.yaml", programs.printed(source))
            else:
                _select(source, _download(source, Path(work)), kept)
        part.replace(_kept(source))


def _select(source: Source, module: Path, kept: zipfile.ZipFile) -> None:
    """Copy the files that a source names from the archive of its module."""
    prefix = f"{source.module}@{source.version}/"
    with zipfile.ZipFile(module) as archive:
        for member in sorted(archive.namelist()):
            path = member.removeprefix(prefix)
            if any(fnmatch(path, pattern) for pattern in source.members):
                kept.writestr(path, archive.read(member))


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
        module = f"{source.module}@{source.version}"
        raise SourceError(f"{module} has the checksum {about['Sum']}, not {source.checksum}")
    return Path(about["Zip"])


def _proxies() -> str:
    """Return the proxies of Go, with what this machine has downloaded before them."""
    command = ["go", "env", "GOMODCACHE", "GOPROXY"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    modules, proxy = printed.splitlines()
    return f"{Path(modules, 'cache/download').as_uri()},{proxy}"

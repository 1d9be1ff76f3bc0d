"""The identity of a run: all that decides its answer and is no file of the repository."""

import os
import sys
from hashlib import sha256

from kure_hooks import __version__

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# What the command, git, a hook's runner and a terminal are told by the environment.
_PREFIXES = ("GIT_", "KURE_HOOKS_", "LC_", "PRE_COMMIT", "PREK", "PYTHON", "XDG_")
_NAMES = (
    *("CI", "COLUMNS", "FORCE_COLOR", "GITHUB_ACTIONS", "GITLAB_CI", "HOME", "LANG", "NO_COLOR"),
    *("PATH", "TEAMCITY_VERSION", "TERM", "TF_BUILD", "TRAVIS"),
)
# Git's variables of one commit, which change nothing: the index that they name is looked into.
_OF_ONE_COMMIT = (
    *("GIT_AUTHOR_DATE", "GIT_AUTHOR_EMAIL", "GIT_AUTHOR_NAME", "GIT_EDITOR", "GIT_INDEX_FILE"),
    *("GIT_PREFIX", "GIT_REFLOG_ACTION"),
)
_INSTALLED = ("-info", ".egg-link", ".pth")

_INSTALLATION: list[str] = []


def identify(arguments: list[str], here: str, root: str) -> str:
    """Return a SHA-256, in hexadecimal digits, of a command line and of who answers it.

    `here` is the working directory, and `root` the directory that the command is about: both real
    paths, since a link may lead elsewhere tomorrow.

    Who answers is the version and the code of kure-hooks, the version of Python, and the names with
    the versions of everything that is installed beside it, plug-ins among them.
    """
    parts = [
        *("1", *arguments, "", here, root),
        *(str(os.isatty(stream)) for stream in (1, 2)),
        *(f"{name}={value}" for name, value in sorted(os.environ.items()) if _counts(name)),
        installation(),
    ]
    return _digest(parts)


def installation() -> str:
    """Return a SHA-256, in hexadecimal digits, of who answers; it is computed once."""
    if not _INSTALLATION:
        parts = [
            *(__version__, sys.version, sys.prefix, PACKAGE),
            *_code(),
            *(f"{entry}\1{name}" for entry in sys.path for name in _installed(entry)),
        ]
        _INSTALLATION.append(_digest(parts))
    return _INSTALLATION[0]


def _digest(parts: list[str]) -> str:
    return sha256("\0".join(parts).encode(errors="surrogateescape")).hexdigest()


def _counts(name: str) -> bool:
    return name in _NAMES or (name.startswith(_PREFIXES) and name not in _OF_ONE_COMMIT)


def _installed(entry: str) -> list[str]:
    """Return the names of what is installed in a directory of Python's path, with versions."""
    try:
        return sorted(name for name in os.listdir(entry) if name.endswith(_INSTALLED))
    except OSError:
        return []


def _code() -> list[str]:
    """Return what tells one state of the code from another of the same version.

    An installed package is written as a whole. In a checkout of the project each file may change.
    """
    if not os.path.exists(os.path.join(PACKAGE, os.pardir, "pyproject.toml")):
        return [_stamp(os.path.join(PACKAGE, name)) for name in ("__init__.py", "schemas")]
    return sorted(_files(PACKAGE))


def _files(directory: str) -> list[str]:
    stamps: list[str] = []
    with os.scandir(directory) as entries:
        for entry in entries:
            if entry.is_dir():
                stamps += [] if entry.name == "__pycache__" else _files(entry.path)
            else:
                stamps.append(_stamp(entry.path))
    return stamps


def _stamp(path: str) -> str:
    status = os.stat(path)
    return f"{path}\1{status.st_size}\1{status.st_mtime_ns}"

"""Attributes that git reads outside of a repository's files, looked for without running git."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from kure_hooks.process import find
from kure_hooks.repository.attributes import mentions
from kure_hooks.repository.root import checkouts, common_directory, find_root, git_directory


def converts_elsewhere(root: Path) -> bool:
    """Tell whether anything but a repository's own .gitattributes may convert files.

    That is info/attributes, the files that hold for a user and a system, and core.attributesFile: a
    setting that names one, or includes other settings, counts as if it did (gitattributes(5) and
    git-config(1) of git 2.39).
    """
    if any(map(mentions, contents(attribute_files(root)))):
        return True
    settings = (*contents(_setting_files(root)), *_settings_of_environment())
    texts = (text.lower() for text in settings)
    return any(b"attributesfile" in text or b"include" in text for text in texts)


def files(root: Path) -> tuple[Path, ...]:
    """Return every file that may say how git treats a repository, beside those of its trees.

    What settings name, or include, is not among them.
    """
    ignoring = [directory / "info/exclude" for directory in _git_directories(root)]
    return (*attribute_files(root), *_setting_files(root), *ignoring, _user_directory() / "ignore")


def attribute_files(root: Path) -> Iterator[Path]:
    """Yield the files that may give attributes to the files of a repository, beside its own."""
    for directory in _git_directories(root):
        yield directory / "info/attributes"
    yield _user_directory() / "attributes"
    yield from (directory / "gitattributes" for directory in _system_directories(root))


def _setting_files(root: Path) -> Iterator[Path]:
    for directory in _git_directories(root):
        yield from (directory / "config", directory / "config.worktree")
    if named := os.environ.get("GIT_CONFIG_GLOBAL"):
        yield Path(named)
    else:
        yield from (_user_directory() / "config", Path.home() / ".gitconfig")
    if named := os.environ.get("GIT_CONFIG_SYSTEM"):
        yield Path(named)
    yield from (directory / "gitconfig" for directory in _system_directories(root))


def _settings_of_environment() -> list[bytes]:
    """Return the settings that `git -c` and callers of git pass on by variables."""
    return [os.fsencode(os.environ[name]) for name in os.environ if name.startswith("GIT_CONFIG_")]


def _git_directories(root: Path) -> tuple[Path, ...]:
    top = find_root(root)
    directory = git_directory(top) if top else None
    return tuple({directory, common_directory(directory)}) if directory else ()


def _user_directory() -> Path:
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config", "git")


def _system_directories(root: Path) -> tuple[Path, ...]:
    """Return where a git keeps what holds for the system: /etc, or beside a git of its own."""
    program = find("git", checkouts(root))
    return (Path("/etc"), *([Path(program).resolve().parents[1] / "etc"] if program else []))


def contents(files: Iterable[Path]) -> Iterator[bytes]:
    """Yield the contents of those files that can be read."""
    for file in files:
        try:
            yield file.read_bytes()
        except OSError:
            continue

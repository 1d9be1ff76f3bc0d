"""Entries that earlier runs have kept for later ones: caches of the user, stamps of a work tree."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from kure_hooks.files.cache import CACHES, Cache, Name, user_directory
from kure_hooks.stamps import place


class Kept(Struct, frozen=True):
    """One kind of entries: the directory, what they are about, how many and of how many bytes."""

    directory: str
    about: str
    entries: int
    bytes: int


def kept(here: Path) -> list[Kept]:
    """Return what is kept for the user, and for the work tree around a directory.

    Caches that the environment turns off are left out.
    """
    found = [
        Kept(str(directory), CACHES[name], *Cache(directory).size())
        for name, directory in _directories()
    ]
    if git := place.git_directory(str(here)):
        directory = place.directory_of(git)
        sizes: list[int] = []
        for name in place.names(git):
            with suppress(FileNotFoundError):  # a run that goes on makes room for its own
                sizes.append(Path(directory, name).lstat().st_size)
        found.append(Kept(directory, "runs that found nothing to do", len(sizes), sum(sizes)))
    return found


def clear(here: Path) -> None:
    """Remove all of that; the next runs take longer, and nothing else changes."""
    for _, directory in _directories():
        Cache(directory).clear()
    if git := place.git_directory(str(here)):
        for name in place.names(git):
            place.remove(git, name)


def _directories() -> Iterator[tuple[Name, Path]]:
    for name in CACHES:
        if directory := user_directory(name):
            yield name, directory

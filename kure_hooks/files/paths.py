"""Strings that may become paths of the repository, and how paths combine."""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from os import fsencode
from typing import TypeVar

Item = TypeVar("Item")

MAX_SEGMENT = 200
MAX_PATH = 400

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_NOT_ON_WINDOWS = frozenset('<>:"|?*')
_DEVICE = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *", re.IGNORECASE)
_HARMLESS = re.compile(r"[-.\w]*", re.ASCII)
_DRIVE = re.compile(r"[A-Za-z]:")


@lru_cache(maxsize=1 << 14)
def segment_problem(name: str) -> str | None:
    """Return why `name` can't be one part of a path on every platform, or None when it can.

    The answer completes the sentence `<name> ...`. What is refused: steps and separators;
    characters that can't be seen or that Windows forbids; the names of Windows devices, also with
    an extension; git's own directory in every spelling that NTFS or HFS+ folds to it; names that a
    shell or a program reads as an option or a home directory; more than 200 bytes of UTF-8.
    """
    return _characters_problem(name) or _name_problem(name)


def path_problem(path: str) -> str | None:
    """Return why `path` can't be a repository-relative path on every platform, or None.

    The answer completes the sentence `<path> ...`.
    """
    if path.startswith("/"):
        return "is absolute, but must be relative to the repository"
    if _DRIVE.match(path):
        return "starts with a drive letter"
    if "\\" in path:
        return "holds a backslash, where / belongs"
    for name in path.split("/"):
        if problem := segment_problem(name):
            return problem if name == path else f"has a part {name!r} that {problem}"
    if (size := len(path.encode())) > MAX_PATH:
        return f"is {size} bytes long, and the limit is {MAX_PATH}"
    return None


def pattern_problem(pattern: str) -> str | None:
    """Return why no path of the repository can be meant by `pattern`, or None.

    The answer completes the sentence `<pattern> ...`.
    """
    unseen = (char for char in pattern if unicodedata.category(char) in _UNSEEN)
    if character := next(unseen, ""):
        return f"holds U+{ord(character):04X}, a character that can't be seen"
    return None


def reach_problem(path: str) -> str | None:
    """Return why no file of the repository can be opened at `path`, or None.

    This is for files that are already there, whoever named them: it refuses only what would leave
    the root or reach into git's own data.
    """
    if path.startswith("/"):
        return "is absolute, but must be relative to the repository"
    if "\0" in path:
        return "holds a NUL character"
    parts = path.split("/")
    if not {"", ".", ".."}.isdisjoint(parts):
        return "has an empty part or a step such as '..'"
    if any(map(is_git_directory, parts)):
        return "is part of git's own data"
    return None


def is_git_directory(name: str) -> bool:
    """Return whether a name on disk is that of git's own data."""
    return name.casefold() == ".git"


def collision_key(path: str) -> str:
    """Return a key that is equal for paths which some file system can't tell apart."""
    return "/".join(_folded(name) for name in path.split("/"))


def join_relative(base: str, reference: str) -> str | None:
    """Resolve `reference`, seen from the directory `base`, to a repository-relative path.

    Both use forward slashes; `''` is the root, as base and as result. Returns None for a reference
    that is absolute or that leaves the repository on its way.
    """
    if reference.startswith("/"):
        return None
    parts = base.split("/") if base else []
    for part in reference.split("/"):
        if part != "..":
            parts += [part] if part not in {"", "."} else []
        elif parts:
            parts.pop()
        else:
            return None
    return "/".join(parts)


def parent(path: str) -> str:
    """Return the directory that holds `path`; `''` is the root."""
    return path.rpartition("/")[0]


def base_name(path: str) -> str:
    """Return the last part of `path`."""
    return path.rpartition("/")[2]


def is_below(path: str, under: str) -> bool:
    """Return whether `path` is `under` or lies below it; everything is below the root, `''`."""
    return not under or path == under or path.startswith(f"{under}/")


def ancestors(path: str) -> list[str]:
    """Return the directories above `path`, outermost first, without the root."""
    return [path[:at] for at, character in enumerate(path) if character == "/"]


def slice_below(paths: Sequence[str], directory: str) -> Sequence[str]:
    """Return those of sorted paths that lie below a directory, other than the root."""
    start = bisect_left(paths, f"{directory}/")
    return paths[start : bisect_left(paths, f"{directory}0", start)]  # 0 comes after the slash


def tops(paths: Iterable[str]) -> set[str]:
    """Return the files and directories at the root that paths lead to; the root itself is `.`."""
    return {path.partition("/")[0] or "." for path in paths}


def _characters_problem(name: str) -> str | None:
    # Nearly all names are so, and looking at each character takes long.
    if _HARMLESS.fullmatch(name):
        return None
    for character in name:
        if character in "/\\":
            return "holds a path separator"
        if character in _NOT_ON_WINDOWS:
            return f"holds {character!r}, which Windows doesn't allow"
        if unicodedata.category(character) in _UNSEEN:
            return f"holds U+{ord(character):04X}, a character that can't be seen"
    return None


def _name_problem(name: str) -> str | None:
    return next((text for applies, text in _NAME_RULES if applies(name)), None)


@lru_cache(maxsize=1 << 14)
def _folded(name: str) -> str:
    folded = unicodedata.normalize("NFC", name).casefold()
    return unicodedata.normalize("NFC", folded).rstrip(". ")


_NAME_RULES: tuple[tuple[Callable[[str], bool], str], ...] = (
    (lambda name: not name, "is empty"),
    (lambda name: name in {".", ".."}, "is a step between directories, not a name"),
    (
        lambda name: name.rstrip(". ").casefold() in {".git", "git~1"},
        "is reserved for git's own data",
    ),
    (lambda name: name.endswith((".", " ")), "ends with a dot or a space, which Windows drops"),
    (lambda name: bool(_DEVICE.fullmatch(name.partition(".")[0])), "is a device on Windows"),
    (lambda name: name.startswith("-"), "starts with '-', which programs read as an option"),
    (lambda name: name.startswith("~"), "starts with '~', which shells read as a home directory"),
    (
        lambda name: len(name.encode()) > MAX_SEGMENT,
        f"is longer than {MAX_SEGMENT} bytes",
    ),
)


def in_batches(
    items: Iterable[Item], path: Callable[[Item], str], most: int
) -> Iterator[list[Item]]:
    """Yield lists of items whose paths have at most `most` bytes, with one byte to end each.

    An item whose path is longer is a list of its own.
    """
    batch: list[Item] = []
    size = 0
    for item in items:
        length = len(fsencode(path(item))) + 1
        if batch and size + length > most:
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += length
    if batch:
        yield batch

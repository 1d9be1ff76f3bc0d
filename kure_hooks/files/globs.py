"""Patterns for repository-relative paths, matched one segment at a time.

The work is bounded whatever a pattern says: a segment takes at most the product of the lengths of
pattern and name, and a path takes one step for each of its names, for all places of the pattern at
once.
"""

import fnmatch
import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import zip_longest

from kure_hooks.files.paths import parent

LONGEST = 400
"""So many characters a pattern may have: no path is longer."""

# So many names are known to match or not, for each pattern.
_KNOWN = 1 << 12


def matches(pattern: str, path: str) -> bool:
    """Return whether the whole path matches.

    `**` as a segment matches any number of segments, none included, but at least one at the end of
    the pattern. In other segments `*`, `?` and `[...]` match within the segment and regard case.
    A name that begins with a dot is matched only by a segment that begins with one. A path that
    ends with a slash is a directory: it matches as itself, or when all that is in it does.
    """
    whole = _pattern(pattern)
    return whole.matches(path) or (path[-1:] == "/" and whole.matches(path[:-1]))


def select(pattern: str, paths: Iterable[str]) -> list[str]:
    """Return the paths of files that match, in the order given."""
    whole = _pattern(pattern)
    prefix = literal_prefix(pattern)
    start = f"{prefix}/" if prefix else ""
    return [
        path
        for path in paths
        if path.startswith(start) and path[-1:] != "/" and whole.matches(path)
    ]


def matches_segment(segment: str, name: str) -> bool:
    """Return whether a name matches a segment of a pattern, also one that begins with a dot."""
    return _expression(segment).match(name) is not None


def is_glob(text: str) -> bool:
    """Return whether the text has a character that patterns give a meaning."""
    return any(character in "*?[" for character in text)


def literal_prefix(pattern: str) -> str:
    """Return the deepest directory that holds all that can match; `''` is the root."""
    directory = parent(pattern)
    while is_glob(directory):
        directory = parent(directory)
    return directory


class _Pattern:
    """A pattern and its places, numbered from 0: each is a bit, so that all are known at once."""

    def __init__(self, pattern: str) -> None:
        self._segments = _segments(pattern)
        self._bits: dict[str, int] = {}
        for at, segment in enumerate(self._segments):
            self._bits[segment] = self._bits.get(segment, 0) | 1 << at
        self._deep = self._bits.get("**", 0)
        self._masks: dict[str, int] = {}

    def matches(self, path: str) -> bool:
        places = self._past_deep(1)
        for name in path.split("/"):
            mask = self._mask(name)
            stays, goes = places & mask & self._deep, places & mask & ~self._deep
            places = self._past_deep(stays | goes << 1)
            if not places:
                return False
        return bool(places >> len(self._segments))

    def _past_deep(self, places: int) -> int:
        """Add the places that are reached by letting `**` match no segment."""
        return places | (places & self._deep) << 1

    def _mask(self, name: str) -> int:
        """Return the places whose segment matches a name."""
        mask = self._masks.get(name)
        if mask is None:
            hidden = name.startswith(".")
            mask = sum(
                bits
                for segment, bits in self._bits.items()
                if (segment.startswith(".") or not hidden) and matches_segment(segment, name)
            )
            if len(self._masks) < _KNOWN:
                self._masks[name] = mask
        return mask


@lru_cache(maxsize=1 << 8)
def _pattern(pattern: str) -> _Pattern:
    return _Pattern(pattern)


def _segments(pattern: str) -> list[str]:
    """Return the segments; several `**` in a row match what one does."""
    split = pattern.split("/")
    pairs = zip_longest(split, split[1:])
    segments = [segment for segment, after in pairs if (segment, after) != ("**", "**")]
    return [*segments, "*"] if segments[-1] == "**" else segments


@lru_cache(maxsize=1 << 10)
def _expression(segment: str) -> re.Pattern[str]:
    """Return a segment's expression: it never goes back from one `*` to another."""
    return re.compile(fnmatch.translate(segment))

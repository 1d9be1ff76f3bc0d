"""Patterns for repository-relative paths, matched one segment at a time."""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from kure_hooks.files.paths import parent


def matches(pattern: str, path: str) -> bool:
    """Return whether the whole path matches.

    `**` as a segment matches any number of segments, none included, but at least one at the end of
    the pattern. In other segments `*`, `?` and `[...]` match within the segment and regard case.
    A name that begins with a dot is matched only by a segment that begins with one. A slash at the
    end of a path, which marks a directory, doesn't count.
    """
    return _match(_segments(pattern), path.removesuffix("/").split("/"))


def select(pattern: str, paths: Iterable[str]) -> list[str]:
    """Return the paths of files that match, in the order given."""
    segments = _segments(pattern)
    prefix = literal_prefix(pattern)
    start = f"{prefix}/" if prefix else ""
    return [
        path
        for path in paths
        if path.startswith(start) and path[-1:] != "/" and _match(segments, path.split("/"))
    ]


def is_glob(text: str) -> bool:
    """Return whether the text has a character that patterns give a meaning."""
    return any(character in "*?[" for character in text)


def literal_prefix(pattern: str) -> str:
    """Return the deepest directory that holds all that can match; `''` is the root."""
    directory = parent(pattern)
    while is_glob(directory):
        directory = parent(directory)
    return directory


def _segments(pattern: str) -> list[str]:
    segments = pattern.split("/")
    return [*segments, "*"] if segments[-1] == "**" else segments


def _match(segments: Sequence[str], names: Sequence[str]) -> bool:
    """Follow all ways through the pattern at once, so that the work is at most their product."""
    places = _past_stars(segments, {0})
    for name in names:
        after = {
            place if segments[place] == "**" else place + 1
            for place in places
            if place < len(segments) and _match_segment(segments[place], name)
        }
        places = _past_stars(segments, after)
    return len(segments) in places


def _past_stars(segments: Sequence[str], places: set[int]) -> set[int]:
    reached = set(places)
    for place in places:
        after = place
        while after < len(segments) and segments[after] == "**":
            after += 1
            reached.add(after)
    return reached


def _match_segment(segment: str, name: str) -> bool:
    if name.startswith(".") and not segment.startswith("."):
        return False
    return fnmatchcase(name, segment)

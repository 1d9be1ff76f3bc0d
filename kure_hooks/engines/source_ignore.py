"""The files that source-controller of Flux 2.9 leaves out of an artifact.

The patterns are like those of gitignore, read as github.com/fluxcd/pkg/sourceignore 0.17 reads
them: the last one that matches a file decides, also where an earlier one left out the directory
around it. What is on the way to a file counts for it. `filepath.Match` of Go compares names.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from msgspec import Struct

from kure_hooks.files.globs import LONGEST, is_glob, matches_segment
from kure_hooks.findings import Location

Segments = tuple[str, ...]

FILE = ".sourceignore"

# Left out of every artifact of Git and OCI; the others only where nothing else is said.
_OF_GIT = (".git/", ".gitignore", ".gitmodules", ".gitattributes")
_USUAL = (
    *("*.jpg", "*.jpeg", "*.gif", "*.png", "*.wmv", "*.flv", "*.tar.gz", "*.zip"),
    *(".github/", ".circleci/", ".travis.yml", ".gitlab-ci.yml", "appveyor.yml", ".drone.yml"),
    *("cloudbuild.yaml", "codeship-services.yml", "codeship-steps.yml"),
    *("**/.goreleaser.yml", "**/.sops.yaml", "**/.flux.yaml"),
)

_ESCAPE = re.compile(r"\\(.)")
_CLASS = re.compile(r"\[(\^?)((?:\\.|[^\]\\]){1,100}+)\]")


class Pattern(Struct, frozen=True):
    """A pattern below a directory; `at` is where it is written, None for one of Flux's own.

    One that begins with `!` takes files in again.
    """

    text: str
    domain: Segments = ()
    at: Location | None = None
    written: bool = True

    @property
    def is_usual(self) -> bool:
        """Tell whether it is one of Flux's own that other patterns take away."""
        return self.at is None and self.text in _USUAL and not self.written

    @property
    def includes(self) -> bool:
        """Tell whether what matches is taken in."""
        return self.text.startswith("!")

    @property
    def last_name(self) -> str:
        """The last name of the pattern, which a name of each path that it matches matches too."""
        names = [each for each in self._names if each and each != "**"]
        return names[-1] if names else "*"

    @property
    def _names(self) -> list[str]:
        text = self.text.removeprefix("!")
        text = text if text.endswith("\\ ") else text.rstrip(" ")
        return text.split("/")

    @property
    def place(self) -> str:
        """The pattern and where it comes from, as the subject of a sentence."""
        if self.at:
            return f"the pattern {self.text} at {self.at}"
        whose = "`ignore` of the source" if self.written else "Flux itself"
        return f"the pattern {self.text} of {whose}"

    def way_in(self, path: str, root: Segments) -> str:
        """Return the line that takes in a file again, and where to write it.

        `path` is that of the file in the repository, or of a directory with a slash at its end;
        `root` is the root of the artifact.
        """
        start = len(root) + (len(self.domain) if self.at else 0)
        inside = "/".join(path.split("/")[start:])
        line = f"!/{inside}" if inside else f"!{self.text}"
        if self.at:
            return f"the line `{line}` behind {self.at}"
        if self.written:
            return f"the line `{line}` at the end of `ignore` of the source"
        return f"the line `{line}` at the end of {'/'.join((*root, FILE))}"

    def matches(self, path: Segments) -> bool:
        """Tell whether a file, or a directory on the way to it, matches; the path is the file's."""
        start = len(self.domain)
        if len(path) <= start or path[:start] != self.domain:
            return False
        names = self._names
        directory = len(names) > 1 and not names[-1]
        names = names[:-1] if directory else names
        if len(names) == 1:
            inside = path[start:-1] if directory else path[start:]
            return any(_matches(names[0], name) for name in inside)
        return _matches_path(names, path[start:], directory=directory)


def usual_patterns(*, alone: bool) -> list[Pattern]:
    """Return Flux's own patterns; most of them hold only where they stand alone."""
    return [Pattern(text, written=False) for text in (_OF_GIT + _USUAL if alone else _OF_GIT)]


def read_patterns(text: str, domain: Segments = (), path: str = "") -> list[Pattern]:
    """Return the patterns of a text, of the file at `path` if it is one."""
    return [
        Pattern(line, domain, Location(path, number, 1) if path else None)
        for number, line in enumerate(text.splitlines(), 1)
        if line.strip() and not line.startswith("#") and len(line) <= LONGEST
    ]


class Patterns:
    """Patterns in the order of their strength, the strongest last."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self._patterns = tuple(patterns)
        names = dict.fromkeys(pattern.last_name for pattern in self._patterns)
        self._names = frozenset(name for name in names if _is_plain(name))
        self._endings = tuple(name[1:] for name in names if name[:1] == "*" and _is_plain(name[1:]))
        simple = {*self._names, *(f"*{ending}" for ending in self._endings)}
        self._others = [name for name in names if name not in simple]

    def may_match(self, name: str) -> bool:
        """Tell whether a path with a name may match any pattern: nearly no name may."""
        return (
            name in self._names
            or name.endswith(self._endings)
            or any(_matches(other, name) for other in self._others)
        )

    def excluding(self, path: Segments) -> Pattern | None:
        """Return the pattern that leaves a file out, None for a file that is in the artifact."""
        if not any(map(self.may_match, path)):
            return None
        last = next((item for item in reversed(self._patterns) if item.matches(path)), None)
        return None if last is None or last.includes else last


def _matches_path(names: Sequence[str], path: Segments, *, directory: bool) -> bool:
    """Tell whether the names of a pattern with slashes match the beginning of a path."""
    matched = False
    deep = False
    rest = list(path)
    for number, name in enumerate(names):
        if name == "":
            deep = False
        elif name == "**":
            if number == len(names) - 1:
                break
            deep = True
        elif "**" in name or not rest:
            return False
        elif deep:
            deep = False
            found = next(_places(name, rest), None)
            matched = found is not None
            rest = rest[found + 1 :] if found is not None else []
        elif _matches(name, rest[0]):
            matched = True
            rest = rest[1:]
        else:
            return False
    return matched and not (directory and not rest)


def _places(name: str, path: Iterable[str]) -> Iterator[int]:
    return (number for number, each in enumerate(path) if _matches(name, each))


def _matches(name: str, segment: str) -> bool:
    """Tell whether a name of a pattern matches as by `filepath.Match`; a broken one never does."""
    translated = _translated(name)
    return translated is not None and matches_segment(translated, segment)


def _is_plain(name: str) -> bool:
    """Tell whether a name of a pattern stands for nothing but itself."""
    return not is_glob(name) and "\\" not in name


@lru_cache(maxsize=1 << 12)
def _translated(name: str) -> str | None:
    """Return a pattern of Go as one of Python, which has no escapes and `!` for `^`.

    None for a broken one.
    """
    bare = _CLASS.sub("", _ESCAPE.sub("", name))
    if "[" in bare or (name.endswith("\\") and not name.endswith("\\\\")):
        return None
    parts: list[str] = []
    at = 0
    while at < len(name):
        if found := _CLASS.match(name, at):
            inside = _ESCAPE.sub(r"\1", found[2])
            inside = f"{inside[1:]}!" if inside.startswith("!") and not found[1] else inside
            parts.append(f"[{'!' if found[1] else ''}{inside}]")
            at = found.end()
        elif name[at] == "\\":
            parts.append(f"[{name[at + 1 : at + 2]}]")
            at += 2
        else:
            parts.append(name[at])
            at += 1
    return "".join(parts)

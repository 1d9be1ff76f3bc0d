"""Versions and ranges of versions, as Flux and Argo CD read them (Masterminds/semver 3.4)."""

import re
from collections.abc import Iterable, Sequence

_SUFFIXES = (
    r"(?:-(?P<pre>[0-9A-Za-z-]++(?:\.[0-9A-Za-z-]++)*+))?+"
    r"(?:\+[0-9A-Za-z-]++(?:\.[0-9A-Za-z-]++)*+)?+"
)
_UNNAMED = _SUFFIXES.replace("(?P<pre>", "(?:")
_PART = r"[0-9xX*]++"
_PATTERN = rf"v?{_PART}(?:\.{_PART}){{0,2}}+{_UNNAMED}"
_NAMED = re.compile(rf"v?(?P<numbers>{_PART}(?:\.{_PART}){{0,2}}){_SUFFIXES}")
_OPERATOR = r"(?:=>|=<|!=|>=|<=|~>|[=<>~^])?"
_CONSTRAINT = rf"{_OPERATOR}\s*+{_PATTERN}"
_CONSTRAINTS = re.compile(rf"\A\s*+{_CONSTRAINT}(?:(?:\s*+,\s*+|\s++){_CONSTRAINT})*+\s*+")
_BETWEEN = re.compile(rf"(?<![\w.*+-])({_PATTERN})\s++-\s++({_PATTERN})")

_ANY = frozenset({"x", "X", "*"})
_LONGEST = 256
_MOST = (1 << 64) - 1
_DIGITS = 20

VERSION_RANGE = "a version such as 1.2.3, or a range such as 1.x or >=1.2.0 <2.0.0"
"""The words for what `is_range` takes."""


def is_range(text: str) -> bool:
    """Tell whether a text is a version or a range of versions; a variable in it may become one."""
    if "${" in text:
        return True
    if len(text) > _LONGEST:
        return False
    return all(map(_is_alternative, _BETWEEN.sub(r">= \1, <= \2", text).split("||")))


def _is_alternative(text: str) -> bool:
    versions = (match for match in _NAMED.finditer(text) if match[0])
    return _CONSTRAINTS.fullmatch(text) is not None and all(map(_is_pattern, versions))


def _is_pattern(match: re.Match[str]) -> bool:
    """Tell whether the parts of a version are numbers up to the first one that stands for any."""
    for part in match["numbers"].split("."):
        if part in _ANY:
            break
        if not part.isdigit() or len(part) > _DIGITS or int(part) > _MOST:
            return False
    parts = (match["pre"] or "").split(".")
    return not any(part.isdigit() and len(part) > 1 and part[0] == "0" for part in parts)


_Version = tuple[tuple[int, int, int], tuple[tuple[int, int, str], ...]]
"""Major, minor and patch, and the parts of a pre-release in an order that Python keeps."""

# Behind all parts of a pre-release: a version without one is newer.
_RELEASED = ((3, 0, ""),)
_SAME = {"=>": ">=", "=<": "<=", "~>": "~"}
_TERM = re.compile(r"(?:(?P<operator>=>|=<|!=|>=|<=|~>|[=<>~^])\s*)?(?P<version>[vxX*0-9][^\s,]*)")


def is_version(text: str) -> bool:
    """Tell whether a text is one version; it may have a v in front and fewer than three numbers."""
    match = _NAMED.fullmatch(text) if len(text) <= _LONGEST else None
    return match is not None and _is_pattern(match) and not _ANY & {*match["numbers"].split(".")}


def newest(constraint: str, versions: Iterable[str]) -> str | None:
    """Return the newest of some versions that a range admits, None where it admits none."""
    admitted = (version for version in versions if admits(constraint, version))
    return max(admitted, key=_version, default=None)


def admits(constraint: str, version: str) -> bool:
    """Tell whether a version is in a range, as `is_range` takes them.

    A pre-release is in none that names no pre-release itself, and what is no version is in none.
    """
    if not is_version(version):
        return False
    own = _version(version)
    alternatives = _BETWEEN.sub(r">=\1, <=\2", constraint).split("||")
    return any(_meet(list(_TERM.finditer(text)), own) for text in alternatives)


def _meet(terms: Sequence[re.Match[str]], own: _Version) -> bool:
    """Tell whether a version meets all terms, one of which has to name a pre-release for one."""
    if own[1] != _RELEASED and all(_version(term["version"])[1] == _RELEASED for term in terms):
        return False
    return bool(terms) and all(
        _meets(term["operator"] or "=", term["version"], own) for term in terms
    )


def _meets(operator: str, text: str, own: _Version) -> bool:
    other = _version(text)
    numbers, known = _pattern(text)
    if not known and operator != "=":  # behind an operator, any version is the lowest one
        known = len(numbers)
    is_open = known < len(numbers)
    same = own[0][:known] == numbers[:known] if is_open else own == other
    kept = _fixed(operator, numbers, known)
    holds = {
        "=": same,
        "!=": not same,
        ">": own > other and not same,
        "<": own < other,
        ">=": own >= other,
        "<=": own <= other or same,
        "~": own >= other and own[0][:kept] == numbers[:kept],
        "^": own >= other and own[0][:kept] == numbers[:kept],
    }
    return holds[_SAME.get(operator, operator)]


def _fixed(operator: str, numbers: Sequence[int], known: int) -> int:
    """Return how many numbers stay: for a caret all up to the first that is not 0."""
    if operator != "^":
        return 0 if known == len(numbers) and not any(numbers) else min(known, 2)
    zeros = next((at for at, number in enumerate(numbers) if number), len(numbers) - 1)
    return min(zeros + 1, known)


def _pattern(text: str) -> tuple[tuple[int, int, int], int]:
    """Return the numbers of a version with 0 for those left open, and how many are not open."""
    match = _NAMED.match(text)
    parts = match["numbers"].split(".") if match else []
    known = next((at for at, part in enumerate(parts) if part in _ANY), len(parts))
    numbers = [*map(int, parts[:known]), 0, 0, 0]
    return (numbers[0], numbers[1], numbers[2]), known


def _version(text: str) -> _Version:
    match = _NAMED.match(text)
    pre = (match["pre"] or "") if match else ""
    parts = tuple((1, int(part), "") if part.isdigit() else (2, 0, part) for part in pre.split("."))
    return _pattern(text)[0], parts if pre else _RELEASED

"""Versions and ranges of versions, as Flux and Argo CD read them (Masterminds/semver 3.4)."""

import re

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

"""Versions: the library `semver` (blang/semver 4), and comparisons of versions and quantities."""

import re
from itertools import zip_longest

from kure_hooks.cel.libraries.declaration import Function, tagged, untagged
from kure_hooks.cel.libraries.quantities import value_of

_KIND = "kubernetes.Semver"
_NUMBER = r"(0|[1-9][0-9]{0,19})"
_PART = r"[0-9A-Za-z-]++"
_VERSION = re.compile(
    rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}(?:-({_PART}(?:\.{_PART})*+))?(?:\+{_PART}(?:\.{_PART})*+)?",
    re.ASCII,
)
_MOST = (1 << 64) - 1
_SHORT = 3


def _version(text: str) -> str:
    match = _VERSION.fullmatch(text)
    if match is None or any(int(number) > _MOST for number in match.groups()[:3]):
        raise ValueError(f"{text!r} is no version")
    pre = match[4] or ""
    if any(_is_number(part) and part[0] == "0" and len(part) > 1 for part in pre.split(".")):
        raise ValueError("numeric PreRelease version must not contain leading zeroes")
    # What follows a plus does not count when versions are compared.
    return tagged(_KIND, ".".join(match.groups()[:3]) + (f"-{pre}" if pre else ""))


def _is_number(part: str) -> bool:
    return part.isascii() and part.isdigit()


def _normalized(text: str) -> str:
    parts = text.removeprefix("v").split(".", 2)
    for index, part in enumerate(parts):
        if len(part) > 1:
            bare = part.lstrip("0")
            parts[index] = bare if bare[:1] and bare[0] in "0123456789" else "0" + bare
    if len(parts) < _SHORT:
        if {"+", "-"} & set(parts[-1]):
            raise ValueError("short version cannot contain PreRelease/Build meta data")
        parts += ["0"] * (_SHORT - len(parts))
    return ".".join(parts)


def _read(text: str, normalize: bool = False) -> str:  # noqa: FBT001, FBT002 - as CEL calls it
    return _version(_normalized(text) if normalize else text)


def _is_version(text: str, normalize: bool = False) -> bool:  # noqa: FBT001, FBT002 - as above
    try:
        _read(text, normalize)
    except ValueError:
        return False
    return True


def _numbers(version: str) -> tuple[tuple[int, ...], list[str]]:
    numbers, _, pre = untagged(_KIND, version).partition("-")
    return tuple(map(int, numbers.split("."))), pre.split(".") if pre else []


def _compared(one: str, two: str) -> int:
    """Compare two quantities or two versions."""
    if not one.startswith(tagged(_KIND, "")):
        left, right = value_of(one), value_of(two)
        return (left > right) - (left < right)
    (numbers, pre), (others, other_pre) = _numbers(one), _numbers(two)
    if numbers != others:
        return 1 if numbers > others else -1
    if not pre or not other_pre:
        return bool(other_pre) - bool(pre)
    for left_part, right_part in zip_longest(pre, other_pre):
        if left_part != right_part:
            return -1 if _rank(left_part) < _rank(right_part) else 1
    return 0


def _rank(part: str | None) -> tuple[int, int, str]:
    if part is None:
        return (0, 0, "")
    return (1, int(part), "") if _is_number(part) else (2, 0, part)


def _number(version: str, index: int) -> int:
    value = _numbers(version)[0][index]
    return value - (1 << 64) if value >> 63 else value


_ONE, _TWO, _FLAG = ("STRING",), ("STRING", "STRING"), ("STRING", "BOOL")

FUNCTIONS = (
    Function("semver", _ONE, "STRING", _read),
    Function("semver", _FLAG, "STRING", _read),
    Function("isSemver", _ONE, "BOOL", _is_version),
    Function("isSemver", _FLAG, "BOOL", _is_version),
    Function("major", _ONE, "INT", lambda version: _number(version, 0), is_method=True),
    Function("minor", _ONE, "INT", lambda version: _number(version, 1), is_method=True),
    Function("patch", _ONE, "INT", lambda version: _number(version, 2), is_method=True),
    Function("compareTo", _TWO, "INT", _compared, is_method=True),
    Function(
        "isGreaterThan", _TWO, "BOOL", lambda one, two: _compared(one, two) > 0, is_method=True
    ),
    Function("isLessThan", _TWO, "BOOL", lambda one, two: _compared(one, two) < 0, is_method=True),
)

"""The versions of kure-hooks that a repository works with, as specifiers of PEP 440."""

import re

_VERSION = re.compile(
    r"v?(?P<release>[0-9]{1,9}(?:\.[0-9]{1,9}){0,5})"
    r"(?:[-_.]?(?P<stage>a|alpha|b|beta|c|rc|dev|post)[-_.]?(?P<number>[0-9]{0,9}))?"
    r"(?:\+[a-z0-9.]+)?",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"\A\s*+(?P<operator>~=|==|!=|<=|>=|<|>)\s*+(?P<version>[^\s,]++)\s*+")
_STAGES = {"dev": -4, "a": -3, "alpha": -3, "b": -2, "beta": -2, "c": -1, "rc": -1, "post": 1}
_LENGTH = 6

_Key = tuple[tuple[int, ...], int, int]


def admits(specifier: str, version: str) -> bool | None:
    """Tell whether a version is one of those that a specifier means; None for no specifier.

    Known are the operators ~=, ==, !=, <=, >=, < and >, separated by commas, and `.*` at the end of
    == and !=. A pre-release is taken like any other version (unlike in PEP 440), because it is
    installed already.
    """
    answers = [_meets(clause, version) for clause in specifier.split(",")]
    return None if None in answers else all(answers)


def _meets(clause: str, version: str) -> bool | None:
    match = _CLAUSE.fullmatch(clause)
    own = _key(version)
    if match is None or own is None:
        return None
    operator, wanted = match["operator"], match["version"]
    if wanted.endswith(".*"):
        base = _VERSION.fullmatch(wanted[:-2])
        if base is None or base["stage"] or operator not in ("==", "!="):
            return None
        return _begins(own, base["release"]) == (operator == "==")
    other = _key(wanted)
    if other is None:
        return None
    if operator == "~=":
        parts = _parts(wanted)
        return None if len(parts) == 1 else own >= other and own[0][: len(parts) - 1] == parts[:-1]
    return {
        "==": own == other,
        "!=": own != other,
        "<=": own <= other,
        ">=": own >= other,
        "<": own < other,
        ">": own > other,
    }[operator]


def _key(version: str) -> _Key | None:
    match = _VERSION.fullmatch(version)
    if match is None:
        return None
    parts = _parts(version)
    padded = (*parts, *(0,) * (_LENGTH - len(parts)))
    return padded, _STAGES.get((match["stage"] or "").lower(), 0), int(match["number"] or 0)


def _parts(version: str) -> tuple[int, ...]:
    match = _VERSION.fullmatch(version)
    return tuple(map(int, match["release"].split("."))) if match else ()


def _begins(own: _Key, release: str) -> bool:
    parts = tuple(map(int, release.split(".")))
    return own[0][: len(parts)] == parts

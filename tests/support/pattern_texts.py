"""Makes texts that match a regular expression, as the schemas of Kubernetes have them."""

import re
import string
from random import Random
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]

_ALPHABET = string.ascii_letters + string.digits + "-._/:@ "
_CLASSES = {
    codes.CATEGORY_DIGIT: string.digits,
    codes.CATEGORY_SPACE: " \t",
    codes.CATEGORY_WORD: string.ascii_letters + string.digits + "_",
    codes.CATEGORY_NOT_DIGIT: string.ascii_letters,
    codes.CATEGORY_NOT_SPACE: string.ascii_letters + string.digits,
    codes.CATEGORY_NOT_WORD: "-./",
}
_MOST = 4
"""So many more than the least do repeated parts occur."""


def text_of(pattern: str, chance: Random) -> str | None:
    """Return a text that the pattern is found in, or None where none is thought of.

    Anchors are left out of it and lookarounds are not known, so the text is tried at the end.
    """
    try:
        tree, compiled = _parser.parse(pattern), re.compile(pattern, re.ASCII)
    except re.error:
        return None
    for _ in range(5):
        text = "".join(_part(code, value, chance) for code, value in tree)
        if compiled.search(text):
            return text
    return None


def _part(code, value, chance: Random) -> str:  # noqa: PLR0911 - one return for each sort
    match code:
        case codes.LITERAL:
            return chr(value)
        case codes.NOT_LITERAL:
            return chance.choice(_ALPHABET.replace(chr(value), ""))
        case codes.ANY:
            return chance.choice(_ALPHABET)
        case codes.IN:
            return chance.choice(_members(value))
        case codes.BRANCH:
            return _sequence(chance.choice(value[1]), chance)
        case codes.SUBPATTERN:
            return _sequence(value[-1], chance)
        case codes.MAX_REPEAT | codes.MIN_REPEAT:
            least, most, inner = value
            count = chance.randint(least, min(most, least + _MOST))
            return "".join(_sequence(inner, chance) for _ in range(count))
        case _:
            return ""


def _sequence(parts, chance: Random) -> str:
    return "".join(_part(code, value, chance) for code, value in parts)


def _members(parts) -> str:
    """Return the characters of a class, those of our alphabet for one that is negated."""
    members = ""
    for code, value in parts:
        match code:
            case codes.LITERAL:
                members += chr(value)
            case codes.RANGE:
                members += "".join(map(chr, range(value[0], value[1] + 1)))
            case codes.CATEGORY:
                members += _CLASSES[value]
    if parts[0][0] is codes.NEGATE:
        return "".join(sorted(set(_ALPHABET) - set(members)))
    return members

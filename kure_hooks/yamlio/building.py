"""Refuse strings and keys that YAML allows and kustomize can't build.

kustomize 5.8 turns every object into JSON, which it then reads as YAML. It lets some characters
through unescaped that its own reader refuses, and has no explicit form for long keys.
"""

import re

Problem = tuple[str, str]
"""The problem and what is expected, as a finding words them."""

# DEL and C1, of which it makes a blank of NEL; and what is no character at all.
_UNREADABLE = re.compile("[\x7f-\x9f\ufffe\uffff]")

# A key that is not explicit ends within so many characters, for every reader (YAML 1.2.2, 7.4).
_LONGEST_KEY = 1_024
LONGEST_SURE_KEY = _LONGEST_KEY // 6
"""The characters of a key that is short enough whatever it is made of."""

# Go's encoder writes these as six characters, and those of `_SHORT` as two.
_LONG = re.compile("[<>&\x00-\x07\x0b\x0e-\x1f\u2028\u2029]")
_SHORT = re.compile('["\\\\\b\t\n\f\r]')


def string_problem(text: str) -> Problem | None:
    """Return what kustomize can't read of a string, a key or a value; None if it reads all."""
    character = _UNREADABLE.search(text)
    if not character:
        return None
    name = f"U+{ord(character[0]):04X}"
    return (
        f"kustomize can't read the character {name}, also where it is escaped",
        "a string without it",
    )


def unreadable_at(text: str) -> int | None:
    """Return the index of the first character that kustomize can't read, if there is one."""
    character = _UNREADABLE.search(text)
    return character.start() if character else None


def key_problem(key: str, *, quoted: bool) -> Problem | None:
    """Return why kustomize can't read a key; None if it can."""
    if quoted and key == "<<":
        return "kustomize takes the key << for a merge, even in quotes", "Choose another key."
    if len(key) > LONGEST_SURE_KEY and _written_length(key) > _LONGEST_KEY:
        problem = f"this key of {len(key)} characters is too long for kustomize"
        return problem, f"at most {_LONGEST_KEY} characters, as JSON and with its quotes"
    return None


def _written_length(key: str) -> int:
    return len(key) + 2 + 5 * len(_LONG.findall(key)) + len(_SHORT.findall(key))

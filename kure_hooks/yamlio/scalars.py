"""The meaning of a plain scalar to the YAML readers of the Kubernetes ecosystem.

Three families of readers disagree: YAML 1.1 (PyYAML), the YAML 1.2 core schema, and the Go library
behind kubectl, Flux and Argo CD (sigs.k8s.io/yaml, which follows YAML 1.1 with exceptions).
`kubernetes` reads like Go, `kustomize` like the newer Go library behind kustomize, `agreed` accepts
what these two read alike, `strict` what all of them do, and `is_plain_text` tells whether all of
them read a text as itself.
"""

import re
from collections.abc import Callable
from functools import lru_cache

Scalar = str | int | float | bool | None
Resolver = Callable[[str], Scalar]

LEAST_INTEGER = -(1 << 63)
GREATEST_INTEGER = (1 << 64) - 1
_LONGEST_INTEGER = 70
"""64 binary digits with sign and prefix; Python refuses to convert really long ones."""

_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_CORE_BOOLEANS = {
    text: value
    for word, value in (("true", True), ("false", False))
    for text in (word, word.title(), word.upper())
}
_GO_BOOLEANS = _CORE_BOOLEANS | {
    text: value
    for word, value in (("y", True), ("yes", True), ("on", True))
    for text in (word, word.title(), word.upper())
}
_GO_BOOLEANS |= {
    text: False for word in ("n", "no", "off") for text in (word, word.title(), word.upper())
}

# Go's strconv.ParseInt with base 0, after underscores are taken out; an octal may lack the `o`, and
# a binary may carry its sign behind the prefix.
_GO_INTEGER = re.compile(r"[-+]?(?:0[bB][01]+|0[oO]?[0-7]+|0[xX][0-9a-fA-F]+|0|[1-9][0-9]*)")
_OLD_OCTAL = re.compile(r"^([-+]?)0(?=[0-7])")
_SIGN_AFTER_PREFIX = re.compile(r"^0b([-+])")
_SIGNED_OCTAL = re.compile(r"0o([-+])([0-7]+)")
_UNDERSCORE_BETWEEN_DIGITS = re.compile(r"(?<=[0-9])_(?=[0-9])")
_GO_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
# The formats in which goyaml.v3 parses times: RFC 3339, also with single digits; the same with a
# blank and without a zone; a date.
_GO_TIME = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{1,2}-[0-9]{1,2})"
    r"(?:(?P<t>[Tt]| +)(?P<time>[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2})(?:[.,](?P<fraction>[0-9]+))?"
    r"(?P<zone>Z|[-+](?:[01][0-9]|2[0-3]):[0-5][0-9])?)?"
)
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")

# Integers and floats that YAML 1.1, YAML 1.2 and Go read alike.
_COMMON_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)|0x[0-9a-fA-F]+")
_COMMON_FLOAT = re.compile(
    r"\A(?:[-+]?[0-9]+\.[0-9]*(?:[eE][-+][0-9]+)?|\.[0-9]+(?:[eE][-+][0-9]+)?)"
)

# What at least one reader takes for a number, a date or a time once underscores are taken out: a
# bit generous, because quotes around a text never hurt. No two parts of an alternative match the
# same character, so that a long text costs no more than its length.
_NUMBER_LIKE = re.compile(
    r"[-+]?(?:0[box][-+]?[0-9a-f]*"
    r"|[0-9]+(?::[0-5]?[0-9])+(?:\.[0-9]*)?"
    r"|(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:e[-+]?[0-9]*)?"
    r"|\.(?:inf|nan))"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[t\s].*)?",
    re.IGNORECASE | re.DOTALL,
)
_WORDS = frozenset(text.lower() for text in _GO_BOOLEANS) | {"", "~", "null", "=", "<<"}


class ScalarError(Exception):
    """A scalar that can't be read; `problem` and `expected` word a finding."""

    def __init__(self, problem: str, expected: str) -> None:
        self.problem = problem
        self.expected = expected
        super().__init__(problem, expected)


@lru_cache(maxsize=1 << 14)
def kubernetes(text: str) -> Scalar:
    """Return what kubectl, Flux and Argo CD read in a plain scalar.

    Raises ScalarError for what JSON doesn't have. Source: the resolve table of goyaml.v2 in
    sigs.k8s.io/yaml; dates stay text there.
    """
    if text in _NULLS:
        return None
    boolean = _GO_BOOLEANS.get(text)
    if boolean is not None:
        return boolean
    if text[0] not in "+-.0123456789":
        return text
    return _go_number(text)


@lru_cache(maxsize=1 << 14)
def kustomize(text: str) -> Scalar:
    """Return what kustomize builds from a plain scalar.

    Raises ScalarError like `kubernetes`, from which it differs in three ways: `yes`, `on`, `n` and
    their like are texts, a date or a time becomes the text that Go writes of it, and an octal may
    carry its sign behind the prefix. Source: the tables and formats of goyaml.v3 in
    sigs.k8s.io/yaml, as built into kustomize 5.8.
    """
    if text in _GO_BOOLEANS and text not in _CORE_BOOLEANS:
        return text
    if text[:1] == "0" and (octal := _SIGNED_OCTAL.fullmatch(text.replace("_", ""))):
        return _integer(f"{octal[1]}0o{octal[2]}")
    return _timestamp(text) or kubernetes(text)


@lru_cache(maxsize=1 << 14)
def agreed(text: str) -> Scalar:
    """Return what kubectl and kustomize both read in a plain scalar; ScalarError if they differ."""
    value, built = kubernetes(text), kustomize(text)
    if value is built or value == built:
        return value
    name = shown(text)
    if isinstance(value, bool):
        word = "true" if value else "false"
        problem = f'kubectl reads {name} as {word}, kustomize as the string "{name}"'
        raise ScalarError(problem, f'Write "{name}" for the string, {word} for the boolean.')
    other = "a time in another form" if isinstance(built, str) else "a number"
    problem = f"kubectl reads {name} as it stands, kustomize as {other}"
    raise ScalarError(problem, f'Write "{name}" for the string.')


@lru_cache(maxsize=1 << 14)
def strict(text: str) -> Scalar:
    """Return what every YAML reader takes a plain scalar for; ScalarError if they disagree."""
    if text in _NULLS:
        return None
    if text in _CORE_BOOLEANS:
        return _CORE_BOOLEANS[text]
    if is_plain_text(text):
        return text
    if _COMMON_INTEGER.fullmatch(text):
        return _integer(text)
    if _COMMON_FLOAT.fullmatch(text):
        return _finite(text)
    from kure_hooks.yamlio.faults import disagreement  # noqa: PLC0415 - only for faults

    raise ScalarError(*disagreement(text, shown(text)))


def is_plain_text(text: str) -> bool:
    """Tell whether every reader takes the unquoted `text` for a string, as far as its type goes."""
    return not is_word(text) and not _NUMBER_LIKE.fullmatch(text.replace("_", ""))


def is_word(text: str) -> bool:
    """Tell whether some reader takes an unquoted text for a boolean or null: nobody's secret."""
    return text.lower() in _WORDS


_LOOKED_AT = 1 << 14
# No token is so short a word, so that the keys of a warning need not be looked at.
_SHORTEST_SECRET = 16


def shown(text: str, most: int = 40) -> str:
    """Return the text for a message: printable, without secrets, and cut when long."""
    if len(text) < _SHORTEST_SECRET and text.isascii() and text.isalnum():
        return text
    from kure_hooks.secrecy.texts import scrub  # noqa: PLC0415 - only for faults

    # What tells a secret may stand behind it, so that nothing can be cut before.
    text = scrub(text[:_LOOKED_AT])
    printable = "".join(
        char if char.isprintable() else f"\\u{ord(char):04x}" for char in text[:most]
    )
    return printable if len(text) <= most else f"{printable}..."


def _timestamp(text: str) -> str:
    """Return a date or a time as Go writes it as JSON; empty for any other text."""
    match = _GO_TIME.fullmatch(text)
    if not match or (match["t"] and match["t"].isspace() == bool(match["zone"])):
        return ""
    from datetime import date, time  # noqa: PLC0415 - hardly any file has a time without quotes

    numbers = [*match["date"].split("-"), *(match["time"] or "0:0:0").split(":")]
    try:
        year, month, day, hour, minute, second = map(int, numbers)
        date(year or 2000, month, day)
        time(hour, minute, second)
    except ValueError:
        return ""
    fraction = (match["fraction"] or "")[:9].rstrip("0")
    zone = match["zone"] or "Z"
    return (
        f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
        f"{'.' if fraction else ''}{fraction}{'Z' if zone[1:] == '00:00' else zone}"
    )


def _go_number(text: str) -> Scalar:
    if text[0] == ".":  # Go hands these to strconv.ParseFloat as they are
        plain = _UNDERSCORE_BETWEEN_DIGITS.sub("", text)
    else:
        plain = _SIGN_AFTER_PREFIX.sub(r"\g<1>0b", text.replace("_", ""))
    if _GO_INTEGER.fullmatch(plain):
        return _integer(_OLD_OCTAL.sub(r"\g<1>0o", plain))
    if _GO_FLOAT.fullmatch(plain):
        return _finite(plain)
    if _NOT_FINITE.fullmatch(text):
        raise ScalarError(f"{text} is a number that JSON doesn't have", "a finite number")
    return text


def _integer(text: str) -> int:
    value = int(text, 0) if len(text) <= _LONGEST_INTEGER else None
    if value is not None and LEAST_INTEGER <= value <= GREATEST_INTEGER:
        return value
    # The value stays out of the message: it may be a password that lacks its quotes.
    expected = "an integer from -2^63 to 2^64-1, or a quoted string"
    raise ScalarError("this integer is out of range", expected)


def _finite(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ScalarError("this number is out of range", "a finite number, or a quoted string")
    return value

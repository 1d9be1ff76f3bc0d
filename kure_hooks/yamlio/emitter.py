"""Writes values as YAML in one canonical form that every reader takes for the same.

Block style, two spaces, sequences at the column of their key (the way kustomize writes them), no
anchors, tags or folded lines, texts quoted whenever any reader would take them for something else.
null is written as a word, because kustomize 5.8 drops a blank one from what a strategic merge
changes. In the annotations of an object it is blank: there kustomize makes a string of the word.
Formatters leave the form alone: the fixers of pre-commit-hooks find no white space before a line
break, and prettier (v3.10) changes nothing but the indentation of sequences.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from kure_hooks.yamlio.scalars import GREATEST_INTEGER, LEAST_INTEGER, is_plain_text

# A plain scalar starts with a character without a meaning of its own, is not the mark of a
# document's end, and has neither `: ` nor ` #`.
_PLAIN = (
    r"(?!\.\.\. )(?:[^\W_]|[_/.$+<(\\^;=]|--?(?=[^\W_]))(?:[^\s:#]|:(?=\S)|(?<=\S)#| (?=[^\s#]))*"
)

# Anything but printable characters that neither move nor hide text on a screen is escaped.
_ESCAPED = (
    "[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
    "|[\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0"}

# A key longer than this needs the explicit form for libyaml, PyYAML and Go. Prettier takes that
# form away from any key, and so makes such a file unreadable.
_LONGEST_IMPLICIT_KEY = 1_024

# A null that is written blank.
_BLANK = object()

# What trailing-whitespace removes, also at the end of a text without a last line break.
_BLANK_BEFORE_BREAK = r"[^\S\n](?:\n|\Z)"


def dump(value: Mapping[str, Any]) -> str:
    """Return one document as canonical YAML, with a final newline and without `---`.

    The value is made of dict, list, str without lone surrogates, int from -2^63 to 2^64-1, finite
    float, bool and None, its keys are str; TypeError for anything else, because no YAML reader of
    the ecosystem has it.
    """
    if not value:
        return "{}\n"
    value = _with_blank_annotations(value)
    lines: list[str] = []
    _mapping(lines, value, "")
    if lines[-1].endswith("\n"):
        # Editors and hooks trim empty lines at the end of a file, even where they belong to a text.
        lines[-1] = lines[-1].partition("|+\n")[0] + _text(_last(value))
    return "\n".join(lines) + "\n"


def _with_blank_annotations(value: Mapping[str, Any]) -> Mapping[str, Any]:
    metadata = value.get("metadata")
    if not isinstance(metadata, dict):
        return value
    annotations = metadata.get("annotations")
    if not isinstance(annotations, dict) or None not in annotations.values():
        return value
    blank = {key: _BLANK if item is None else item for key, item in annotations.items()}
    return {**value, "metadata": {**metadata, "annotations": blank}}


def _last(value: Any) -> Any:
    """Return the scalar that comes last."""
    while isinstance(value, (dict, list)):
        value = value[-1] if isinstance(value, list) else next(reversed(value.values()))
    return value


def _mapping(lines: list[str], value: Mapping[str, Any], indent: str) -> None:
    for key, item in value.items():
        name = _key(key)
        if len(name) > _LONGEST_IMPLICIT_KEY:
            lines.append(f"{indent}? {name}")
            _after(lines, f"{indent}:", item, indent)
        else:
            _after(lines, f"{indent}{name}:", item, indent)


def _after(lines: list[str], start: str, value: Any, indent: str) -> None:
    """Add `start`, which ends with a colon, and the value behind or below it."""
    if isinstance(value, dict) and value:
        lines.append(start)
        _mapping(lines, value, f"{indent}  ")
    elif isinstance(value, list) and value:
        lines.append(start)
        _sequence(lines, value, indent)
    else:
        lines.append(start if value is _BLANK else f"{start} {_scalar(value, indent)}")


def _sequence(lines: list[str], value: Sequence[Any], indent: str) -> None:
    inner = f"{indent}  "
    for item in value:
        if isinstance(item, (dict, list)) and item:
            first = len(lines)
            if isinstance(item, dict):
                _mapping(lines, item, inner)
            else:
                _sequence(lines, item, inner)
            lines[first] = f"{indent}- {lines[first][len(inner) :]}"
        else:
            lines.append(f"{indent}- {_scalar(item, indent)}")


def _scalar(value: Any, indent: str) -> str:
    """Return a scalar or an empty container."""
    if value is None:
        return "null"
    if isinstance(value, str):
        return _block(value, indent) if "\n" in value and _fits_block(value) else _text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return _integer(value)
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, (dict, list)):
        return "{}" if isinstance(value, dict) else "[]"
    raise TypeError(f"YAML for Kubernetes has no {type(value).__name__}")


def _integer(value: int) -> str:
    if LEAST_INTEGER <= value <= GREATEST_INTEGER:
        return str(value)
    raise TypeError(f"YAML for Kubernetes has no integer of {value.bit_length()} bits")


def _float(value: float) -> str:
    text = repr(value)
    if not text.lstrip("-")[0].isdigit():
        raise TypeError(f"YAML for Kubernetes has no {text}")
    mantissa, exponent, power = text.partition("e")  # YAML 1.1 wants a dot: 1e+20 is a text there
    return f"{mantissa}.0e{power}" if exponent and "." not in mantissa else text


@lru_cache(maxsize=1 << 16)
def _text(value: str) -> str:
    if _plain().fullmatch(value) and is_plain_text(value) and not _has_escapes(value):
        return value
    # The quotes that prettier chooses.
    if '"' not in value and "\\" not in value:
        return _double_quoted(value)
    if "\n" in value or "\t" in value or _has_escapes(value):
        return _double_quoted(value)
    return "'" + value.replace("'", "''") + "'"


@lru_cache(maxsize=1 << 14)
def _key(value: Any) -> str:
    if isinstance(value, str):
        return _text(value)
    raise TypeError(f"YAML for Kubernetes has no key of type {type(value).__name__}")


def _double_quoted(value: str) -> str:
    return '"' + _quoting().sub(lambda match: _escape(match[0]), value) + '"'


def _escape(char: str) -> str:
    if "\ud800" <= char <= "\udfff":
        raise TypeError(f"YAML has no lone surrogate such as \\u{ord(char):04x}")
    short = f"\\u{ord(char):04x}"
    return _ESCAPES.get(char) or (short if len(short) == len("\\u0000") else f"\\U{ord(char):08x}")


def _fits_block(value: str) -> bool:
    """Tell whether a literal block keeps the text, also when a formatter went over the file.

    It has no escapes, leading white space would be misread, and blanks before a line break would
    be trimmed.
    """
    return (
        not value[0].isspace()
        and not _blank_before_break().search(value)
        and not _has_escapes(value)
    )


def _has_escapes(value: str) -> bool:
    if value.isascii() and value.replace("\n", "").replace("\t", "").isprintable():
        return False
    return bool(_escaped().search(value))


# Compiling these two takes longer than anything else when the command starts.
@cache
def _plain() -> re.Pattern[str]:
    return re.compile(_PLAIN)


@cache
def _escaped() -> re.Pattern[str]:
    return re.compile(_ESCAPED)


@cache
def _quoting() -> re.Pattern[str]:
    return re.compile(f'["\\\\\n\t]|{_ESCAPED}')


@cache
def _blank_before_break() -> re.Pattern[str]:
    return re.compile(_BLANK_BEFORE_BREAK)


def _block(value: str, indent: str) -> str:
    body = value.removesuffix("\n")
    chomping = "-" if body == value else "+" if body.endswith("\n") else ""
    lines = (f"{indent}  {line}" if line else "" for line in body.split("\n"))
    return f"|{chomping}\n" + "\n".join(lines)

"""Values as templates of Go see them, and the texts that Go writes for them (Go 1.26).

A number of JSON or YAML is a float, one that a template has is an int. A mapping is a
`map[string]any`, or a `map[string]string` where it is `Texts`.
"""

import json
import math
from collections.abc import Iterable
from typing import Any


class UnknownError(Exception):
    """A template that is not followed here; the text is the end of the sentence `<set> ...`."""


class TemplateError(Exception):
    """A template that Argo CD refuses; the text is the end of the sentence `<set> ...`."""


class Budget:
    """The work that a set may take: its templates, and the sets of parameters that it makes.

    It is counted in characters; a step of a template is worth several of them, and so is a value in
    a list or a mapping.
    """

    STEP = 20
    VALUE = 8

    def __init__(self, characters: int = 1 << 24) -> None:
        self.spent = 0
        self._most = characters

    def spend(self, characters: int, steps: int = 0, values: int = 0) -> None:
        """Take note of work before it is done; UnknownError once there was too much."""
        self.spent += characters + steps * self.STEP + values * self.VALUE
        if self.spent > self._most:
            message = "has templates that take too long to follow"
            raise UnknownError(message)

    def weigh(self, *values: Any) -> None:
        """Take note of work with all that is in values; UnknownError where `size` refuses them."""
        try:
            characters = size(*values)
        except UnknownError:
            self.spend(MOST_TEXT)
            raise
        self.spend(characters)


class Missing:
    """The value of a key that a mapping doesn't have; the only one is `MISSING`."""


MISSING = Missing()


class Texts(dict[str, str]):
    """A mapping whose values are texts alone."""


# So many characters a template may write, and so many values a list may have.
MOST_TEXT = 1 << 18
MOST_ITEMS = 10_000

# From this exponent on, Go writes a float with one.
_LARGE = 6
_SMALL = -4


def intake(value: Any) -> Any:
    """Return a value of JSON or YAML as Go decodes it: every number is a float."""
    if isinstance(value, dict):
        return {key: intake(item) for key, item in value.items()}
    if isinstance(value, list):
        return [intake(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


def outlet(value: Any) -> Any:
    """Return a value as JSON has it: a number without a fraction is an int."""
    if isinstance(value, dict):
        return {key: outlet(item) for key, item in value.items()}
    if isinstance(value, list):
        return [outlet(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return None if value is MISSING else value


def is_empty(value: Any) -> bool:
    """Tell whether a value counts as false, and as empty for `default`."""
    if value is None or value is MISSING:
        return True
    return not value


def text(value: Any) -> str:
    """Return the text of a value as `%v` of Go's fmt has it."""
    if value is None or value is MISSING:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, dict | list):
        size(value)
        return _text_of_items(value)
    return str(value)


def _text_of_items(value: Any) -> str:
    if isinstance(value, list):
        return f"[{' '.join(map(_text_of_items, value))}]"
    if isinstance(value, dict):
        pairs = (f"{key}:{_text_of_items(item)}" for key, item in sorted(value.items()))
        return f"map[{' '.join(pairs)}]"
    return text(value)


def size(*values: Any) -> int:
    """Return about how many characters values have once they are written out.

    What is in them several times counts each time. UnknownError where they are more than a template
    may write; the work is bounded by that number.
    """
    count, waiting = 0, [*values]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            count += len(value)
        elif isinstance(value, dict):
            waiting += value
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
        count += 1
        if count + len(waiting) > MOST_TEXT + len(values):
            raise too_long()
    return count


def indented(value: Any) -> int:
    """Return about how many characters a value has with the spaces before its lines; see `size`."""
    count, level, depth = size(value), [value], 0
    while level:
        below: list[Any] = []
        for item in level:
            if isinstance(item, dict | list):
                below += item.values() if isinstance(item, dict) else item
        level, depth = below, depth + 1
        count += 2 * depth * len(level)
        if count > 2 * MOST_TEXT:
            raise too_long()
    return count


def too_long() -> UnknownError:
    """Return the error of a text that is longer than a template may write."""
    message = f"makes a text of more than {MOST_TEXT:,} characters in its template"
    return UnknownError(message)


def printed(value: Any) -> str:
    """Return the text that a template writes for a value."""
    return "<no value>" if value is None or value is MISSING else text(value)


def to_json(value: Any, *, escaped: bool = True, indent: int | None = None) -> str:
    """Return JSON as Go writes it; where it is escaped, also without `<`, `>` and `&`."""
    size(value) if indent is None else indented(value)
    separators = (",", ":") if indent is None else (",", ": ")
    written = json.dumps(
        outlet(value),
        ensure_ascii=False,
        sort_keys=True,
        separators=separators,
        indent=indent,
    )
    for character in "<>&" if escaped else "":
        written = written.replace(character, f"\\u{ord(character):04x}")
    return written


def ascii_text(value: str) -> str:
    """Return a text; UnknownError where Go, which counts bytes, may cut or fold it otherwise."""
    if not value.isascii():
        message = "cuts or folds a text that has more than ASCII in its template"
        raise UnknownError(message)
    return value


def bounded(items: Iterable[Any]) -> list[Any]:
    """Return a list; UnknownError where it is long beyond reason."""
    values: list[Any] = []
    for item in items:
        values.append(item)
        if len(values) > MOST_ITEMS:
            message = f"makes a list of more than {MOST_ITEMS:,} values in its template"
            raise UnknownError(message)
    return values


def _float(value: float) -> str:
    if not math.isfinite(value):
        return {"nan": "NaN", "inf": "+Inf", "-inf": "-Inf"}[str(value)]
    mantissa, _, exponent = f"{value!r}".partition("e")
    sign, digits = ("-", mantissa[1:]) if mantissa[0] == "-" else ("", mantissa)
    whole, _, fraction = digits.partition(".")
    fraction = fraction.rstrip("0")
    figures = (whole + fraction).lstrip("0") or "0"
    if figures == "0":
        return f"{sign}0"
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(figures))
    figures = figures.rstrip("0")
    power = point - 1
    if power < _SMALL or power >= _LARGE:
        rest = f".{figures[1:]}" if figures[1:] else ""
        return f"{sign}{figures[0]}{rest}e{'-' if power < 0 else '+'}{abs(power):02}"
    if point <= 0:
        return f"{sign}0.{'0' * -point}{figures}"
    padded = figures.ljust(point, "0")
    return f"{sign}{padded[:point]}{'.' + padded[point:] if padded[point:] else ''}"

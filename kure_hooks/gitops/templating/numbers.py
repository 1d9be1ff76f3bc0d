"""The functions of templates that reckon (sprig 3.3)."""

import re
from collections.abc import Callable
from typing import Any

from kure_hooks.gitops.templating.signatures import Entries
from kure_hooks.gitops.templating.values import TemplateError, UnknownError

_INT = re.compile(r"[+-]?[0-9]{1,18}")
_PLAIN_INT = re.compile(r"[+-]?(0|[1-9][0-9]{0,15})")


def _int(value: Any) -> int:
    if isinstance(value, bool) or value is None:
        return int(value or 0)
    if isinstance(value, int | float):
        return int(value)
    if isinstance(value, str) and _PLAIN_INT.fullmatch(value):
        return int(value)
    if value == "":
        return 0
    message = "makes a number of another value in its template"
    raise UnknownError(message)


def _atoi(value: str) -> int:
    return int(value) if _INT.fullmatch(value) else 0


def _folded(*values: Any, of: Callable[[int, int], int]) -> int:
    total = _int(values[0])
    for value in values[1:]:
        total = of(total, _int(value))
    return total


def _divided(one: int, other: int) -> int:
    if other == 0:
        message = "divides by zero in its template"
        raise TemplateError(message)
    quotient = abs(one) // abs(other)
    return quotient if (one < 0) == (other < 0) else -quotient


NUMBERS: Entries = {
    "int": ("a", _int),
    "int64": ("a", _int),
    "atoi": ("s", _atoi),
    "add": ("aa*", lambda *values: _folded(*values, of=lambda one, other: one + other)),
    "sub": ("aa", lambda *values: _folded(*values, of=lambda one, other: one - other)),
    "mul": ("aa*", lambda *values: _folded(*values, of=lambda one, other: one * other)),
    "div": ("aa", lambda *values: _folded(*values, of=_divided)),
    "max": ("aa*", lambda *values: _folded(*values, of=max)),
    "min": ("aa*", lambda *values: _folded(*values, of=min)),
    "add1": ("a", lambda value: _int(value) + 1),
}
"""The functions with their signatures."""

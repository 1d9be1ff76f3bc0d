"""The functions of templates that compare, choose and reckon (Go 1.26, sprig 3.3)."""

import re
from collections.abc import Callable
from typing import Any

from kure_hooks.gitops.templating.signatures import Entries
from kure_hooks.gitops.templating.values import TemplateError, UnknownError, is_empty

_INT = re.compile(r"[+-]?[0-9]{1,18}")
_PLAIN_INT = re.compile(r"[+-]?(0|[1-9][0-9]{0,15})")


def _kind(value: Any) -> type:
    return type(value) if isinstance(value, bool | int | float | str) else type(None)


def _equal(first: Any, *others: Any) -> bool:
    if not others:
        message = "compares a value with nothing in its template"
        raise TemplateError(message)
    for other in others:
        if isinstance(first, dict | list) or isinstance(other, dict | list):
            message = "compares a mapping or a list in its template, which is not followed here"
            raise UnknownError(message)
        if _kind(first) is not _kind(other) and None not in (first, other):
            message = "compares values of two types in its template"
            raise TemplateError(message)
        if first is None or other is None:
            if first is other:
                return True
        elif first == other:
            return True
    return False


def _less(one: Any, other: Any) -> bool:
    if _kind(one) is not _kind(other) or _kind(one) in (bool, type(None)):
        message = "orders values that have no order in its template"
        raise TemplateError(message)
    return bool(one < other)


def _default(usual: Any, *values: Any) -> Any:
    return usual if not values or is_empty(values[0]) else values[0]


def _kind_of(value: Any) -> str:
    names = {dict: "map", list: "slice", str: "string", bool: "bool", float: "float64", int: "int"}
    if value is None:
        return "invalid"
    return next(name for kind, name in names.items() if isinstance(value, kind))


def _exactly_int(value: Any) -> Any:
    """Return a value whose kind is known; an int may be one of several kinds of Go."""
    if isinstance(value, int) and not isinstance(value, bool):
        message = "asks for the kind of an int in its template"
        raise UnknownError(message)
    return value


COMPARING: Entries = {
    "eq": ("aa*", _equal),
    "ne": ("aa", lambda one, other: not _equal(one, other)),
    "lt": ("aa", _less),
    "le": ("aa", lambda one, other: not _less(other, one)),
    "gt": ("aa", lambda one, other: _less(other, one)),
    "ge": ("aa", lambda one, other: not _less(one, other)),
    "not": ("a", is_empty),
    "default": ("aa*", _default),
    "empty": ("a", is_empty),
    "coalesce": ("a*", lambda *values: next((v for v in values if not is_empty(v)), None)),
    "all": ("a*", lambda *values: not any(map(is_empty, values))),
    "any": ("a*", lambda *values: not all(map(is_empty, values))),
    "ternary": ("aab", lambda yes, no, decides: yes if decides else no),
    "kindOf": ("a", lambda value: _kind_of(_exactly_int(value))),
    "kindIs": ("sa", lambda kind, value: kind == _kind_of(_exactly_int(value))),
}
"""The functions with their signatures."""


# An int of Go has 64 bits.
_BEYOND = 1 << 63


def _int(value: Any) -> int:
    if isinstance(value, bool) or value is None:
        return int(value or 0)
    if isinstance(value, int | float) and abs(value) < _BEYOND:
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
        total = _int(of(total, _int(value)))
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

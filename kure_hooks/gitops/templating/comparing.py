"""The functions of templates that compare and choose (Go 1.26, sprig 3.3)."""

from typing import Any

from kure_hooks.gitops.templating.signatures import Entries
from kure_hooks.gitops.templating.values import TemplateError, UnknownError, is_empty


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

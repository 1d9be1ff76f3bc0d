"""Types of values in expressions, as far as a schema and a tree tell them."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from kure_hooks.cel.environment import ExpressionError
from kure_hooks.cel.schemas import RESERVED
from kure_hooks.cel.shapes import Shape


class ListOf(Struct, frozen=True):
    """The type of a list that an expression makes."""

    element: Inferred


class OptionalOf(Struct, frozen=True):
    """The type of an optional value."""

    element: Inferred


Inferred = Shape | ListOf | OptionalOf | str | None
"""The shape of a value in the schema, the name of the type of one that an expression makes, or
nothing."""

# The functions that no object can be given to, with the index of their argument.
_NOT_FOR_OBJECTS = {"size": 0, "@in": 1, "_[_]": 0, "_[?_]": 0}


def kind_of(inferred: Inferred) -> str | None:
    """Return the kind of a shape or the name of a simple type."""
    return inferred.kind if isinstance(inferred, Shape) else _name(inferred)


def _name(inferred: Inferred) -> str | None:
    return inferred if isinstance(inferred, str) else None


def field(inferred: Inferred, name: str) -> tuple[str, Inferred]:
    """Return the escaped name and the type of a field, or raise ExpressionError for an unknown one.

    A reserved word is a name of a field too.
    """
    if isinstance(inferred, OptionalOf):
        name, element = field(inferred.element, name)
        return name, OptionalOf(element)
    if not isinstance(inferred, Shape) or inferred.kind == "either":
        return name, None
    if inferred.kind == "map":
        return name, inferred.element
    if inferred.kind != "object":
        raise ExpressionError(f"type {inferred.kind} does not support field selection")
    if name in RESERVED and name not in inferred.properties:
        name = f"__{name}__"
    if name not in inferred.properties:
        raise ExpressionError(f"undefined field {name!r}")
    return name, inferred.properties[name]


def element(inferred: Inferred) -> Inferred:
    """Return the type of a list's items or of a map's values."""
    if isinstance(inferred, ListOf):
        return inferred.element
    if isinstance(inferred, Shape) and inferred.kind in ("list", "map"):
        return inferred.element
    return None


def variables(over: Inferred, *, two: bool) -> tuple[Inferred, Inferred]:
    """Return the types of the variables of a comprehension, which has one or two of them."""
    if kind_of(over) == "object":
        raise ExpressionError("an object cannot be the range of a comprehension")
    is_map = kind_of(over) == "map"
    if not two:
        return ("text" if is_map else element(over)), None
    is_list = isinstance(over, ListOf) or kind_of(over) == "list"
    return ("text" if is_map else "integer" if is_list else None), element(over)


def joined(one: Inferred, two: Inferred) -> Inferred:
    """Return the type of a value that is the one or the other."""
    if isinstance(one, ListOf) and one.element is None and element(two) is not None:
        return ListOf(element(two))
    return two if one is None else one


def refuse_objects(function: str, types: Sequence[Inferred]) -> None:
    """Raise ExpressionError for a function that is given an object and takes none."""
    index = _NOT_FOR_OBJECTS.get(function, len(types))
    if index < len(types) and kind_of(types[index]) == "object":
        raise ExpressionError(f"found no matching overload for {function!r} applied to an object")

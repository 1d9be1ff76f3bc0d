"""Types of calls, and the translations of functions that the evaluator has not."""

from __future__ import annotations

from collections.abc import Callable

from kure_hooks.cel import translation
from kure_hooks.cel.environment import ExpressionError
from kure_hooks.cel.inference import Inferred, ListOf, OptionalOf, element, joined, kind_of
from kure_hooks.cel.shapes import Shape
from kure_hooks.cel.syntax import Call, Expr, Ident, integer, text, zero
from kure_hooks.cel.translation import Names

Typed = tuple[Expr, Inferred]

_BOOLEANS = frozenset(
    ["_<_", "_<=_", "_>_", "_>=_", "_&&_", "_||_", "!_", "@in", "isIP", "isCIDR", "isURL"]
)
_SAME_ITEMS = frozenset(["sort", "distinct", "slice", "reverse", "@sortByAssociatedKeys"])
_OPTIONAL = Ident("optional")
_SUMMED = ("integer", "double", "duration", "either", None)


def function(names: Names, call: Call, types: list[Inferred], *, tagged: bool) -> Typed:
    """Return a call of a function with its type.

    `tagged` says that texts may stand for values of the types of Kubernetes.
    """
    name = call.function
    if name == "_+_":
        return _sum(names, call, types)
    if name == "string":
        return (Call("@text", (call,)) if tagged else call), "text"
    if name == "cel.@mapInsert":
        return translation.inserted(call.args), "map"
    if name in _BOOLEANS:
        return call, "boolean"
    return call, _TYPES[name](types) if name in _TYPES else None


_TYPES: dict[str, Callable[[list[Inferred]], Inferred]] = {
    "_?_:_": lambda types: joined(types[1], types[2]),
    "dyn": lambda types: types[0],
    "duration": lambda _: "duration",
    "timestamp": lambda _: "timestamp",
    "size": lambda _: "integer",
    "int": lambda _: "integer",
    "double": lambda _: "double",
    "optional.of": lambda types: OptionalOf(types[0]),
}


def _sum(names: Names, call: Call, types: list[Inferred]) -> Typed:
    left = types[0]
    if isinstance(left, Shape) and (left.is_set or left.keys):
        one, two = call.args
        return translation.merged(names, one, two, left.keys), left
    return call, joined(left, types[1])


def method(names: Names, call: Call, type_: Inferred, types: list[Inferred]) -> Typed:
    """Return a call of a method with its type."""
    if call.function in _SAME_ITEMS:
        return call, ListOf(element(type_))
    made = _METHODS.get((call.function, len(call.args)))
    return made(names, call, type_, types) if made is not None else (call, None)


def _target(call: Call) -> Expr:
    assert call.target is not None  # noqa: S101 - methods have one
    return call.target


Method = Callable[[Names, Call, Inferred, list[Inferred]], Typed]


def _of_items(translate: Callable[[Names, Expr], Expr]) -> Method:
    return lambda names, call, type_, _: (translate(names, _target(call)), element(type_))


def _total(names: Names, call: Call, type_: Inferred, _: list[Inferred]) -> Typed:
    kind = kind_of(element(type_))
    if kind not in _SUMMED:
        raise ExpressionError(f"found no matching overload for 'sum' applied to a list of {kind}")
    nothing: Expr = zero() if kind == "double" else integer(0)
    if kind == "duration":
        nothing = Call("duration", (text("0s"),))
    return translation.total(names, _target(call), nothing), element(type_)


def _is_sorted(names: Names, call: Call, _type: Inferred, _: list[Inferred]) -> Typed:
    return translation.is_sorted(names, _target(call)), "boolean"


def _index(names: Names, call: Call, type_: Inferred, _: list[Inferred]) -> Typed:
    if kind_of(type_) == "text":
        return call, "integer"
    is_last = call.function == "lastIndexOf"
    if element(type_) is not None:
        place = translation.place(names, _target(call), call.args[0], last=is_last)
        return place, "integer"

    def either(value: Expr, item: Expr) -> Expr:
        place = translation.place(names, value, item, last=is_last)
        is_list = translation.is_list(value)
        return translation.choice(is_list, place, Call(call.function, (item,), value))

    def inner(value: Expr) -> Expr:
        return translation.bound(names, call.args[0], lambda item: either(value, item))

    return translation.bound(names, _target(call), inner), "integer"


def _included(names: Names, call: Call, _type: Inferred, _: list[Inferred]) -> Typed:
    return translation.included(names, _target(call), call.args[0]), "boolean"


def _match(_names: Names, call: Call, _type: Inferred, _: list[Inferred]) -> Typed:
    return translation.match(_target(call), call.args[0]), "text"


def _matches(names: Names, call: Call, _type: Inferred, _: list[Inferred]) -> Typed:
    return translation.matches(names, _target(call), *call.args), ListOf("text")


def _problems(_names: Names, call: Call, _type: Inferred, _: list[Inferred]) -> Typed:
    problems = Call("@formatProblems", (_target(call), call.args[0]))
    return translation.optional_of(problems), OptionalOf(ListOf("text"))


def _named(_names: Names, call: Call, _type: Inferred, _: list[Inferred]) -> Typed:
    if call.target != Ident("format"):
        return call, None
    return translation.optional_of(Call("@formatNamed", call.args)), OptionalOf("text")


def _optional(_names: Names, call: Call, _type: Inferred, types: list[Inferred]) -> Typed:
    return call, OptionalOf(types[0]) if call.target == _OPTIONAL else None


def _value(_names: Names, call: Call, type_: Inferred, types: list[Inferred]) -> Typed:
    kind = type_.element if isinstance(type_, OptionalOf) else None
    return call, joined(kind, types[0] if types else None)


def _same(_names: Names, call: Call, type_: Inferred, _: list[Inferred]) -> Typed:
    return call, type_


def _substring(names: Names, call: Call, _type: Inferred, _: list[Inferred]) -> Typed:
    start, end = call.args
    return translation.substring(names, _target(call), start, end), "text"


def _whole(_names: Names, call: Call, _type: Inferred, _: list[Inferred]) -> Typed:
    target = _target(call)
    if isinstance(target, Call) and target.function == "quantity":
        # How a quantity was written tells whether Go has it as an integer.
        return Call(f"@{call.function}", target.args), None
    return call, None


def _always(type_: Inferred) -> Method:
    return lambda _names, call, _type, _: (call, type_)


_METHODS: dict[tuple[str, int], Method] = {
    ("sum", 0): _total,
    ("min", 0): _of_items(translation.least),
    ("max", 0): _of_items(translation.greatest),
    ("isSorted", 0): _is_sorted,
    ("indexOf", 1): _index,
    ("lastIndexOf", 1): _index,
    ("isInteger", 0): _whole,
    ("asInteger", 0): _whole,
    ("substring", 2): _substring,
    ("includes", 1): _included,
    ("find", 1): _match,
    ("findAll", 1): _matches,
    ("findAll", 2): _matches,
    ("validate", 1): _problems,
    ("named", 1): _named,
    ("of", 1): _optional,
    ("ofNonZeroValue", 1): _optional,
    ("value", 0): _value,
    ("orValue", 1): _value,
    ("or", 1): _same,
    ("first", 0): lambda _names, call, type_, _: (call, OptionalOf(element(type_))),
    ("last", 0): lambda _names, call, type_, _: (call, OptionalOf(element(type_))),
    ("split", 1): _always(ListOf("text")),
    ("split", 2): _always(ListOf("text")),
    ("size", 0): _always("integer"),
    ("matches", 1): _always("boolean"),
    ("contains", 1): _always("boolean"),
    ("startsWith", 1): _always("boolean"),
    ("endsWith", 1): _always("boolean"),
    ("hasValue", 0): _always("boolean"),
}

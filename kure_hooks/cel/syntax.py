"""Syntax trees of expressions."""

from collections.abc import Iterator

from msgspec import Struct

from kure_hooks.cel.messages import field, fields, number

_NULL, _BOOL, _INT, _DOUBLE, _STRING = 1, 2, 3, 5, 6
_64_BITS = (1 << 64) - 1


class Const(Struct, frozen=True):
    """A literal, as the bytes of its message."""

    raw: bytes

    @property
    def value(self) -> str | int | None:
        """The value of a text or of an integer, None for any other literal."""
        ((kind, value),) = fields(self.raw) if self.raw else ((0, 0),)
        if kind == _STRING and isinstance(value, bytes):
            return value.decode(errors="replace")
        if kind == _INT and isinstance(value, int):
            return value - (1 << 64) if value >> 63 else value
        return None


class Ident(Struct, frozen=True):
    """A name."""

    name: str


class Select(Struct, frozen=True):
    """A field of a value, or the test whether the value has it."""

    operand: "Expr"
    field: str
    test: bool = False


class Call(Struct, frozen=True):
    """A call of a function or an operator; `target` is there for methods."""

    function: str
    args: tuple["Expr", ...]
    target: "Expr | None" = None


class ListLiteral(Struct, frozen=True):
    """A list; `optional` are the indices of elements that may be absent."""

    elements: tuple["Expr", ...]
    optional: tuple[int, ...] = ()


class Entry(Struct, frozen=True):
    """An entry of a map, or with `field` one of a message."""

    value: "Expr"
    key: "Expr | None" = None
    field: str = ""
    optional: bool = False


class MapLiteral(Struct, frozen=True):
    """A map, or with a name a message."""

    entries: tuple[Entry, ...]
    name: str = ""


class Fold(Struct, frozen=True):
    """A comprehension: all macros that go through a list or a map become one."""

    variable: str
    over: "Expr"
    accumulator: str
    start: "Expr"
    condition: "Expr"
    step: "Expr"
    result: "Expr"
    second: str = ""


Expr = Const | Ident | Select | Call | ListLiteral | MapLiteral | Fold


def text(value: str) -> Const:
    """Return the literal of a text."""
    return Const(field(_STRING, value.encode()))


def integer(value: int) -> Const:
    """Return the literal of an integer."""
    return Const(field(_INT, value & _64_BITS))


def boolean(*, value: bool) -> Const:
    """Return the literal of a truth value."""
    return Const(field(_BOOL, int(value)))


def null() -> Const:
    """Return the literal null."""
    return Const(field(_NULL, 0))


def zero() -> Const:
    """Return the literal of the double 0.0."""
    return Const(number(_DOUBLE << 3 | 1) + bytes(8))


def children(expr: Expr) -> Iterator[Expr]:
    """Yield the expressions directly inside one."""
    match expr:
        case Select():
            yield expr.operand
        case Call():
            if expr.target is not None:
                yield expr.target
            yield from expr.args
        case ListLiteral():
            yield from expr.elements
        case MapLiteral():
            for entry in expr.entries:
                if entry.key is not None:
                    yield entry.key
                yield entry.value
        case Fold():
            yield from (expr.over, expr.start, expr.condition, expr.step, expr.result)


def everything(expr: Expr) -> Iterator[Expr]:
    """Yield an expression and all inside it."""
    left = [expr]
    while left:
        expr = left.pop()
        yield expr
        left.extend(children(expr))

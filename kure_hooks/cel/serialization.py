"""The bytes of syntax trees: read from the parser, and written for the evaluator.

They are a message `cel.expr.ParsedExpr` of cel-spec in an `Any`, which cel-expr-python gives and
takes. Positions and macro calls are left out: nobody here needs them.
"""

from collections.abc import Callable
from itertools import count

from kure_hooks.cel.messages import every, field, fields, first, flag, named, varint
from kure_hooks.cel.syntax import (
    Call,
    Const,
    Entry,
    Expr,
    Fold,
    Ident,
    ListLiteral,
    MapLiteral,
    Select,
)

_PARSED = b"type.googleapis.com/cel.expr.ParsedExpr"


def decode(data: bytes) -> Expr:
    """Return the tree in the bytes that a parsed expression is serialized to."""
    parsed = first(data, 2)
    return _expr(first(parsed, 2))


def encode(expr: Expr) -> bytes:
    """Return the bytes of a tree, with new identifiers."""
    parsed = field(2, _written(expr, count(1)))
    return field(1, _PARSED) + field(2, parsed)


def _expr(data: bytes) -> Expr:
    kind, body = next((kind, value) for kind, value in fields(data) if isinstance(value, bytes))
    return _READERS[kind](body)


def _call(data: bytes) -> Call:
    parts = named(data)
    target = _expr(parts[1]) if 1 in parts else None
    return Call(parts[2].decode(), tuple(map(_expr, every(data, 3))), target)


def _list(data: bytes) -> ListLiteral:
    optional: list[int] = []
    for key, value in fields(data):
        if key == 2 and isinstance(value, int):  # noqa: PLR2004 - a field's number
            optional.append(value)
        elif key == 2 and isinstance(value, bytes):  # noqa: PLR2004 - the packed form
            place = 0
            while place < len(value):
                index, place = varint(value, place)
                optional.append(index)
    return ListLiteral(tuple(map(_expr, every(data, 1))), tuple(optional))


def _entry(data: bytes) -> Entry:
    parts = named(data)
    key = _expr(parts[3]) if 3 in parts else None  # noqa: PLR2004 - a field's number
    return Entry(_expr(parts[4]), key, parts.get(2, b"").decode(), flag(data, 5))


def _map(data: bytes) -> MapLiteral:
    return MapLiteral(tuple(map(_entry, every(data, 2))), first(data, 1).decode())


def _fold(data: bytes) -> Fold:
    parts = named(data)
    return Fold(
        variable=parts.get(1, b"").decode(),
        over=_expr(parts[2]),
        accumulator=parts.get(3, b"").decode(),
        start=_expr(parts[4]),
        condition=_expr(parts[5]),
        step=_expr(parts[6]),
        result=_expr(parts[7]),
        second=parts.get(8, b"").decode(),
    )


_READERS: dict[int, Callable[[bytes], Expr]] = {
    3: Const,
    4: lambda data: Ident(first(data, 1).decode()),
    5: lambda data: Select(_expr(first(data, 1)), first(data, 2).decode(), flag(data, 3)),
    6: _call,
    7: _list,
    8: _map,
    9: _fold,
}


def _written(expr: Expr, ids: "count[int]") -> bytes:
    kind, body = _body(expr, ids)
    return field(2, next(ids)) + field(kind, body)


def _body(expr: Expr, ids: "count[int]") -> tuple[int, bytes]:
    match expr:
        case Const():
            body = 3, expr.raw
        case Ident():
            body = 4, field(1, expr.name.encode())
        case Select():
            test = field(3, 1) if expr.test else b""
            body = 5, _of(ids, (1, expr.operand)) + field(2, expr.field.encode()) + test
        case Call():
            target = _of(ids, (1, expr.target)) if expr.target is not None else b""
            name = field(2, expr.function.encode())
            body = 6, target + name + _of(ids, *((3, argument) for argument in expr.args))
        case ListLiteral():
            optional = b"".join(field(2, index) for index in expr.optional)
            body = 7, _of(ids, *((1, item) for item in expr.elements)) + optional
        case MapLiteral():
            entries = (field(2, _entry_body(entry, ids)) for entry in expr.entries)
            body = 8, field(1, expr.name.encode()) + b"".join(entries)
        case Fold():
            body = 9, _fold_body(expr, ids)
    return body


def _fold_body(fold: Fold, ids: "count[int]") -> bytes:
    names = ((1, fold.variable), (3, fold.accumulator), (8, fold.second))
    parts = (fold.over, fold.start, fold.condition, fold.step, fold.result)
    written = b"".join(field(key, name.encode()) for key, name in names if name)
    return written + _of(ids, *zip((2, 4, 5, 6, 7), parts, strict=True))


def _entry_body(entry: Entry, ids: "count[int]") -> bytes:
    key = _of(ids, (3, entry.key)) if entry.key else field(2, entry.field.encode())
    optional = field(5, 1) if entry.optional else b""
    return field(1, next(ids)) + key + _of(ids, (4, entry.value)) + optional


def _of(ids: "count[int]", *parts: tuple[int, Expr]) -> bytes:
    return b"".join(field(key, _written(expr, ids)) for key, expr in parts)

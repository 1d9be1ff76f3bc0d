"""Bounds of the work that an evaluation may take.

The evaluator itself ends after 10,000 iterations. What it does not bound is how large a text or a
list grows in one step: `x.replace('', x)` squares, again and again. So work and sizes are estimated
from the tree and from the sizes of the object before anything runs.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from kure_hooks.cel.shapes import Sizes
from kure_hooks.cel.syntax import (
    Call,
    Const,
    Expr,
    Fold,
    Ident,
    ListLiteral,
    MapLiteral,
    Select,
    children,
    everything,
)

MOST = 20_000_000
"""Steps, items and characters that an evaluation may touch, which takes a second or two."""

_SMALL = 2_000
_GROWING = frozenset(["replace", "join", "format"])
_CUTTING = frozenset(["split", "extractAll"])
_CHOICES = frozenset(["_[_]", "_[?_]", "_?._", "_?_:_"])
_WIDEST = 1_000
"""The most characters that a directive of `format` makes of a number."""
_SCALARS = frozenset(
    [
        "_==_",
        "_!=_",
        "_<_",
        "_<=_",
        "_>_",
        "_>=_",
        "_&&_",
        "_||_",
        "!_",
        "@in",
        "size",
        "contains",
        "startsWith",
        "endsWith",
        "matches",
        "hasValue",
        "type",
        "int",
        "uint",
        "double",
        "bool",
        "@not_strictly_false",
        "indexOf",
        "lastIndexOf",
    ]
)


class Estimate(Struct, frozen=True):
    """The work of an expression, and the extent of its value.

    `size` is that of the value with all inside it, as it is on the average of a loop; `peak` is the
    size that it has at most. `items` and `text` are those of the longest list and text in it.
    """

    work: int
    size: int
    peak: int
    items: int
    text: int


class Cost(Struct, frozen=True):
    """The cost of an expression, to be asked for many values."""

    tree: Expr

    @property
    def grows(self) -> bool:
        """True for an expression with a function that makes more than it is given."""
        calls = (expr for expr in everything(self.tree) if isinstance(expr, Call))
        return any(call.function in _GROWING or call.function == "range" for call in calls)

    def is_too_much(self, sizes: Sizes, *, grows: bool) -> bool:
        """Tell whether the evaluation is to be refused for values of such sizes."""
        if not grows and sizes.weight <= _SMALL:
            return False
        value = Estimate(1, sizes.weight, sizes.weight, sizes.items, sizes.text)
        whole = _estimate(self.tree, {}, value)
        return max(whole.work, whole.peak) > MOST


def _estimate(expr: Expr, scope: Mapping[str, Estimate], value: Estimate) -> Estimate:
    match expr:
        case Const():
            length = len(expr.raw)
            made = Estimate(1, length, length, 0, length)
        case Ident():
            made = scope.get(expr.name, value)
        case Select():
            inner = _estimate(expr.operand, scope, value)
            made = replace(inner, work=inner.work + 1)
        case ListLiteral() | MapLiteral():
            parts = [_estimate(part, scope, value) for part in children(expr)]
            made = _together(parts, len(parts))
        case Call():
            made = _call(expr, scope, value)
        case Fold():
            made = _fold(expr, scope, value)
    return made


def _together(parts: list[Estimate], items: int) -> Estimate:
    return _bounded(
        sum(part.work for part in parts) + 1,
        sum(part.size for part in parts) + 1,
        sum(part.peak for part in parts) + 1,
        items,
        max((part.text for part in parts), default=0),
    )


def _bounded(*numbers: int) -> Estimate:
    return Estimate(*(min(number, MOST + 1) for number in numbers))


def _call(expr: Call, scope: Mapping[str, Estimate], value: Estimate) -> Estimate:
    arguments = ([expr.target] if expr.target is not None else []) + list(expr.args)
    parts = [_estimate(argument, scope, value) for argument in arguments]
    all_ = _together(parts, sum(part.items for part in parts))
    if expr.function in _SCALARS:
        return Estimate(all_.work + all_.size, 1, 1, 0, 1)
    if expr.function in _CHOICES:
        return all_
    text, items, least = sum(part.text for part in parts), all_.items, 0
    if expr.function in _GROWING:
        text = least = _grown(expr, parts)
    elif expr.function in _CUTTING:
        items = text + 1
    elif expr.function == "range":
        items = least = _range(expr)
    size, peak = max(all_.size, least), max(all_.peak, least)
    return _bounded(all_.work + size, size, peak, items, text)


def _grown(expr: Call, parts: list[Estimate]) -> int:
    """Return the length of a text that is longer than those that it is made of."""
    first, last = parts[0], parts[-1]
    if expr.function == "format":
        return first.text * _WIDEST + sum(part.peak for part in parts)
    if expr.function == "join":
        return first.peak + first.items * last.text
    new = parts[min(2, len(parts) - 1)]
    return (first.text + 1) * (new.text + 1)


def _range(expr: Call) -> int:
    bound = expr.args[-1].value if isinstance(expr.args[-1], Const) else None
    return bound if isinstance(bound, int) else MOST + 1


def _fold(expr: Fold, scope: Mapping[str, Estimate], value: Estimate) -> Estimate:
    start = _estimate(expr.start, scope, value)
    if expr.over == ListLiteral(()):
        body = _estimate(expr.result, {**scope, expr.accumulator: replace(start, work=1)}, value)
        return replace(body, work=min(start.work + body.work, MOST + 1))
    over = _estimate(expr.over, scope, value)
    count = max(over.items, 1)
    item = Estimate(1, over.size // count + 1, over.peak, value.items, over.text)
    inner = {
        **scope,
        expr.variable: item,
        expr.second: item,
        expr.accumulator: Estimate(1, 0, 0, 0, 0),
    }
    step = _estimate(expr.step, inner, value)
    condition = _estimate(expr.condition, inner, value)
    # A list that grows is copied each time.
    copies = count * count // 2 if step.items and step.size > 1 else 0
    made = _bounded(
        1,
        start.size + count * step.size,
        start.peak + over.peak + count * step.size,
        start.items + count * max(step.items, 1),
        max(start.text, step.text, over.peak),
    )
    work = over.work + start.work + count * (step.work + condition.work) + copies
    result = _estimate(expr.result, {**scope, expr.accumulator: made}, value)
    return replace(result, work=min(work + result.work, MOST + 1))

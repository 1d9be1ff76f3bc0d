"""Bounds of the work that an evaluation may take.

The evaluator itself ends after 10,000 iterations. What it does not bound is how large a text or a
list grows in one step: `x.replace('', x)` squares, again and again. So work and sizes are estimated
from the tree and from the sizes of the object before anything runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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

MOST = 50_000_000
"""Steps, items and characters that an evaluation may touch, which takes a second or two."""

_SMALL = 2_000
_GROWING = frozenset(["replace", "join", "format", "range"])
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


@dataclass(frozen=True, slots=True)
class Estimate:
    """The work of an expression, and the extent of its value.

    `size` is that of the value with all inside it, as it is on the average of a loop; `peak` is the
    size that it has at most, and `items` how many items a list has at most.
    """

    work: int
    size: int
    peak: int
    items: int


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of an expression, to be asked for many values."""

    tree: Expr

    @property
    def grows(self) -> bool:
        """True for an expression with a function that makes more than it is given."""
        calls = (expr for expr in everything(self.tree) if isinstance(expr, Call))
        return any(call.function in _GROWING for call in calls)

    def is_too_much(self, sizes: Sizes, *, grows: bool) -> bool:
        """Tell whether the evaluation is to be refused for values of such sizes."""
        if not grows and sizes.weight <= _SMALL:
            return False
        value = Estimate(1, sizes.weight, sizes.weight, sizes.items)
        whole = _estimate(self.tree, {}, value)
        return max(whole.work, whole.peak) > MOST


def _estimate(expr: Expr, scope: Mapping[str, Estimate], value: Estimate) -> Estimate:
    match expr:
        case Const():
            made = Estimate(1, len(expr.raw), len(expr.raw), len(expr.raw))
        case Ident():
            made = scope.get(expr.name, value)
        case Select():
            inner = _estimate(expr.operand, scope, value)
            made = Estimate(inner.work + 1, inner.size, inner.peak, inner.items)
        case ListLiteral() | MapLiteral():
            parts = [_estimate(part, scope, value) for part in children(expr)]
            made = _together(parts, len(parts))
        case Call():
            made = _call(expr, scope, value)
        case Fold():
            made = _fold(expr, scope, value)
    return made


def _together(parts: list[Estimate], items: int) -> Estimate:
    return Estimate(
        work=min(sum(part.work for part in parts) + 1, MOST + 1),
        size=min(sum(part.size for part in parts) + 1, MOST + 1),
        peak=min(sum(part.peak for part in parts) + 1, MOST + 1),
        items=items,
    )


def _call(expr: Call, scope: Mapping[str, Estimate], value: Estimate) -> Estimate:
    arguments = ([expr.target] if expr.target is not None else []) + list(expr.args)
    parts = [_estimate(argument, scope, value) for argument in arguments]
    all_ = _together(parts, sum(part.items for part in parts))
    if expr.function in _SCALARS:
        return Estimate(all_.work + all_.size, 1, 1, 1)
    if expr.function in ("_[_]", "_[?_]", "_?._", "_?_:_"):
        return all_
    if expr.function not in _GROWING:
        return Estimate(all_.work + all_.size, all_.size, all_.peak, all_.items)
    peak = min(_grown(expr, parts, all_.peak), MOST + 1)
    return Estimate(min(all_.work + peak, MOST + 1), peak, peak, max(all_.items, peak))


def _grown(expr: Call, parts: list[Estimate], peak: int) -> int:
    """Return the size of what a function makes that makes more than it is given."""
    if expr.function == "range":
        bound = expr.args[-1].value if isinstance(expr.args[-1], Const) else None
        return bound if isinstance(bound, int) else MOST + 1
    if expr.function == "format":
        return peak + parts[0].peak * _WIDEST
    if expr.function == "join":
        return peak + parts[0].items * parts[-1].peak
    return (parts[0].peak + 1) * (parts[min(2, len(parts) - 1)].peak + 1)


def _fold(expr: Fold, scope: Mapping[str, Estimate], value: Estimate) -> Estimate:
    start = _estimate(expr.start, scope, value)
    if expr.over == ListLiteral(()):
        body = _estimate(expr.result, {**scope, expr.accumulator: start}, value)
        work = min(start.work + body.work, MOST + 1)
        return Estimate(work, body.size, body.peak, body.items)
    over = _estimate(expr.over, scope, value)
    count = max(over.items, 1)
    item = Estimate(1, over.size // count + 1, over.peak, min(over.peak, value.items))
    inner = {
        **scope,
        expr.variable: item,
        expr.second: item,
        expr.accumulator: Estimate(1, 0, 0, 0),
    }
    step = _estimate(expr.step, inner, value)
    condition = _estimate(expr.condition, inner, value)
    # A list that grows is copied each time.
    copies = count * count // 2 if step.items and step.size > 1 else 0
    made = Estimate(
        work=min(over.work + start.work + count * (step.work + condition.work) + copies, MOST + 1),
        size=min(start.size + count * step.size, MOST + 1),
        peak=min(start.peak + over.peak + count * step.size, MOST + 1),
        items=min(start.items + count * max(step.items, 1), MOST + 1),
    )
    result = _estimate(expr.result, {**scope, expr.accumulator: made}, value)
    return Estimate(min(made.work + result.work, MOST + 1), result.size, result.peak, result.items)

"""The names of an expression, resolved against the shapes of a schema.

Resolution refuses fields that the schema has not, as the API server's type check does, and makes of
the tree one that the evaluator can run: texts of times become times where they are used, lists in
which the order does not count are compared as such, functions that are not there are translated.
"""

from __future__ import annotations

from collections.abc import Mapping

from kure_hooks.cel import functions, translation
from kure_hooks.cel.functions import Typed
from kure_hooks.cel.inference import (
    Inferred,
    ListOf,
    OptionalOf,
    element,
    field,
    joined,
    refuse_objects,
    variables,
)
from kure_hooks.cel.shapes import Shape
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
    everything,
    integer,
    text,
)

SELF, OLD = "self", "oldSelf"
ORDERED = "@"
"""The start of the names of variables that have every set and every list with keys in one order."""

Scope = Mapping[str, Inferred]

_TIMES = {"duration": "duration", "date": "timestamp", "timestamp": "timestamp"}
_NETWORK = frozenset(["ip", "cidr", "masked"])
_OPTIONAL = Ident("optional")


class Resolution:
    """The resolution of one expression."""

    def __init__(self, tree: Expr, shape: Shape, *, old_is_optional: bool) -> None:
        parts = list(everything(tree))
        self._names = translation.Names()
        self._old_is_optional = old_is_optional
        calls = {expr.function for expr in parts if isinstance(expr, Call)}
        self._is_tagged = bool(calls & _NETWORK)
        self.uses_old = Ident(OLD) in parts
        old: Inferred = OptionalOf(shape) if old_is_optional else shape
        self._variables: Scope = {SELF: shape, OLD: old}
        self.tree, self.type = self._value(tree, self._variables)

    def _value(self, expr: Expr, scope: Scope) -> Typed:
        """Resolve an expression; texts of times in it become times."""
        return self._settled(*self._raw(expr, scope))

    def _settled(self, expr: Expr, type_: Inferred) -> Typed:
        if not isinstance(type_, Shape | OptionalOf):
            return expr, type_
        inner = element(type_) if isinstance(type_, Shape) else type_.element
        of_inner = _TIMES.get(inner.kind) if isinstance(inner, Shape) else None
        if isinstance(type_, OptionalOf):
            return (
                (self._optional_time(expr, of_inner), OptionalOf(of_inner))
                if of_inner
                else (expr, type_)
            )
        if convert := _TIMES.get(type_.kind):
            return Call(convert, (expr,)), convert
        if type_.kind == "list" and of_inner:
            return self._times(expr, of_inner), ListOf(of_inner)
        return expr, type_

    def _times(self, expr: Expr, convert: str) -> Expr:
        return translation.mapped(self._names, expr, lambda item: Call(convert, (item,)))

    def _optional_time(self, expr: Expr, convert: str) -> Expr:
        def body(value: Expr) -> Expr:
            some = Call("of", (Call(convert, (Call("value", (), value),)),), _OPTIONAL)
            none = Call("none", (), _OPTIONAL)
            return translation.choice(Call("hasValue", (), value), some, none)

        return translation.bound(self._names, expr, body)

    def _raw(self, expr: Expr, scope: Scope) -> Typed:
        match expr:
            case Const():
                typed: Typed = expr, "text" if isinstance(expr.value, str) else None
            case Ident():
                typed = self._ident(expr, scope)
            case Select():
                typed = self._select(expr, scope)
            case ListLiteral():
                typed = self._list(expr, scope)
            case MapLiteral():
                entries = tuple(self._entry(entry, scope) for entry in expr.entries)
                typed = MapLiteral(entries, expr.name), "map"
            case Fold():
                typed = self._fold(expr, scope)
            case Call():
                typed = self._call(expr, scope)
        return typed

    def _list(self, expr: ListLiteral, scope: Scope) -> Typed:
        values = [self._value(item, scope) for item in expr.elements]
        type_ = values[0][1] if values else None
        return ListLiteral(tuple(value for value, _ in values), expr.optional), ListOf(type_)

    def _entry(self, entry: Entry, scope: Scope) -> Entry:
        key = self._value(entry.key, scope)[0] if entry.key is not None else None
        return Entry(self._value(entry.value, scope)[0], key, entry.field, entry.optional)

    def _ident(self, expr: Ident, scope: Scope) -> Typed:
        type_ = scope.get(expr.name)
        if expr.name == OLD and self._old_is_optional and isinstance(type_, OptionalOf):
            # The variable has a list, with the old value or with none.
            return Call("_[?_]", (expr, integer(0))), type_
        return expr, type_

    def _select(self, expr: Select, scope: Scope) -> Typed:
        operand, type_ = self._raw(expr.operand, scope)
        name, inner = field(type_, expr.field)
        return Select(operand, name, expr.test), "boolean" if expr.test else inner

    def _fold(self, expr: Fold, scope: Scope) -> Typed:
        over, type_ = self._raw(expr.over, scope)
        first, second = variables(type_, two=bool(expr.second))
        is_binding = expr.over == ListLiteral(())
        start, made = (self._raw if is_binding else self._value)(expr.start, scope)
        inner = {**scope, expr.variable: first, expr.second: second, expr.accumulator: made}
        condition, _ = self._value(expr.condition, inner)
        step = expr.step
        if not is_binding:
            step, next_ = self._value(expr.step, inner)
            made = joined(made, next_)
        result, result_type = self._value(expr.result, {**scope, expr.accumulator: made})
        fold = Fold(
            expr.variable, over, expr.accumulator, start, condition, step, result, expr.second
        )
        return fold, result_type

    def _call(self, expr: Call, scope: Scope) -> Typed:
        if expr.function in ("_==_", "_!=_"):
            return self._comparison(expr, scope), "boolean"
        if expr.function in ("_[_]", "_[?_]", "_?._"):
            return self._access(expr, scope)
        values = [self._value(argument, scope) for argument in expr.args]
        arguments = tuple(value for value, _ in values)
        types = [type_ for _, type_ in values]
        if expr.target is None:
            refuse_objects(expr.function, types)
            call = Call(expr.function, arguments)
            return functions.function(self._names, call, types, tagged=self._is_tagged)
        target, type_ = self._value(expr.target, scope)
        refuse_objects(expr.function, [type_])
        return functions.method(self._names, Call(expr.function, arguments, target), type_, types)

    def _access(self, expr: Call, scope: Scope) -> Typed:
        operand, type_ = self._raw(expr.args[0], scope)
        key, _ = self._value(expr.args[1], scope)
        is_optional = isinstance(type_, OptionalOf) or expr.function != "_[_]"
        inner = type_.element if isinstance(type_, OptionalOf) else type_
        if expr.function == "_?._" and isinstance(key, Const):
            name, inner = field(inner, str(key.value))
            key = text(name)
        else:
            refuse_objects(expr.function, [inner])
            inner = element(inner)
        if is_optional and not isinstance(inner, OptionalOf):
            inner = OptionalOf(inner)
        return Call(expr.function, (operand, key)), inner

    def _comparison(self, expr: Call, scope: Scope) -> Expr:
        (left, type_), (right, other) = (self._raw(argument, scope) for argument in expr.args)
        if not isinstance(type_, Shape) or not type_.is_unordered:
            values = (self._settled(left, type_)[0], self._settled(right, other)[0])
            return Call(expr.function, values)
        is_shadowed = any(scope[name] is not type_ for name, type_ in self._variables.items())
        one, two = (None, None) if is_shadowed else (_ordered(left), _ordered(right))
        if one is not None and two is not None:
            return Call(expr.function, (one, two))
        if not (type_.is_set or type_.keys):
            return Call(expr.function, (left, right))
        same = translation.equal_lists(self._names, left, right, type_.keys)
        return same if expr.function == "_==_" else translation.negation(same)


def _ordered(expr: Expr) -> Expr | None:
    """Return a path of fields from a variable on, in its ordered twin; None for all else."""
    match expr:
        case Ident(name) if name in (SELF, OLD):
            return Ident(ORDERED + name)
        case Select(operand, field, False):
            inner = _ordered(operand)
            return inner and Select(inner, field)
        case Call("_[?_]", (Ident(name) as variable, index)) if name == OLD:
            return Call("_[?_]", (Ident(ORDERED + variable.name), index))
        case Call("_?._", (operand, key)):
            inner = _ordered(operand)
            return inner and Call("_?._", (inner, key))
        case Call("value", (), target) if target is not None:
            inner = _ordered(target)
            return inner and Call("value", (), inner)
    return None

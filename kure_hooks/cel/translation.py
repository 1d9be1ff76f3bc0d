"""Translations of what Kubernetes has and the evaluator has not, into what it has."""

from collections.abc import Callable
from itertools import count

from kure_hooks.cel.syntax import (
    Call,
    Expr,
    Fold,
    Ident,
    ListLiteral,
    boolean,
    integer,
    null,
    text,
)

EMPTY_MATCHES = "matches of an empty text"
"""The words with which a search for such matches ends: the evaluator leaves them out."""


class Names:
    """New names of variables, which no expression of anybody has."""

    def __init__(self) -> None:
        self._numbers = count()

    def new(self) -> str:
        """Return a name that was not there before."""
        return f"@{next(self._numbers)}"


def bound(names: Names, value: Expr, body: Callable[[Expr], Expr]) -> Expr:
    """Return an expression that evaluates a value once and uses it many times."""
    name = names.new()
    no = boolean(value=False)
    return Fold(names.new(), ListLiteral(()), name, value, no, Ident(name), body(Ident(name)))


def both(one: Expr, two: Expr) -> Expr:
    """Return the conjunction of two conditions."""
    return Call("_&&_", (one, two))


def choice(condition: Expr, one: Expr, two: Expr) -> Expr:
    """Return the one expression where the condition holds, else the other."""
    return Call("_?_:_", (condition, one, two))


def equal(one: Expr, two: Expr) -> Expr:
    """Return the comparison of two values."""
    return Call("_==_", (one, two))


def negation(condition: Expr) -> Expr:
    """Return the opposite of a condition."""
    return Call("!_", (condition,))


def size(value: Expr) -> Expr:
    """Return the size of a value."""
    return Call("size", (value,))


def _fold(
    names: Names, over: Expr, start: Expr, step: Callable[[Expr, Expr], Expr], *, until: bool | None
) -> Expr:
    """Fold a list; with `until`, stop as soon as the result is that truth value."""
    item, result = Ident(names.new()), Ident(names.new())
    condition: Expr = boolean(value=True)
    if until is not None:
        condition = Call("@not_strictly_false", (negation(result) if until else result,))
    return Fold(item.name, over, result.name, start, condition, step(result, item), result)


def every(names: Names, over: Expr, condition: Callable[[Expr], Expr]) -> Expr:
    """Return whether a condition holds for all items."""
    yes = boolean(value=True)
    return _fold(names, over, yes, lambda all_, item: both(all_, condition(item)), until=False)


def some(names: Names, over: Expr, condition: Callable[[Expr], Expr]) -> Expr:
    """Return whether a condition holds for an item."""
    no = boolean(value=False)
    return _fold(
        names, over, no, lambda any_, item: Call("_||_", (any_, condition(item))), until=True
    )


def mapped(names: Names, over: Expr, value: Callable[[Expr], Expr]) -> Expr:
    """Return the list of what is made of each item."""
    return _fold(
        names,
        over,
        ListLiteral(()),
        lambda items, item: Call("_+_", (items, ListLiteral((value(item),)))),
        until=None,
    )


def chosen(names: Names, over: Expr, condition: Callable[[Expr], Expr]) -> Expr:
    """Return the list of the items for which a condition holds."""
    return _fold(
        names,
        over,
        ListLiteral(()),
        lambda items, item: choice(
            condition(item), Call("_+_", (items, ListLiteral((item,)))), items
        ),
        until=None,
    )


def total(names: Names, items: Expr, zero: Expr) -> Expr:
    """Return the sum of a list, which for an empty one is the zero of its type."""

    def first(item: Expr) -> Expr:
        # Texts, bytes and lists have a plus but no sum: of them, zero plus the item is an error.
        kind = Call("type", (item,))
        is_none = equal(kind, Ident("string"))
        for name in ("bytes", "list"):
            is_none = Call("_||_", (is_none, equal(kind, Ident(name))))
        return choice(is_none, Call("_+_", (integer(0), item)), item)

    def step(sum_: Expr, item: Expr) -> Expr:
        return choice(equal(sum_, null()), first(item), Call("_+_", (sum_, item)))

    fold = _fold(names, items, null(), step, until=None)
    return bound(names, fold, lambda sum_: choice(equal(sum_, null()), zero, sum_))


def _sorted(items: Expr) -> Expr:
    return Call("sort", (), items)


def least(_names: Names, items: Expr) -> Expr:
    """Return the least item of a list."""
    return Call("_[_]", (_sorted(items), integer(0)))


def greatest(names: Names, items: Expr) -> Expr:
    """Return the greatest item of a list."""

    def last(items: Expr) -> Expr:
        return Call("_[_]", (_sorted(items), Call("_-_", (size(items), integer(1)))))

    return bound(names, items, last)


def is_sorted(names: Names, items: Expr) -> Expr:
    """Return whether no item is less than the one before."""
    return bound(names, items, lambda list_: equal(_sorted(list_), list_))


def place(names: Names, items: Expr, item: Expr, *, last: bool) -> Expr:
    """Return the index of the first or last item that equals another, -1 where none does."""

    def index(wanted: Expr) -> Expr:
        index, value, result = (Ident(names.new()) for _ in range(3))
        step = choice(equal(value, wanted), index, result)
        if not last:
            step = choice(Call("_<_", (result, integer(0))), step, result)
        yes = boolean(value=True)
        fold = Fold(
            index.name, items, result.name, integer(-1), yes, step, result, second=value.name
        )
        # A bound value is evaluated when it is used, and an item without one is an error always.
        return choice(equal(wanted, wanted), fold, integer(-1))

    return bound(names, item, index)


def is_list(value: Expr) -> Expr:
    """Return whether a value is a list."""
    return equal(Call("type", (value,)), Ident("list"))


def included(names: Names, subject: Expr, item: Expr) -> Expr:
    """Return whether a list has an item, or whether what is no list equals it."""

    def either(value: Expr) -> Expr:
        return choice(is_list(value), Call("@in", (item, value)), equal(value, item))

    return bound(names, subject, either)


def match(subject: Expr, pattern: Expr) -> Expr:
    """Return the first match of a pattern, an empty text where there is none."""
    extract = Call("extract", (subject, Call("@whole", (pattern,))), Ident("regex"))
    return Call("orValue", (text(""),), extract)


def matches(names: Names, subject: Expr, pattern: Expr, most: Expr | None = None) -> Expr:
    """Return all matches of a pattern, or no more than so many."""

    def found(pattern: Expr) -> Expr:
        # The evaluator leaves out matches of an empty text.
        may_be_empty = Call("matches", (pattern,), text(""))
        all_ = Call("extractAll", (subject, Call("@whole", (pattern,))), Ident("regex"))
        return choice(may_be_empty, Call("@refused", (text(EMPTY_MATCHES),)), all_)

    every_match = bound(names, pattern, found)
    if most is None:
        return every_match

    def cut(list_: Expr, length: Expr) -> Expr:
        is_whole = Call(
            "_||_", (Call("_<_", (length, integer(0))), Call("_>=_", (length, size(list_))))
        )
        return choice(is_whole, list_, Call("slice", (integer(0), length), list_))

    return bound(
        names, every_match, lambda list_: bound(names, most, lambda length: cut(list_, length))
    )


def substring(names: Names, subject: Expr, start: Expr, end: Expr) -> Expr:
    """Return a part of a text; the evaluator takes no end that is the text's (0.1.3)."""

    def part(value: Expr, last: Expr) -> Expr:
        rest = Call("substring", (start,), value)
        return choice(equal(last, size(value)), rest, Call("substring", (start, last), value))

    return bound(names, subject, lambda value: bound(names, end, lambda last: part(value, last)))


def optional_of(value: Expr) -> Expr:
    """Return an optional value, which is none for an empty list or text."""
    return Call("ofNonZeroValue", (value,), Ident("optional"))


def inserted(arguments: tuple[Expr, ...]) -> Expr:
    """Return a map with one more entry, or with those of another map."""
    return Call("@insert", (arguments[0], ListLiteral(arguments[1:])))


def same_keys(keys: tuple[str, ...]) -> Callable[[Expr, Expr], Expr]:
    """Return what compares the keys of two items of a list that is a map."""

    def same(one: Expr, two: Expr) -> Expr:
        conditions: list[Expr] = [
            equal(Call("_?._", (one, text(key))), Call("_?._", (two, text(key)))) for key in keys
        ]
        condition = conditions[0]
        for other in conditions[1:]:
            condition = both(condition, other)
        return condition

    return same


def equal_lists(names: Names, one: Expr, two: Expr, keys: tuple[str, ...]) -> Expr:
    """Compare two sets, or with keys two lists that are maps; the order does not count."""

    def has(list_: Expr, item: Expr) -> Expr:
        if not keys:
            return Call("@in", (item, list_))
        same = same_keys(keys)
        return some(names, list_, lambda other: both(same(other, item), equal(other, item)))

    def compare(left: Expr, right: Expr) -> Expr:
        return both(
            equal(size(left), size(right)), every(names, left, lambda item: has(right, item))
        )

    return bound(names, one, lambda left: bound(names, two, lambda right: compare(left, right)))


def merged(names: Names, one: Expr, two: Expr, keys: tuple[str, ...]) -> Expr:
    """Merge two sets, or with keys two lists that are maps, in which the second one wins."""

    def union(left: Expr, right: Expr) -> Expr:
        new = chosen(names, right, lambda item: negation(Call("@in", (item, left))))
        return Call("_+_", (left, new))

    def override(left: Expr, right: Expr) -> Expr:
        same = same_keys(keys)

        def replaced(item: Expr) -> Expr:
            others = chosen(names, right, lambda other: same(other, item))
            return bound(
                names,
                others,
                lambda list_: choice(
                    equal(size(list_), integer(0)), item, Call("_[_]", (list_, integer(0)))
                ),
            )

        new = chosen(
            names,
            right,
            lambda item: negation(some(names, left, lambda other: same(other, item))),
        )
        return Call("_+_", (mapped(names, left, replaced), new))

    merge = override if keys else union
    return bound(names, one, lambda left: bound(names, two, lambda right: merge(left, right)))

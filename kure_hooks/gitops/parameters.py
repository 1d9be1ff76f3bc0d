"""Sets of parameters of ApplicationSets, and how they are put together (Argo CD 3.5)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from kure_hooks.gitops.templating.values import Budget, text
from kure_hooks.yamlio import Pointer


class Parameters(NamedTuple):
    """One set of parameters, and the pointer to what makes it: a generator or its element."""

    values: dict[str, Any]
    pointer: Pointer


def over(value: dict[str, Any], other: Mapping[str, Any], budget: Budget) -> dict[str, Any]:
    """Return a mapping with another one over it, key by key at every depth."""
    budget.spend(0, values=len(value) + len(other))
    both = dict(value)
    for key, item in other.items():
        old = both.get(key)
        if isinstance(old, dict) and isinstance(item, dict):
            both[key] = over(old, item, budget)
        else:
            both[key] = item
    return both


def flattened(value: Any, budget: Budget) -> dict[str, str]:
    """Return the single values in a value as texts, by their paths with dots.

    A long key stands in the paths of all values below it, which the budget is for.
    """
    return dict(_flat(value, "", budget))


def _flat(value: Any, path: str, budget: Budget) -> Iterator[tuple[str, str]]:
    budget.spend(len(path), values=1)
    if isinstance(value, dict | list):
        items: Iterable[tuple[Any, Any]] = (
            value.items() if isinstance(value, dict) else enumerate(value)
        )
        for key, item in items:
            yield from _flat(item, f"{path}.{key}" if path else str(key), budget)
    else:
        yield path, text(value)

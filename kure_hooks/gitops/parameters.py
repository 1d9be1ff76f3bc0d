"""Sets of parameters of ApplicationSets, and how they are put together (Argo CD 3.5)."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from kure_hooks.gitops.templating.values import text
from kure_hooks.yamlio import Pointer


class Parameters(NamedTuple):
    """One set of parameters, and the pointer to what makes it: a generator or its element."""

    values: dict[str, Any]
    pointer: Pointer


def over(value: dict[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Return a mapping with another one over it, key by key at every depth."""
    both = dict(value)
    for key, item in other.items():
        old = both.get(key)
        both[key] = over(old, item) if isinstance(old, dict) and isinstance(item, dict) else item
    return both


def flattened(value: Any, path: str = "") -> dict[str, str]:
    """Return the single values in a value as texts, by their paths with dots."""
    if isinstance(value, dict):
        items: Iterable[tuple[Any, Any]] = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    else:
        return {path: text(value)}
    flat: dict[str, str] = {}
    for key, item in items:
        flat |= flattened(item, f"{path}.{key}" if path else str(key))
    return flat

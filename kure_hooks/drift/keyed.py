"""Lists that Kubernetes merges by a key, turned into mappings so that order is no difference."""

from collections.abc import Iterator
from typing import Any

# `x-kubernetes-list-map-keys` and patch merge keys of the Kubernetes 1.34 API, most used first.
_KEYS = ("name", "containerPort", "port", "mountPath", "devicePath", "key", "ip", "type")

# Lists that the API treats as sets.
_SETS = frozenset({"accessModes", "finalizers", "imagePullSecrets", "policyTypes", "resources"})


def keyed(value: Any, under: str = "") -> Any:
    """Return the value with sets and lists of uniquely keyed mappings as mappings by `[key]`."""
    if isinstance(value, dict):
        return {key: keyed(each, key) for key, each in value.items()}
    if not isinstance(value, list):
        return value
    if all(isinstance(each, str) for each in value):
        return _set(value) if under in _SETS else value
    key = merge_key(value)
    if key is None:
        return [keyed(each) for each in value]
    return {f"[{each[key]}]": keyed(each) for each in value}


def _set(items: list[str]) -> Any:
    """Return a set as a mapping too; with repeats it is none, but its order still means nothing."""
    return {f"[{each}]": each for each in items} if len(set(items)) == len(items) else sorted(items)


def merge_key(items: list[Any]) -> str | None:
    """Return the key whose values tell all mappings of a list apart, or None."""
    if not items or not all(isinstance(each, dict) for each in items):
        return None
    for key in _KEYS:
        values = [each[key] for each in items if isinstance(each.get(key), (str, int))]
        if len(set(map(str, values))) == len(items):
            return key
    return None


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield path and value of what is no collection, or an empty one, in a keyed value."""
    if isinstance(value, dict) and value:
        for key, each in value.items():
            yield from leaves(each, (*path, key))
    elif isinstance(value, list) and value:
        for index, each in enumerate(value):
            yield from leaves(each, (*path, f"[{index}]"))
    else:
        yield path, value

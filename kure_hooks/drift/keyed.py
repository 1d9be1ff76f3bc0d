"""Lists that Kubernetes merges by a key, turned into mappings so that order is no difference."""

from collections.abc import Iterator, Sequence
from typing import Any

from kure_hooks.drift.paths import FieldPath, ListKey, Step, steps
from kure_hooks.manifests import canonical

# `x-kubernetes-list-map-keys` and patch merge keys of the Kubernetes 1.34 API, most used first.
_KEYS = ("name", "containerPort", "port", "mountPath", "devicePath", "key", "ip", "type")

# Lists that the API treats as sets.
_SETS = frozenset({"accessModes", "finalizers", "imagePullSecrets", "policyTypes", "resources"})


def keyed(value: Any, under: str = "") -> Any:
    """Return the value with sets and lists of uniquely keyed mappings as mappings by ListKey."""
    if isinstance(value, dict):
        return {key: keyed(item, key) for key, item in value.items()}
    if not isinstance(value, list):
        return value
    if all(isinstance(each, str) for each in value):
        return _set(value) if under in _SETS else value
    key = merge_key(value)
    if key is None:
        return [keyed(each) for each in value]
    return {step: keyed(item) for step, item in by_key(value, key).items()}


def is_set(items: Sequence[Any], under: Step) -> bool:
    """Return whether the items of the list under a key have no order."""
    return under in _SETS and all(isinstance(item, str) for item in items)


def _set(items: list[str]) -> Any:
    """Return a set as a mapping too; with repeats it is none, but its order still means nothing."""
    if len(set(items)) < len(items):
        return sorted(items)
    return {ListKey(item): item for item in items}


def merge_key(*lists: Sequence[Any]) -> str | None:
    """Return the key whose values tell all mappings of each list apart, or None.

    There is none for lists that are all empty.
    """
    if not any(lists) or not all(isinstance(item, dict) for items in lists for item in items):
        return None
    return next((key for key in _KEYS if all(_tells_apart(items, key) for items in lists)), None)


def by_key(items: Sequence[Any], key: str) -> dict[ListKey, Any]:
    """Return the mappings of a list by the values of its merge key, such as `web` or `80`."""
    return {ListKey(_name(item[key])): item for item in items}


def pointer_to(value: Any, path: str) -> tuple[str | int, ...]:
    """Return the pointer to the field with a path, as far as a value has it."""
    pointer: list[str | int] = []
    for step in steps(path):
        found = _step_in(value, step)
        if found is None:
            break
        pointer.append(found)
        value = value[found]
    return tuple(pointer)


def _step_in(value: Any, step: str) -> str | int | None:
    """Return the key or index that a step of a path stands for; None where there is none."""
    if isinstance(value, dict):
        return step if step in value else None
    if not isinstance(value, list):
        return None
    key = merge_key(value)
    names = [_name(item[key]) for item in value] if key else [*map(str, range(len(value)))]
    name = step[1:-1]
    return names.index(name) if name in names else None


def _tells_apart(items: Sequence[Any], key: str) -> bool:
    names = {_name(item[key]) for item in items if isinstance(item.get(key), (str, int))}
    return len(names) == len(items)


def _name(value: str | int) -> str:
    return value if isinstance(value, str) else canonical(value)


def leaves(value: Any, path: FieldPath = ()) -> Iterator[tuple[FieldPath, Any]]:
    """Yield path and value of what is no collection, or an empty one, in a keyed value."""
    if isinstance(value, dict) and value:
        for key, each in value.items():
            yield from leaves(each, (*path, key))
    elif isinstance(value, list) and value:
        for index, each in enumerate(value):
            yield from leaves(each, (*path, ListKey(str(index))))
    else:
        yield path, value

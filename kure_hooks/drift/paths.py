"""The paths of fields in objects, and how they are written: `spec.containers[web].image`.

In a report a path is text. Only this module knows how it is read again. Lists that Kubernetes
merges by a key are turned into mappings, so that their order is no difference.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct

from kure_hooks.manifests import canonical

# Also a quoted key is in brackets: such a path is compared by what is outside of all of them.
_BRACKETS = re.compile(r"\[[^]]*+\]?+")
_STEP = re.compile(r'\["([^"]*+)"?+\]?+|\[[^]]*+\]?+|[^].[]++')

# `x-kubernetes-list-map-keys` and patch merge keys of the Kubernetes 1.34 API, most used first.
_KEYS = ("name", "containerPort", "port", "mountPath", "devicePath", "key", "ip", "type")

# Lists that the API treats as sets.
_SETS = frozenset({"accessModes", "finalizers", "imagePullSecrets", "policyTypes", "resources"})


class ListKey(Struct, frozen=True):
    """The place of an item in a list: the value of its merge key, the item of a set, or a number.

    It prints itself, such as `[web]`. No key of a mapping is equal to it.
    """

    name: str

    def __str__(self) -> str:
        return f"[{self.name}]"


Step = str | ListKey
FieldPath = tuple[Step, ...]


def path_text(path: FieldPath) -> str:
    """Return a path as people write it; keys that could be read as something else are quoted."""
    text = ""
    for step in path:
        if isinstance(step, ListKey):
            text += str(step)
        elif "." in step or (step.startswith("[") and step.endswith("]")):
            text += f'["{step}"]'
        else:
            text += f".{step}" if text else step
    return text


def steps(text: str) -> tuple[str, ...]:
    """Return the steps of a path's text; those of lists keep their brackets: `[web]`."""
    return tuple(match[1] or match[0] for match in _STEP.finditer(text))


def tail(text: str) -> str:
    """Return the end of a path that says enough in a sentence, such as `containers[web].image`."""
    parts = steps(text)
    start = len(parts) - 1
    while start > 0 and (parts[start].startswith("[") or parts[start - 1].startswith("[")):
        start -= 1
    texts = (part if part.startswith("[") else f".{part}" for part in parts[start:])
    return "".join(texts).removeprefix(".")


def without_keys(text: str) -> str:
    """Return the text of a path without the keys of lists: `spec.containers[].image`."""
    return _BRACKETS.sub("[]", text)


def is_within(text: str, whole: str) -> bool:
    """Tell whether a field is another one or below it; an empty path is the whole object."""
    return not whole or text == whole or text.startswith((f"{whole}.", f"{whole}["))


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

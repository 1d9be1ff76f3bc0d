"""Patches of kustomize 5.8: what is wrong with one, and what it does to an object.

An operation of a JSON 6902 patch does here what evanphx/json-patch v4 makes of it: to replace a key
that is not there adds it, a negative index counts from the end. What RFC 6902 requires and that
library lets pass without effect is a fault: a path without a slash, an operation without a value.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

from msgspec import Struct

from kure_hooks.errors import InputError
from kure_hooks.kustomize.targets import SELECTORS, pattern_problem
from kure_hooks.manifests import Manifest
from kure_hooks.yamlio import read
from kure_hooks.yamlio.place import Problem

_MEMBERS = {
    "add": ("path", "value"),
    "remove": ("path",),
    "replace": ("path", "value"),
    "move": ("from", "path"),
    "copy": ("from", "path"),
    "test": ("path", "value"),
}
"""The members that each operation needs."""


class PatchError(Exception):
    """A patch is none, or it fails; the arguments are what is wrong and what is expected."""

    def __init__(self, problem: str, expected: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.expected = expected


class TooMuchError(Exception):
    """A patch takes too long to follow."""


MAX_COPIED = 10_000
MAX_DEPTH = 100
"""The most values, each inside of the other, that an object may have after an operation."""

# No list is longer than these tell.
_DIGITS = 9


class Patch(Struct, frozen=True):
    """A patch: operations, or objects that are merged. One with neither does nothing."""

    operations: Sequence[Manifest] = ()
    merges: Sequence[Manifest] = ()

    @property
    def deletes(self) -> bool:
        """Tell whether the objects it is for are taken out of the build."""
        return any(merge.get("$patch") == "delete" for merge in self.merges)


def parse(text: str, *, has_target: bool) -> Patch:
    """Return the patch that a text is; PatchError with its first fault."""
    try:
        values = [each.value for each in read(text.encode(), "the patch") if each.value is not None]
    except InputError as error:
        finding = error.findings[0]
        problem = f"{finding.problem}, in line {finding.at.line} of the patch"
        raise PatchError(problem, finding.expected) from error
    if len(values) == 1 and isinstance(values[0], list):
        _refuse_flow(text)
        return Patch(operations=_operations(values[0], has_target=has_target))
    for value in values:
        if not isinstance(value, dict):
            expected = "a list of JSON 6902 operations, or an object with what is merged"
            raise PatchError("this is neither a list of operations nor an object", expected)
    merges = [value for value in values if value]
    for value in merges:
        _refuse_unidentified(value, has_target=has_target)
    if has_target and len(merges) > 1:
        raise PatchError(
            "a patch with a target is one object, but this has several", "Write a patch for each."
        )
    return Patch(merges=merges)


def _refuse_flow(text: str) -> None:
    """Refuse a list in brackets that is YAML and not JSON, which kustomize does not read."""
    if text.lstrip().startswith("["):
        try:
            json.loads(text, parse_constant=_no_number)
        except ValueError as error:
            problem = "kustomize reads a patch that begins with [ as JSON, and this is none"
            expected = "an item with a dash for each operation, or quotes around keys and strings"
            raise PatchError(problem, expected) from error


def _no_number(name: str) -> None:
    """Refuse NaN and Infinity, which Python takes for JSON."""
    raise ValueError(name)


def problems(text: str, target: Mapping[str, str] | None) -> Iterator[Problem]:
    """Yield what is wrong with a patch by itself: pointer, problem and what is expected.

    `target` has the keys of a target that are set, and is None where there is no target.
    """
    try:
        parse(text, has_target=target is not None)
    except PatchError as error:
        yield ("patch",), error.problem, error.expected
    for key, value in (target or {}).items():
        if problem := _target_problem(key, value):
            yield ("target", key), f"{value} {problem}", ""


def _target_problem(key: str, value: str) -> str:
    if key not in SELECTORS:
        return pattern_problem(value)
    from kure_hooks.kustomize.selectors import selector_problem  # noqa: PLC0415 - few targets do

    return selector_problem(value)


def apply(operations: Sequence[Manifest], manifest: Manifest) -> None:
    """Apply operations to an object; PatchError for the first one that fails.

    TooMuchError for a patch that copies and moves more than MAX_COPIED values, keys not counted,
    and for one that puts more than MAX_DEPTH values into each other.
    """
    copied = 0
    for operation in operations:
        if operation["op"] in ("copy", "move"):
            new = _get({"": manifest}, operation["from"])
            copied += _size(new)
        else:
            new = operation.get("value")
        if copied > MAX_COPIED or operation["path"].count("/") + _depth(new) > MAX_DEPTH:
            raise TooMuchError
        _apply(operation, {"": manifest})


def _size(value: Any) -> int:
    """Return the number of values in a value, itself included."""
    return sum(map(len, _levels(value)))


def _depth(value: Any) -> int:
    """Return how many values are inside of each other."""
    return sum(1 for _ in _levels(value))


def _levels(value: Any) -> Iterator[Sequence[Any]]:
    """Yield a value, the values in it, those in these, and so on."""
    level = [value]
    while level:
        yield level
        level = [
            item
            for part in level
            if isinstance(part, dict | list)
            for item in (part.values() if isinstance(part, dict) else part)
        ]


def _refuse_unidentified(value: Manifest, *, has_target: bool) -> None:
    metadata = value.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    wanted = {"kind": value.get("kind"), "metadata.name": name}
    if not has_target:  # else these are read, but mean nothing
        wanted = {"apiVersion": value.get("apiVersion"), **wanted}
    for key, item in wanted.items():
        if not isinstance(item, str) or not item:
            expected = f"the {key} of the object that it is for"
            raise PatchError(f"the object to merge has no {key}", expected)


def _operations(values: Sequence[Any], *, has_target: bool) -> list[Manifest]:
    for index, value in enumerate(values):
        if not isinstance(value, dict):
            raise PatchError(f"operation {index} is no mapping", "op, path and value")
        op = value.get("op")
        if not isinstance(op, str) or op not in _MEMBERS:
            expected = f"one of {', '.join(_MEMBERS)}"
            raise PatchError(f"operation {index} has the unknown op {str(op)!r}", expected)
        for member in _MEMBERS[op]:
            if member not in value:
                raise PatchError(f"operation {index} ({op}) has no {member}")
            pointer = value[member]
            if member != "value" and not (isinstance(pointer, str) and pointer.startswith("/")):
                problem = f"operation {index} ({op}) has the {member} {str(pointer)!r}"
                raise PatchError(problem, "a JSON pointer such as /spec/replicas")
    if values and not has_target:
        raise PatchError(
            "a list of operations does not say which objects it is for", "Add a target."
        )
    return list(values)


def _apply(operation: Manifest, root: Manifest) -> None:
    op, path = operation["op"], operation["path"]
    if op in ("move", "copy"):
        source = operation["from"]
        value = _get(root, source) if op == "copy" else _remove(root, op, source)
        _put(root, op, path, deepcopy(value), insert=True)
    elif op == "remove":
        _remove(root, op, path)
    elif op == "test":
        if _get(root, path) != operation["value"]:
            raise PatchError(f"test finds another value at {path}")
    else:
        _put(root, op, path, deepcopy(operation["value"]), insert=op == "add")


def _put(root: Manifest, op: str, path: str, value: Any, *, insert: bool) -> None:
    container, key = _container(root, op, path)
    if isinstance(container, dict):
        container[key] = value
    elif insert and key == "-":
        container.append(value)
    else:
        index = _index(container, key, len(container) + insert, op, path)
        container[index : index + (not insert)] = [value]


def _remove(root: Manifest, op: str, path: str) -> Any:
    container, key = _container(root, op, path)
    if isinstance(container, dict):
        if key not in container:
            raise PatchError(f"{op} finds nothing at {path}")
        return container.pop(key)
    return container.pop(_index(container, key, len(container), op, path))


def _get(root: Manifest, path: str) -> Any:
    """Return the value at a path, None for a key that is not there."""
    container, key = _container(root, "test", path)
    if isinstance(container, dict):
        return container.get(key)
    return container[_index(container, key, len(container), "test", path)]


def _container(root: Manifest, op: str, path: str) -> tuple[Any, str]:
    """Return what holds the last part of a path, and that part."""
    found: Any = root
    *steps, last = [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")]
    for step in steps:
        if isinstance(found, dict) and step in found:
            found = found[step]
        elif isinstance(found, list):
            found = found[_index(found, step, len(found), op, path)]
        else:
            raise PatchError(f"{op} finds nothing to change at {path}")
    if not isinstance(found, (dict, list)):
        raise PatchError(f"{op} finds nothing to change at {path}")
    return found, last


def _index(items: Sequence[Any], step: str, length: int, op: str, path: str) -> int:
    digits = step.removeprefix("-")
    is_index = digits.isascii() and digits.isdigit() and len(digits) <= _DIGITS
    index = int(step) if is_index else None
    if index is not None and -length <= index < length:
        return index + length if index < 0 else index
    raise PatchError(f"{op} finds no item {step} at {path}, but {len(items)} of them")

"""Fields of objects as kustomize 5.8 finds them: by a path, in objects of some kinds.

A step of a path leads into each item of a list without saying so; one that ends with `[]` says so.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from kure_hooks.manifests import Manifest
from kure_hooks.yamlio import Pointer

Change = Callable[[Any, Pointer], Any]
"""Returns what becomes of a value, given where it is in the object."""

_STEP = re.compile(r"(?:\\/|[^/])+")


class FieldError(Exception):
    """A path leads through a single value, which kustomize refuses."""


class Spec(NamedTuple):
    """A field: its path, and the objects that may have it; empty texts stand for any.

    Where `create` is set, the field is made in objects that lack it.
    """

    path: tuple[str, ...]
    kind: str = ""
    group: str = ""
    version: str = ""
    create: bool = False

    def is_for(self, api_version: str, kind: str) -> bool:
        """Tell whether objects of a kind may have the field."""
        if self.kind and self.kind != kind:
            return False
        group, slash, version = api_version.partition("/")
        if not slash:
            group, version = "", group
        return self.group in ("", group) and self.version in ("", version)


def steps(path: str) -> tuple[str, ...]:
    """Return the steps of a written path; a slash in a step has a backslash before it."""
    return tuple(step.replace("\\/", "/") for step in _STEP.findall(path))


def with_fields(manifest: Manifest, specs: Iterable[Spec], change: Change, new: Any) -> Manifest:
    """Return an object with each of its fields changed; the same one if nothing is.

    `new` is the value that a field has at first where it is made; None makes no fields. Raises
    FieldError.
    """
    kind, api_version = manifest["kind"], manifest["apiVersion"]
    for spec in specs:
        if spec.is_for(api_version, kind):
            made = new if spec.create else None
            manifest = _changed(manifest, (), spec.path, change, made)
    return manifest


def _changed(value: Any, at: Pointer, path: tuple[str, ...], change: Change, new: Any) -> Any:
    if not path:
        return change(value, at)
    if value is None:
        return None
    if isinstance(value, list):
        items = [
            _changed(item, (*at, index), path, change, new) for index, item in enumerate(value)
        ]
        same = all(item is old for item, old in zip(items, value, strict=True))
        return value if same else items
    if not isinstance(value, dict):
        raise FieldError(path[0])
    return _in_mapping(value, at, path, change, new)


def _in_mapping(
    value: dict[str, Any], at: Pointer, path: tuple[str, ...], change: Change, new: Any
) -> dict[str, Any]:
    step, rest = path[0], path[1:]
    name = step.removesuffix("[]")
    made: Any = None
    if name != step:
        made = []
    elif new is not None:
        made = {} if rest else new
    if name not in value and (made is None or name != step):
        return value
    old = value.get(name)
    start = made if old is None and made is not None else old
    item = _changed(start, (*at, name), rest, change, new)
    return value if item is old and name in value else {**value, name: item}


def replaced(value: Any, pointer: Pointer, new: Any) -> Any:
    """Return a value with what is at a pointer replaced; itself where there is nothing."""
    if not pointer:
        return new
    step, rest = pointer[0], pointer[1:]
    if isinstance(value, dict) and step in value:
        return {**value, step: replaced(value[step], rest, new)}
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return [*value[:step], replaced(value[step], rest, new), *value[step + 1 :]]
    return value

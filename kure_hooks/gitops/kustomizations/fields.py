"""Fields of objects as kustomize 5.8 finds them: by a path, in objects of some kinds.

A step of a path leads into each item of a list without saying so; one that ends with `[]` says so.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from kure_hooks.manifests import Manifest

Change = Callable[[Any], Any]

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
            manifest = _changed(manifest, spec.path, change, new if spec.create else None)
    return manifest


def _changed(value: Any, path: tuple[str, ...], change: Change, new: Any) -> Any:
    if not path:
        return change(value)
    if value is None:
        return None
    if isinstance(value, list):
        items = [_changed(item, path, change, new) for item in value]
        same = all(item is old for item, old in zip(items, value, strict=True))
        return value if same else items
    if not isinstance(value, dict):
        raise FieldError(path[0])
    return _in_mapping(value, path, change, new)


def _in_mapping(
    value: dict[str, Any], path: tuple[str, ...], change: Change, new: Any
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
    item = _changed(made if old is None and made is not None else old, rest, change, new)
    return value if item is old and name in value else {**value, name: item}


def entry(key: str, text: str) -> Change:
    """Return the change that sets one key of a mapping."""

    def change(value: Any) -> Any:
        if not isinstance(value, dict):
            raise FieldError(key)
        return value if value.get(key) == text else {**value, key: text}

    return change

"""Shapes: what a structural schema makes of values in expressions.

The source is k8s.io/apiserver 0.36, pkg/cel/common/schemas.go and valuesunstructured.go.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kure_hooks import times
from kure_hooks.cel.schemas import Schema, escaped, mapping, resolved, sequence

HIDDEN = "\x01"
"""The start of keys that no expression can name; comparisons of whole objects see them."""

_DEEPEST = 100
_64_BITS = 1 << 63
_STRINGS = {
    "duration": "duration",
    "date": "date",
    "date-time": "timestamp",
    "byte": "bytes",
}
_SCALARS = {"boolean": "boolean", "number": "double", "integer": "integer"}
_TEXT: Schema = {"type": "string"}
_METADATA: Schema = {"type": "object", "properties": {"name": _TEXT, "generateName": _TEXT}}


class UnfitError(Exception):
    """A value that its schema does not allow; the check of the schema has told it before."""


@dataclass(slots=True)
class Sizes:
    """Sizes of what a value is made of.

    `weight` counts values and characters, `items` those of the longest list or map, `text` the
    characters of the longest text.
    """

    weight: int = 0
    items: int = 0
    text: int = 0

    def add(self, value: Any) -> None:
        """Count one value, without those inside it."""
        if isinstance(value, str | bytes):
            self.weight += len(value)
            self.text = max(self.text, len(value))
        elif isinstance(value, list | Mapping):
            self.items = max(self.items, len(value))
        self.weight += 1


class Shape:
    """A node of a schema.

    `kind` is object, map, list, text, boolean, integer, double, bytes, duration, date, timestamp,
    either (an integer or a text) or hidden (nothing that expressions may look into).
    """

    def __init__(self, schema: Any, definitions: Mapping[str, Any], *, root: bool = False) -> None:
        self.schema = resolved(schema, definitions)
        self.definitions = definitions
        self.is_resource = root or self.schema.get("x-kubernetes-embedded-resource") is True
        self.kind = self._kind()
        self.nullable = self.schema.get("nullable") is True

    def _kind(self) -> str:
        schema, kind = self.schema, self.schema.get("type")
        if schema.get("x-kubernetes-int-or-string") is True:
            return "either"
        if kind == "string":
            return _STRINGS.get(str(schema.get("format")), "text")
        if kind == "array":
            return "list" if isinstance(schema.get("items"), Mapping) else "hidden"
        if kind == "object":
            values = schema.get("additionalProperties")
            is_map = isinstance(values, Mapping) and not schema.get("properties")
            return "map" if is_map and not self.is_resource else "object"
        return _SCALARS.get(str(kind), "hidden")

    @cached_property
    def properties(self) -> dict[str, Shape]:
        """The shapes of an object's properties that expressions can reach, by escaped name."""
        return {
            name: shape
            for key, shape in self._declared.items()
            if (name := escaped(key)) is not None and shape.is_exposed
        }

    @cached_property
    def _declared(self) -> dict[str, Shape]:
        declared = mapping(self.schema.get("properties"))
        if self.is_resource and not self._has_metadata(declared):
            declared = {**declared, "apiVersion": _TEXT, "kind": _TEXT, "metadata": _METADATA}
        return {str(key): Shape(schema, self.definitions) for key, schema in declared.items()}

    def declared(self, key: str) -> Shape | None:
        """Return the shape of a key of an object or of a map, None where it has none."""
        return self.element if self.kind == "map" else self._declared.get(key)

    def _has_metadata(self, declared: Mapping[str, Any]) -> bool:
        def type_of(schemas: Mapping[str, Any], name: str) -> Any:
            return resolved(schemas.get(name), self.definitions).get("type")

        metadata = resolved(declared.get("metadata"), self.definitions).get("properties")
        has: bool = (
            type_of(declared, "apiVersion") == type_of(declared, "kind") == "string"
            and type_of(declared, "metadata") == "object"
            and type_of(mapping(metadata), "name")
            == type_of(mapping(metadata), "generateName")
            == "string"
        )
        return has

    @cached_property
    def element(self) -> Shape:
        """The shape of a list's items, or of a map's values."""
        key = "items" if self.kind == "list" else "additionalProperties"
        return Shape(self.schema.get(key), self.definitions)

    @cached_property
    def is_exposed(self) -> bool:
        """True for values that expressions may use."""
        if self.kind in ("list", "map"):
            return self.element.is_exposed
        return self.kind != "hidden"

    @property
    def is_set(self) -> bool:
        """True for lists in which the order does not count and no item is there twice."""
        return self.kind == "list" and self.schema.get("x-kubernetes-list-type") == "set"

    @property
    def keys(self) -> tuple[str, ...]:
        """The escaped names of the properties that tell a list's items apart; none for others."""
        if self.kind != "list" or self.schema.get("x-kubernetes-list-type") != "map":
            return ()
        keys = sequence(self.schema.get("x-kubernetes-list-map-keys"))
        return tuple(escaped(str(key)) or HIDDEN + str(key) for key in keys)

    @cached_property
    def is_unordered(self) -> bool:
        """True for values that are not compared item by item."""
        return any(shape.is_set or shape.keys for shape in self._inside())

    def _inside(self, depth: int = 0) -> Iterator[Shape]:
        yield self
        if depth > _DEEPEST:
            return
        if self.kind in ("list", "map"):
            yield from self.element._inside(depth + 1)  # noqa: SLF001 - another shape
        elif self.kind == "object":
            for shape in self._declared.values():
                yield from shape._inside(depth + 1)  # noqa: SLF001 - another shape

    def value(self, value: Any, sizes: Sizes, *, ordered: bool = False) -> Any:
        """Return a value of JSON as expressions see it.

        With `ordered`, lists in which the order does not count are brought into one. Times are
        texts in a normal form. Raise UnfitError for a value that the schema does not allow.
        """
        if value is None:
            if self.nullable:
                return None
            raise UnfitError
        if self.kind == "object":
            return self._object(value, sizes, ordered=ordered)
        if self.kind == "map":
            return self._map(value, sizes, ordered=ordered)
        if self.kind == "list":
            return self._list(value, sizes, ordered=ordered)
        made = _MAKERS[self.kind](value)
        if made is None:
            raise UnfitError
        sizes.add(made)
        return made

    def _object(self, value: Any, sizes: Sizes, *, ordered: bool) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise UnfitError
        sizes.weight += len(value)
        made: dict[str, Any] = {}
        for key, inner in _named(value):
            shape = self._declared.get(key)
            name = escaped(key)
            if shape is None or name is None or not shape.is_exposed:
                made[HIDDEN + key] = _plain(inner)
            elif inner is not None:
                try:
                    made[name] = shape.value(inner, sizes, ordered=ordered)
                except UnfitError:
                    continue
        return made

    def _map(self, value: Any, sizes: Sizes, *, ordered: bool) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise UnfitError
        sizes.add(value)
        made = {}
        for key, inner in _named(value):
            sizes.add(key)
            made[key] = self.element.value(inner, sizes, ordered=ordered)
        return made

    def _list(self, value: Any, sizes: Sizes, *, ordered: bool) -> list[Any]:
        if not isinstance(value, list):
            raise UnfitError
        sizes.add(value)
        made = [self.element.value(item, sizes, ordered=ordered) for item in value]
        if ordered and self.is_set:
            made.sort(key=_order)
        elif ordered and (keys := self.keys):
            made.sort(key=lambda item: [_order(item.get(key)) for key in keys])
        return made


def _named(value: Mapping[Any, Any]) -> Iterator[tuple[str, Any]]:
    return ((str(key), inner) for key, inner in value.items())


def _order(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=repr)


def _plain(value: Any) -> Any:
    """Return any JSON in types and ranges that the evaluator takes."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, int) and not -_64_BITS <= value < _64_BITS:
        return str(value)
    return value if isinstance(value, str | bool | int | float | None) else str(value)


def _integer(value: Any) -> int | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    fits = isinstance(value, int) and not isinstance(value, bool) and -_64_BITS <= value < _64_BITS
    return value if fits else None


def _double(value: Any) -> float | None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    try:
        return float(value)
    except OverflowError:
        return None


def _bytes(value: Any) -> bytes | None:
    try:
        return base64.b64decode(value, validate=True) if isinstance(value, str) else None
    except (binascii.Error, ValueError):
        return None


def _if_text(read: Any) -> Any:
    return lambda value: read(value) if isinstance(value, str) else None


_MAKERS: dict[str, Any] = {
    "text": _if_text(str),
    "duration": _if_text(times.duration),
    "date": _if_text(times.date),
    "timestamp": _if_text(times.time),
    "bytes": _bytes,
    "boolean": lambda value: value if isinstance(value, bool) else None,
    "integer": _integer,
    "double": _double,
    "either": lambda value: value if isinstance(value, str) else _integer(value),
    "hidden": _plain,
}

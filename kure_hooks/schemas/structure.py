"""Values as the API server stores them, and lists that are sets or maps.

The rules are those of k8s.io/apiextensions-apiserver v0.36: the packages schema/defaulting and
schema/listtype below pkg/apiserver.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from kure_hooks.manifests import canonical
from kure_hooks.schemas.conversion import REFERENCE
from kure_hooks.yamlio import Pointer

RULES = "x-kubernetes-validations"
"""The key of the rules in CEL that a part of a schema has."""

_NOTHING: Mapping[str, Any] = {}


class Part:
    """The schema of a value, with the schemas of what is below it, made when they are asked for."""

    __slots__ = ("_below", "_definitions", "defaults", "schema")

    def __init__(self, schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> None:
        while isinstance(reference := schema.get("$ref"), str):
            schema = definitions[reference.removeprefix(REFERENCE)]
        self.schema = schema
        self._definitions = definitions
        self._below: dict[str | int, Part | None] = {}
        properties = schema.get("properties") or _NOTHING
        self.defaults = {
            name: part.default
            for name in properties
            if (part := self.at(name)) is not None and part.default is not None
        }
        """The value of each key that has one where it is absent."""

    @classmethod
    def whole(cls, schema: Mapping[str, Any]) -> "Part":
        """Return the part that is a whole object; `schema` may have `definitions`."""
        return cls(schema, schema.get("definitions") or _NOTHING)

    @property
    def default(self) -> Any:
        """The value where there is none; None where the schema has no default."""
        return self.schema.get("default")

    @property
    def nullable(self) -> bool:
        """Tell whether null is a value of its own."""
        return bool(self.schema.get("nullable"))

    def at(self, key: str | int) -> "Part | None":
        """Return the schema of the value at a key or an index, None where the schema has none."""
        name = key if isinstance(key, str) else 0
        try:
            return self._below[name]
        except KeyError:
            below = self._schema_of(key)
            part = None if below is None else Part(below, self._definitions)
            self._below[name] = part
            return part

    def _schema_of(self, key: str | int) -> Mapping[str, Any] | None:
        below = self.schema.get("items")
        if isinstance(key, str):
            below = (self.schema.get("properties") or _NOTHING).get(key)
            if below is None:
                below = self.schema.get("additionalProperties")
        return below if isinstance(below, Mapping) else None


def settled(value: Any, part: Part | None) -> Any:
    """Return a value without nulls that stand for absent keys, and with defaults; a copy.

    Values that the schema does not know stay as they are.
    """
    if part is None:
        return value
    if isinstance(value, dict):
        return _settled_mapping(value, part)
    if isinstance(value, list):
        return [_settled_below(item, part.at(0)) for item in value]
    return value


def _settled_mapping(value: dict[str, Any], part: Part) -> dict[str, Any]:
    kept = {}
    for key, inner in value.items():
        below = part.at(key)
        is_absent = inner is None and below is not None and not below.nullable
        if not is_absent or (below and below.default is not None):
            kept[key] = _settled_below(inner, below)
    for key, default in part.defaults.items():
        if key not in kept:
            kept[key] = settled(default, part.at(key))
    return kept


def _settled_below(value: Any, part: Part | None) -> Any:
    if value is None and part is not None and not part.nullable:
        return settled(part.default, part)
    return settled(value, part)


def duplicates(value: Any, part: Part | None, pointer: Pointer = ()) -> Iterator[Pointer]:
    """Yield the pointer to each first item that a list may not have again.

    That is an item of a set that is there already, or one of a map with the keys of another.
    """
    if part is None:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from duplicates(inner, part.at(key), (*pointer, key))
    elif isinstance(value, list):
        yield from ((*pointer, index) for index in _repeated(value, part.schema))
        for index, inner in enumerate(value):
            yield from duplicates(inner, part.at(index), (*pointer, index))


def _repeated(items: list[Any], schema: Mapping[str, Any]) -> Iterator[int]:
    kind = schema.get("x-kubernetes-list-type")
    if len(items) < 2 or kind not in ("set", "map"):  # noqa: PLR2004 - a single item has no other
        return
    names = schema.get("x-kubernetes-list-map-keys") or ()
    seen: dict[str, int] = {}
    for index, item in enumerate(items):
        key = canonical(item if kind == "set" else _keys(item, names))
        seen[key] = seen.get(key, 0) + 1
        if seen[key] == 2:  # noqa: PLR2004 - the API server tells of the second one only
            yield index


def _keys(item: Any, names: Any) -> dict[str, Any]:
    return {name: item[name] for name in names if name in item} if isinstance(item, dict) else {}


def has_rules(schema: Any) -> bool:
    """Tell whether a schema has rules anywhere."""
    if isinstance(schema, dict):
        return RULES in schema or any(map(has_rules, schema.values()))
    return isinstance(schema, list) and any(map(has_rules, schema))

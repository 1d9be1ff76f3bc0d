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

_LIST_TYPE = "x-kubernetes-list-type"
_KEYED = ("set", "map")
_SCALARS = frozenset((bool, float, int, str))
_NOTHING: Mapping[str, Any] = {}


class Part:
    """The schema of a value, with the parts of what is below it.

    `is_ruled` tells whether there are rules here or below, `is_keyed` whether there are lists that
    are sets or maps: most parts have neither, so that nobody needs to look into their values.
    """

    __slots__ = ("_items", "_properties", "_values", "defaults", "is_keyed", "is_ruled", "schema")

    def __init__(
        self,
        schema: Mapping[str, Any],
        definitions: Mapping[str, Any],
        made: "dict[int, Part] | None" = None,
    ) -> None:
        # A definition is one part however many refer to it, itself included.
        made = {} if made is None else made
        made[id(schema)] = self
        self.schema = schema
        self.is_ruled = RULES in schema
        self.is_keyed = schema.get(_LIST_TYPE) in _KEYED
        properties = schema.get("properties") or _NOTHING
        parts = {name: _part(below, definitions, made) for name, below in properties.items()}
        self._properties = {name: part for name, part in parts.items() if part is not None}
        self._values = _part(schema.get("additionalProperties"), definitions, made)
        self._items = _part(schema.get("items"), definitions, made)
        self.defaults = {
            name: part.default
            for name, part in self._properties.items()
            if part.default is not None
        }
        """The value of each key that has one where it is absent."""
        for part in (*self._properties.values(), self._values, self._items):
            if part is not None:
                self.is_ruled = self.is_ruled or part.is_ruled
                self.is_keyed = self.is_keyed or part.is_keyed

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
        if isinstance(key, str):
            return self._properties.get(key, self._values)
        return self._items


def _part(schema: Any, definitions: Mapping[str, Any], made: dict[int, Part]) -> Part | None:
    if not isinstance(schema, Mapping):
        return None
    while isinstance(reference := schema.get("$ref"), str):
        schema = definitions[reference.removeprefix(REFERENCE)]
    return made.get(id(schema)) or Part(schema, definitions, made)


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
        if type(inner) in _SCALARS:
            kept[key] = inner
            continue
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
    if part is None or not part.is_keyed:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from duplicates(inner, part.at(key), (*pointer, key))
    elif isinstance(value, list):
        yield from ((*pointer, index) for index in _repeated(value, part.schema))
        for index, inner in enumerate(value):
            yield from duplicates(inner, part.at(index), (*pointer, index))


def _repeated(items: list[Any], schema: Mapping[str, Any]) -> Iterator[int]:
    kind = schema.get(_LIST_TYPE)
    if len(items) < 2 or kind not in _KEYED:  # noqa: PLR2004 - a single item has no other
        return
    names = schema.get("x-kubernetes-list-map-keys") or ()
    seen: dict[str, int] = {}
    for index, item in enumerate(items):
        key = canonical(item if kind == "set" else _keys(item, names))
        seen[key] = seen.get(key, 0) + 1
        if seen[key] == 2:  # noqa: PLR2004 - the API server tells of the second one only
            yield index


def pairs(old: Any, new: Any, part: Part) -> Iterator[tuple[str | int, Any, Any]]:
    """Yield the step to each value below, with the old and the new one: None where there is none.

    Values are paired as the API server does for rules about changes: by the keys of a mapping, and
    in a list that is a map by the keys of its items. What is atomic, or a set, has no pairs.
    """
    if isinstance(old, dict) and isinstance(new, dict):
        if part.schema.get("x-kubernetes-map-type", "granular") == "granular":
            yield from ((key, old.get(key), value) for key, value in new.items())
    elif isinstance(old, list) and isinstance(new, list) and part.schema.get(_LIST_TYPE) == "map":
        names = part.schema.get("x-kubernetes-list-map-keys") or ()
        known = {canonical(_keys(item, names)): item for item in old}
        for index, item in enumerate(new):
            yield index, known.get(canonical(_keys(item, names))), item


def _keys(item: Any, names: Any) -> dict[str, Any]:
    return {name: item[name] for name in names if name in item} if isinstance(item, dict) else {}

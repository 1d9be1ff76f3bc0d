"""JSON Schemas (draft 2020-12) made of the OpenAPI schemas of kinds.

The rules are those of k8s.io/apiextensions-apiserver v0.36 for custom resources. The API server
decodes built-in objects into Go structs instead, where null stands for an absent value.
"""

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]

REFERENCE = "#/definitions/"

FORMAT = "kubernetes-"
"""The prefix of the formats of strings here, so that no library takes them for its own."""

DECODED_TIME = "decoded-time"
"""The format of times in built-in objects and in all metadata, which Go's decoder reads."""

_COPIED = frozenset(
    (
        *("enum", "pattern", "multipleOf", "required", "minProperties", "maxProperties"),
        *("minLength", "maxLength", "minItems", "maxItems", "uniqueItems"),
    )
)
_PLAIN = frozenset(("type", "nullable"))
_WITHOUT_BOUNDS = ("boolean", "string")
"""The types with nothing to convert, where a schema has the keys of `_PLAIN` alone."""

_BOUNDS = (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum"))
_INTEGERS = {"int32": (-(2**31), 2**31 - 1)}
_LONGS = (-(2**63), 2**63 - 1)
_FLOAT = 3.4028234663852886e38
_OPEN = "x-kubernetes-preserve-unknown-fields"
_EMBEDDED = "x-kubernetes-embedded-resource"
_EITHER = "x-kubernetes-int-or-string"
_HEAD = ("apiVersion", "kind", "metadata")
_EMPTY = "without-keys"
_OR_NULL = "-or-null"
_WITHOUT_KEYS: Schema = {
    "additionalProperties": False,
    "items": {"$ref": f"{REFERENCE}{_EMPTY}"},
}


class Conversion:
    """Makes JSON Schemas of OpenAPI schemas.

    `builtin` says that the kind is one of Kubernetes itself, where any value that is not required
    may be null, and an object without known keys takes any. `strict` refuses unknown keys, as the
    API server does with `fieldValidation: Strict` and every server-side apply.
    `metadata` is the JSON Schema of the metadata of objects. A schema that stands `alone` takes
    objects to which nobody has given their defaults and of which nobody has dropped the nulls that
    stand for absent keys.
    """

    def __init__(
        self,
        *,
        builtin: bool = False,
        strict: bool = True,
        metadata: Mapping[str, Any] | None = None,
        alone: bool = False,
    ) -> None:
        self.builtin = builtin
        self.strict = strict
        self.metadata: Mapping[str, Any] = metadata or {"type": "object"}
        self.alone = alone
        self._closes = strict and not builtin
        self._shared: Mapping[str, Any] = {}
        self._nullable: set[str] = set()

    def document(self, schema: Mapping[str, Any]) -> Schema:
        """Return the JSON Schema of a whole object."""
        self._shared, self._nullable = schema.get("definitions") or {}, set()
        converted = self._whole(schema) if self.builtin else self._object(schema)
        if not self.builtin:  # the API server adds metadata, and demands a name in it
            converted["required"] = [key for key in converted["required"] if key != "metadata"]
        definitions = {name: self._whole(part) for name, part in self._shared.items()}
        while missing := self._nullable - definitions.keys():
            for name in sorted(missing):
                part = self._shared[name.removesuffix(_OR_NULL)]
                definitions[name] = self._whole(part, nullable=True)
        return {**converted, "definitions": {**definitions, _EMPTY: _WITHOUT_KEYS}}

    def _whole(self, schema: Mapping[str, Any], *, nullable: bool = False) -> Schema:
        """Convert a schema that says all about its value, unknown keys included."""
        if schema.get("type") in _WITHOUT_BOUNDS and schema.keys() <= _PLAIN:  # as half of all are
            name = schema["type"]
            return {"type": [name, "null"] if nullable or _takes_null(schema) else [name]}
        if "$ref" in schema:
            return self._reference(schema["$ref"], nullable=nullable)
        if schema.get(_EMBEDDED):
            return self._object(schema)
        converted = self._condition(schema)
        types = self._types(schema)
        is_absent = nullable
        nullable = nullable or _takes_null(schema)
        if types:
            converted["type"] = [*types, "null"] if nullable else types
        elif nullable and "anyOf" in converted:  # a quantity
            converted["anyOf"] = [*converted["anyOf"], {"type": "null"}]
        # A custom resource takes null beside an enum only where the enum has it.
        if "enum" in converted and ((self.builtin and nullable) or is_absent):
            converted["enum"] = [*converted["enum"], None]
        self._bound(converted, schema)
        self._below(converted, schema)
        if self._closed(schema):
            converted["additionalProperties"] = False
        return converted

    def _reference(self, name: str, *, nullable: bool) -> Schema:
        """Convert a reference; other programs tell less of a value that may be one of two."""
        reference: Schema = {"$ref": name}
        # Most of what built-in kinds refer to says itself that it may be null.
        nullable = nullable and not _takes_null(self._shared[name.removeprefix(REFERENCE)])
        if nullable and self.alone:
            self._nullable.add(f"{name.removeprefix(REFERENCE)}{_OR_NULL}")
            return {"$ref": f"{name}{_OR_NULL}"}
        return {"anyOf": [reference, {"type": "null"}]} if nullable else reference

    def _object(self, schema: Mapping[str, Any]) -> Schema:
        """Convert the schema of an object with apiVersion, kind and metadata of its own."""
        properties = {**(schema.get("properties") or {})}
        demands = {name: self._demand(properties.pop(name, {})) for name in _HEAD}
        converted = self._whole({**schema, _EMBEDDED: False, "properties": properties})
        name = {"type": "string", "minLength": 1}
        head = {"apiVersion": name, "kind": name, "metadata": self.metadata}
        converted.setdefault("properties", {}).update(
            {key: {"allOf": [head[key], demands[key]]} for key in _HEAD}
        )
        converted["required"] = sorted({*converted.get("required", ()), "apiVersion", "kind"})
        return converted

    def _condition(self, schema: Mapping[str, Any]) -> Schema:
        """Convert what a schema demands of a value without saying what it is."""
        converted = {
            key: value
            for key, value in schema.items()
            if key in _COPIED and value is not None and value is not False
        }
        for bound, exclusive in _BOUNDS:
            if bound in schema:
                key = exclusive if schema.get(exclusive) else bound
                converted[key] = schema[bound]
        for key in ("allOf", "anyOf", "oneOf"):
            if parts := schema.get(key):
                converted[key] = [self._demand(part) for part in parts]
        if schema.get("not") is not None:
            converted["not"] = self._demand(schema["not"])
        return converted

    def _demand(self, schema: Mapping[str, Any]) -> Schema:
        """Convert a schema below allOf, anyOf, oneOf or not: it never refuses unknown keys."""
        converted = self._condition(schema)
        if kind := schema.get("type"):
            converted["type"] = kind
        if schema.get("format") and kind in (None, "string"):
            converted["format"] = _format(schema["format"])
        if properties := schema.get("properties"):
            converted["properties"] = {
                name: self._demand(part) for name, part in properties.items()
            }
        for key in ("items", "additionalProperties"):
            if isinstance(schema.get(key), dict):
                converted[key] = self._demand(schema[key])
        return converted

    def _types(self, schema: Mapping[str, Any]) -> list[str]:
        if schema.get(_EITHER) or schema.get("format") == "int-or-string":
            return ["integer", "string"]
        kind = schema.get("type")
        return [kind] if isinstance(kind, str) else []

    def _bound(self, converted: Schema, schema: Mapping[str, Any]) -> None:
        """Keep integers within their format, unless the schema has narrower bounds."""
        kind, form = schema.get("type"), schema.get("format") or ""
        if kind == "integer" or schema.get(_EITHER):
            form = form if kind == "integer" else ""
            lowest, highest = _INTEGERS.get(form, _LONGS)
            converted["minimum"] = max(lowest, converted.get("minimum", lowest))
            converted["maximum"] = min(highest, converted.get("maximum", highest))
        elif kind == "number" and form == "float":
            converted["minimum"] = max(-_FLOAT, converted.get("minimum", -_FLOAT))
            converted["maximum"] = min(_FLOAT, converted.get("maximum", _FLOAT))
        elif kind == "string" and form and not self.builtin:
            converted["format"] = _format(form)
        elif kind == "string" and form == "date-time":
            converted["format"] = DECODED_TIME

    def _below(self, converted: Schema, schema: Mapping[str, Any]) -> None:
        properties = schema.get("properties") or {}
        required = [
            name for name in schema.get("required") or () if not self._is_given(name, properties)
        ]
        if required != (schema.get("required") or []):
            converted["required"] = required
        if properties:
            takes_null = self.builtin or self.alone
            converted["properties"] = {
                name: self._whole(part, nullable=takes_null and name not in required)
                for name, part in properties.items()
            }
        if isinstance(schema.get("items"), dict):
            converted["items"] = self._whole(schema["items"], nullable=self.builtin)
        if isinstance(schema.get("additionalProperties"), dict):
            values = self._whole(schema["additionalProperties"], nullable=self.builtin)
            converted["additionalProperties"] = values
        elif schema.get("additionalProperties") and self._closes:
            # Any value, but the API server knows no keys of one.
            converted["additionalProperties"] = {"$ref": f"{REFERENCE}{_EMPTY}"}

    def _is_given(self, name: str, properties: Mapping[str, Any]) -> bool:
        """Tell whether a key that is missing gets its default later."""
        part = properties.get(name)
        if not self.alone or not isinstance(part, dict):
            return False
        whole = self._shared.get(str(part.get("$ref", "")).removeprefix(REFERENCE), part)
        return whole.get("default") is not None

    def _closed(self, schema: Mapping[str, Any]) -> bool:
        """Tell whether keys that the schema does not name are refused."""
        if schema.get(_OPEN) or "additionalProperties" in schema or not self.strict:
            return False
        return "properties" in schema or (self._closes and schema.get("type") == "object")


def _format(name: str) -> str:
    return f"{FORMAT}{name.replace('-', '')}"


def _takes_null(schema: Mapping[str, Any]) -> bool:
    return bool(schema.get("nullable"))


def expanded(schema: Any, shared: Mapping[str, Any]) -> Any:
    """Return a JSON Schema with what it refers to in the place of references."""
    if isinstance(schema, list):
        return [expanded(part, shared) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if isinstance(reference := schema.get("$ref"), str):
        return expanded(shared[reference.rpartition("/")[2]], shared)
    return {key: expanded(part, shared) for key, part in schema.items()}

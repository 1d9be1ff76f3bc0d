"""The schema of the template of a cluster set: that of a cluster, with references to parameters."""

from collections.abc import Iterator, Mapping
from typing import Any

from kure_hooks.decoding.json_schema import Schema, text
from kure_hooks.stack.sets.documents import FIELDS

_DEFINED = "#/$defs/"
_REFERENCE = {
    "type": "string",
    "pattern": r"\$\{params\.[A-Za-z_][A-Za-z0-9_-]*\}",
    "description": "A text with parameters, such as edge-${params.name}.",
}
# The kinds of applications have no second set of definitions, so that the schema stays small.
_SPEC = {
    "type": "object",
    **text("What the application consists of. Its keys depend on `kind`."),
}
_WORDS = frozenset({"description", "markdownDescription", "examples", "default", "title"})


def add_template(definitions: dict[str, Schema]) -> None:
    """Add the schema of a template, and those of its parts, to definitions.

    They are the definitions of a cluster under names of their own, in which the fields that
    `FIELDS` names take references. What has no such field is shared with a cluster.
    """
    definitions["ClusterTemplate"]["required"].append("spec")  # it has the root node
    maker = _Maker(definitions)
    schema = maker.reference("ClusterTemplate", is_free=False)
    definitions.update(maker.made)
    del definitions["ClusterTemplate"]
    described = definitions["ClusterSetBody"]["properties"]
    described["template"] = described["template"] | schema
    described["template"].pop("type", None)


class _Maker:
    def __init__(self, definitions: dict[str, Schema]) -> None:
        self.definitions = definitions
        self.made: dict[str, Schema] = {}
        self._taking = _reaching(definitions)

    def reference(self, name: str, *, is_free: bool) -> Schema:
        """Return a reference to the definition of a template for that of a cluster."""
        key = "NodeDoc" if name == "RootNode" else name
        is_free = is_free and key not in FIELDS
        if not is_free and name not in self._taking:
            return {"$ref": f"{_DEFINED}{name}"}
        new = f"TemplateValue{name}" if is_free else f"Template{name}"
        if new not in self.made:
            self.made[new] = {}  # parts refer to each other
            self.made[new] = self._definition(self.definitions[name], key, is_free=is_free)
        return {"$ref": f"{_DEFINED}{new}"}

    def _definition(self, schema: Schema, key: str, *, is_free: bool) -> Schema:
        if key == "ApplicationRef":
            schema = _loose(schema)
        own = FIELDS.get(key)

        def inner(part: Any) -> Any:
            if isinstance(part, list):
                return [inner(item) for item in part]
            if not isinstance(part, dict):
                return part
            return {
                name: {
                    field: self.taking(value, is_free=is_free if own is None else field in own)
                    for field, value in item.items()
                }
                if name == "properties"
                else inner(item)
                for name, item in part.items()
            }

        made: Schema = inner(schema)
        return made

    def taking(self, schema: Any, *, is_free: bool) -> Any:
        """Return the schema of a value whose strings and scalars take references where free."""
        if not isinstance(schema, dict):
            return schema
        if "$ref" in schema:
            name = schema["$ref"].removeprefix(_DEFINED)
            return schema | self.reference(name, is_free=is_free)
        lists = {
            key: [self.taking(part, is_free=is_free) for part in schema[key]]
            for key in ("anyOf", "oneOf")
            if key in schema
        }
        parts = {
            key: self.taking(schema[key], is_free=is_free)
            for key in ("items", "additionalProperties")
            if isinstance(schema.get(key), dict)
        }
        made = schema | lists | parts
        if not is_free or not _is_scalar(made) or made == _REFERENCE:
            return made
        words = {key: made.pop(key) for key in [*made] if key in _WORDS}
        return words | {"anyOf": [made, _REFERENCE]}


def _reaching(definitions: Mapping[str, Schema]) -> set[str]:
    """Return the definitions that have a field of `FIELDS`, in themselves or in a part."""
    references = {name: set(_references(schema)) for name, schema in definitions.items()}
    taking = {name for name in definitions if name in FIELDS or name == "RootNode"}
    while more := {name for name in references if references[name] & taking} - taking:
        taking |= more
    return taking


def _references(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict) and isinstance(schema.get("$ref"), str):
        yield schema["$ref"].removeprefix(_DEFINED)
    parts = schema.values() if isinstance(schema, dict) else schema
    for part in parts if isinstance(schema, (dict, list)) else ():
        yield from _references(part)


def _is_scalar(schema: Schema) -> bool:
    """Tell whether a schema is that of one scalar and would refuse a reference."""
    kinds = schema.get("type", ())
    kinds = {kinds} if isinstance(kinds, str) else set(kinds)
    if not kinds or not kinds <= {"string", "integer", "number", "boolean", "null"}:
        return False
    return "string" not in kinds or bool(schema.keys() & {"pattern", "enum", "const", "maxLength"})


def _loose(schema: Schema) -> Schema:
    """Return the schema of an application in a bundle with a `spec` of any keys."""
    in_place = {key: part for key, part in schema["else"].items() if key != "allOf"}
    return schema | {
        "properties": schema["properties"] | {"spec": _SPEC},
        "else": in_place | {"properties": in_place["properties"] | {"spec": _SPEC}},
    }

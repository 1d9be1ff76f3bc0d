"""Structural schemas of the kinds that Kubernetes has built in.

They come from the OpenAPI documents that a release publishes. These are looser than what its API
server takes; the rest of what it does to a built-in kind by its Go types is added here:

* `null` is an absent field to the decoder of Go, so a field that is not required is nullable, and
  so is an element without required fields.
* The published documents leave out the values of enumerations; they are read from the Go code
  that the documents are made from. An empty string is an absent value where a field is optional
  and no pointer in Go.
* Some fields are documented as required and are not: server_facts.py.
* A status is not taken from what somebody applies, so nothing is required there and no values are
  wrong; types are, since they are decoded.
* Quantities, and integers or strings, have types of their own in Go and `oneOf` in OpenAPI.
* A default that is the zero value of its Go type changes nothing and is left out.
"""

import json
import re
from collections.abc import Iterator

from scripts.pack_schemas import server_facts
from scripts.pack_schemas.definitions import Schema, bare
from scripts.pack_schemas.fetching import files
from scripts.pack_schemas.sources import Source

_REF = "#/components/schemas/"
_REFERENCE = re.compile(rf'"{_REF}([^"]+)"')
_OPEN: Schema = {"x-kubernetes-preserve-unknown-fields": True}
_EXTENSIONS = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1."
# Types of Go that decode themselves, so that OpenAPI says too little of them.
_OWN_DECODING: dict[str, Schema] = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": {
        "anyOf": [{"type": "string"}, {"type": "number"}],
        "format": "quantity",
    },
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": {
        "format": "int-or-string",
        "x-kubernetes-int-or-string": True,
    },
    "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1": {"type": "object", **_OPEN},
    "io.k8s.apimachinery.pkg.apis.meta.v1.Patch": {"type": "object", **_OPEN},
    "io.k8s.apimachinery.pkg.runtime.RawExtension": {"type": "object", **_OPEN},
    f"{_EXTENSIONS}JSON": _OPEN,
    f"{_EXTENSIONS}JSONSchemaPropsOrBool": _OPEN,
    f"{_EXTENSIONS}JSONSchemaPropsOrStringArray": _OPEN,
    # apiextensions.k8s.io/v1 takes structural schemas only: `items` is one schema there.
    f"{_EXTENSIONS}JSONSchemaPropsOrArray": {"$ref": f"{_REF}{_EXTENSIONS}JSONSchemaProps"},
}
_LEFT_OUT = ("properties", "required", "x-kubernetes-group-version-kind", "x-kubernetes-unions")
_ZERO = ({}, "", 0, False)


class Release:
    """One version of Kubernetes: its definitions and its kinds.

    `definitions` maps a name to a structural schema with `{"$ref": name}` where it refers to
    another; the name of one that may be `null` ends in `?`. `kinds` maps (apiVersion, kind) to
    a name.
    """

    def __init__(self, source: Source) -> None:
        contents = files(source)
        self.minor = int(source.version.split(".")[1])
        self._published = _published(contents)
        self._enumerations = dict(_enumerations(contents))
        self.kinds = {
            kind: name for name, schema in self._published.items() for kind in _kinds(schema)
        }
        self._applied = self._outside_of_status()
        self.definitions: dict[str, Schema] = {}
        for name in sorted(self.kinds.values()):
            self._define(name)

    def _outside_of_status(self) -> set[str]:
        """Return the names of the types that a kind has elsewhere than in its status."""
        applied: set[str] = set()
        waiting = set(self.kinds.values())
        while waiting:
            name = waiting.pop()
            applied.add(name)
            schema = self._published[name]
            fields = dict(schema.get("properties", {}))
            if any(_kinds(schema)):
                fields.pop("status", None)
            waiting |= set(_REFERENCE.findall(json.dumps(fields))) - applied
        return applied

    def _define(self, name: str) -> None:
        """Add a definition and those that it refers to."""
        if name in self.definitions:
            return
        published = self._published[name.removesuffix("?")]
        schema = bare({key: value for key, value in published.items() if key not in _LEFT_OUT})
        self.definitions[name] = schema
        if name.endswith("?"):
            schema["nullable"] = True
        required = self._required(name.removesuffix("?"))
        schema |= {"required": required} if required else {}
        schema["properties"] = {
            key: self._field(name.removesuffix("?"), key, value, required=key in required)
            for key, value in published.get("properties", {}).items()
        }

    def _required(self, name: str) -> list[str]:
        """Return the fields of a type that an object can't do without."""
        if name not in self._applied:
            return []
        fields = self._published[name].get("required", ())
        return [key for key in fields if (_type_of(name), key) not in server_facts.OPTIONAL]

    def _field(self, name: str, key: str, value: Schema, *, required: bool) -> Schema:
        schema = self._value(value, nullable=not required)
        values = self._enumerations.get((_short(name), key))
        if values is None or name not in self._applied:
            return schema
        if (_type_of(name), key) in server_facts.NEVER_EMPTY:
            values = [value for value in values if value]
        elif schema["type"] == "string" and not required:
            values = ["", *values]
        if schema["type"] == "string":
            return {**schema, "enum": sorted(set(values))}
        inner = "items" if schema["type"] == "array" else "additionalProperties"
        return {**schema, inner: {**schema[inner], "enum": sorted(set(values))}}

    def _value(self, value: Schema, *, nullable: bool) -> Schema:
        """Return the schema of a field or an element."""
        alone = value.get("allOf", [value])[0]
        if "$ref" in alone:
            return self._reference(alone["$ref"].removeprefix(_REF), nullable=nullable)
        schema: Schema = {}
        for key, part in value.items():
            if key in ("items", "additionalProperties"):
                schema[key] = self._value(part, nullable=self._is_zero_valid(part))
            elif key not in ("description", "default") or (key == "default" and part not in _ZERO):
                schema[key] = part
        return {**schema, "nullable": True} if nullable else schema

    def _reference(self, name: str, *, nullable: bool) -> Schema:
        """Return a reference to a definition; one to a type without fields is that type."""
        schema = _OWN_DECODING.get(name, self._published[name])
        if "$ref" in schema:
            return self._reference(schema["$ref"].removeprefix(_REF), nullable=nullable)
        if name in _OWN_DECODING or schema["type"] != "object":
            return {**bare(schema), **({"nullable": True} if nullable else {})}
        target = f"{name}?" if nullable else name
        self._define(target)
        return {"$ref": target}

    def _is_zero_valid(self, element: Schema) -> bool:
        """Tell whether the zero value, which an element that is `null` gets, can be right."""
        alone = element.get("allOf", [element])[0]
        name = alone.get("$ref", "").removeprefix(_REF)
        return not (name and self._required(name))


def _published(contents: list[tuple[str, bytes]]) -> dict[str, Schema]:
    """Return the schemas of all OpenAPI documents; those of v3, which come last, are fuller."""
    schemas: dict[str, Schema] = {}
    for path, content in contents:
        if path.endswith("swagger.json"):
            schemas |= json.loads(content.replace(b"#/definitions/", _REF.encode()))["definitions"]
        elif path.endswith(".json"):
            schemas |= json.loads(content).get("components", {}).get("schemas", {})
    return schemas


def _kinds(schema: Schema) -> Iterator[tuple[str, str]]:
    """Yield the kinds of objects that a schema is of; those without metadata are no objects."""
    if "metadata" not in schema.get("properties", {}):
        return
    for kind in schema.get("x-kubernetes-group-version-kind", ()):
        if kind["kind"] != "Status":
            yield "/".join(filter(None, (kind["group"], kind["version"]))), kind["kind"]


_FUNCTION = re.compile(r"func schema_(\w+)\(")
_PROPERTY = re.compile(r'\t{5}"([^"]+)": \{')
_VALUES = re.compile(r"\t+Enum:\s+\[\]interface\{\}\{([^{}]*)\}")


def _enumerations(contents: list[tuple[str, bytes]]) -> Iterator[tuple[tuple[str, str], list[str]]]:
    """Yield (type, field) and the values that Go's definitions of OpenAPI allow there."""
    code = next(content for path, content in contents if path.endswith(".go")).decode()
    function = field = ""
    for line in code.splitlines():
        if match := _FUNCTION.match(line):
            function = match[1]
        elif match := _PROPERTY.match(line):
            field = match[1]
        elif match := _VALUES.match(line):
            name = "_".join(function.split("_")[-3:])
            yield (name, field), json.loads(f"[{match[1]}]")


def _type_of(name: str) -> str:
    """Return group and kind of a definition, whatever its version."""
    *_, group, _, kind = name.removesuffix("?").split(".")
    return f"{group}.{kind}"


def _short(name: str) -> str:
    """Return group, version and kind as the functions of Go have them in their names."""
    return "_".join(name.split(".")[-3:])

"""Structural schemas of the kinds that CustomResourceDefinitions define."""

from collections.abc import Iterator
from typing import Any

from kure_hooks.schemas.definitions import keeps_status, replicas
from kure_hooks.schemas.packed import KEEPS_STATUS, REPLICAS
from kure_hooks.yamlio import read
from scripts.pack_schemas.fetching import files
from scripts.pack_schemas.sources import Source

Schema = dict[str, Any]

# Bytes of the largest file; the CRDs of Argo Workflows have 2.7 MB each.
_MOST = 8 << 20
# Words for readers; nothing that a value is held against.
_PROSE = ("$schema", "description", "example", "externalDocs", "id", "title")
# Keys that hold one schema, a list of them, or a map of names to them.
ONE = ("items", "additionalProperties", "not")
LISTS = ("allOf", "anyOf", "oneOf")
MAPS = ("properties", "patternProperties", "definitions")


# Kinds of its own that flux-operator (0.59) adds to the CRDs of Flux that it installs: by kind, the
# list whose `kind` may name them.
_OF_FLUX_OPERATOR = ("FluxInstance", "ResourceSet", "ResourceSetInputProvider")
_NAMED_BY = {"Alert": "eventSources", "Receiver": "resources"}


class DefinitionError(Exception):
    """A schema with something that the catalogue has no place for."""


def kinds(source: Source) -> dict[tuple[str, str], Schema]:
    """Return the schema of each (apiVersion, kind) that a source's CRDs serve."""
    schemas: dict[tuple[str, str], Schema] = {}
    for path, content in files(source):
        for document in read(content, path, most=_MOST):
            for kind, schema in _served(document.value):
                schemas.setdefault(kind, schema)
    return schemas


def _served(document: dict[str, Any]) -> Iterator[tuple[tuple[str, str], Schema]]:
    if document.get("kind") != "CustomResourceDefinition":
        return
    spec = document["spec"]
    for version in spec["versions"]:
        if version["served"] and "schema" in version:
            kind = f"{spec['group']}/{version['name']}", spec["names"]["kind"]
            schema = bare(version["schema"]["openAPIV3Schema"]) | _subresources(version)
            if spec["group"] == "notification.toolkit.fluxcd.io":
                _add_kinds(kind[1], schema)
            yield kind, schema


def _subresources(version: dict[str, Any]) -> Schema:
    """Return the keys of the root for what a version of a CRD says beside its schema."""
    keys: Schema = {}
    if keeps_status(version):
        keys[KEEPS_STATUS] = True
    if paths := replicas(version):
        keys[REPLICAS] = [list(path) for path in paths]
    return keys


def _add_kinds(kind: str, schema: Schema) -> None:
    """Let an Alert or Receiver name the kinds of flux-operator, wherever Flux comes from."""
    if field := _NAMED_BY.get(kind):
        listed = schema["properties"]["spec"]["properties"][field]["items"]["properties"]["kind"]
        listed["enum"] = [*listed["enum"], *_OF_FLUX_OPERATOR]


def bare(schema: Schema) -> Schema:
    """Return a schema without the words for readers, at every level.

    Raises:
        DefinitionError: it has a `$ref`, which no structural schema has.
    """
    if "$ref" in schema:
        raise DefinitionError(f"a $ref to {schema['$ref']}")
    kept: Schema = {}
    for key, value in schema.items():
        if key in _PROSE:
            continue
        if key in ONE and isinstance(value, dict):
            kept[key] = bare(value)
        elif key in LISTS:
            kept[key] = [bare(part) for part in value]
        elif key in MAPS:
            kept[key] = {name: bare(part) for name, part in value.items()}
        else:
            kept[key] = value
    return kept

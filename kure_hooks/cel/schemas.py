"""Schemas, which may be made of anything: what is not as it should be says nothing."""

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]
"""An OpenAPI v3 schema as in a CRD."""

_REFERENCE = "#/definitions/"
_MOST_REFERENCES = 100


def mapping(value: Any) -> Mapping[str, Any]:
    """Return what a schema has for a mapping; an empty one for anything else."""
    return value if isinstance(value, Mapping) else {}


def sequence(value: Any) -> list[Any]:
    """Return what a schema has for a list; an empty one for anything else."""
    return value if isinstance(value, list) else []


def resolved(schema: Any, definitions: Mapping[str, Any]) -> Schema:
    """Return the schema that a reference leads to; what is no schema is one without a word."""
    for _ in range(_MOST_REFERENCES):
        reference = mapping(schema).get("$ref")
        if reference is None:
            return mapping(schema)
        schema = definitions.get(str(reference).removeprefix(_REFERENCE))
    return {}

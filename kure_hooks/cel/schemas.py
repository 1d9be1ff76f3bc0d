"""Schemas of CRDs, and the names of their properties as expressions write them.

A schema may be made of anything: what is not as it should be says nothing.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

Schema = Mapping[str, Any]
"""An OpenAPI v3 schema as in a CRD."""

_REFERENCE = "#/definitions/"
_MOST_REFERENCES = 100

RESERVED = frozenset(
    [
        "true",
        "false",
        "null",
        "in",
        "as",
        "break",
        "const",
        "continue",
        "else",
        "for",
        "function",
        "if",
        "import",
        "let",
        "loop",
        "package",
        "namespace",
        "return",
        "var",
        "void",
        "while",
    ]
)
_IDENTIFIER = re.compile(r"[A-Za-z_./-][A-Za-z0-9_./-]*+", re.ASCII)
_SPECIAL = re.compile(r"__|[-./]")
_ESCAPES = {"__": "__underscores__", ".": "__dot__", "-": "__dash__", "/": "__slash__"}


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


@lru_cache(maxsize=4096)
def escaped(name: str) -> str | None:
    """Return a property's name as an identifier, None for one that expressions can't reach.

    As k8s.io/apiserver 0.36 does it (pkg/cel/escaping.go).
    """
    if name in RESERVED:
        return f"__{name}__"
    if not _IDENTIFIER.fullmatch(name):
        return None
    return _SPECIAL.sub(lambda match: _ESCAPES[match[0]], name)

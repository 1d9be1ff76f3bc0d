"""JSON Schemas for editors, made from the types that decode the files."""

from collections.abc import Callable
from typing import Any

import msgspec

from kure_hooks.apps import GENERATORS
from kure_hooks.config import Settings
from kure_hooks.stack.documents import (
    APPLICATION_API,
    ApplicationDocument,
    BundleDocument,
    ClusterDocument,
    NodeDocument,
    PlainCluster,
)

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_DEFINED = "#/$defs/{name}"


def settings() -> dict[str, Any]:
    """Return the schema of the settings file."""
    return {"$schema": _DIALECT, **msgspec.json.schema(Settings)}


def stack() -> dict[str, Any]:
    """Return the schema of one document of a stack file or of an application file."""
    types = (ClusterDocument, NodeDocument, BundleDocument, PlainCluster)
    plain, definitions = msgspec.json.schema_components(types, ref_template=_DEFINED)
    applications = [_application(kind, definitions) for kind in sorted(GENERATORS)]
    return {"$schema": _DIALECT, "oneOf": [*plain, *applications], "$defs": definitions}


def _application(kind: str, definitions: dict[str, Any]) -> dict[str, Any]:
    types = (ApplicationDocument, GENERATORS[kind].Spec)
    _, more = msgspec.json.schema_components(types, ref_template=_DEFINED)
    own = {name: each for name, each in more.items() if name != "Spec"}
    definitions.update(own)
    definitions[f"{kind}Spec"] = more["Spec"]
    base = more["ApplicationDocument"]
    properties = base["properties"] | {
        "apiVersion": {"const": APPLICATION_API},
        "kind": {"const": kind},
        "spec": {"$ref": _DEFINED.format(name=f"{kind}Spec")},
    }
    return {**base, "title": kind, "properties": properties}


SCHEMAS: dict[str, Callable[[], dict[str, Any]]] = {"stack": stack, "settings": settings}

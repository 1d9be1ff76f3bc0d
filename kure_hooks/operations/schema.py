"""JSON Schemas for editors, made from the types that decode the files."""

from collections.abc import Callable
from typing import Any

import msgspec

from kure_hooks import registry
from kure_hooks.apps import GENERATORS
from kure_hooks.config import Settings
from kure_hooks.package_code import blamed
from kure_hooks.registry import EngineEntry, KindEntry
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
_NOTHING = {"type": "object", "maxProperties": 0}


def settings() -> dict[str, Any]:
    """Return the schema of the settings file."""
    return {"$schema": _DIALECT, **msgspec.json.schema(Settings)}


def stack() -> dict[str, Any]:
    """Return the schema of one document of a stack file or of an application file."""
    types = (ClusterDocument, NodeDocument, BundleDocument, PlainCluster)
    plain, definitions = msgspec.json.schema_components(types, ref_template=_DEFINED)
    definitions["Gitops"]["properties"] |= _engines(definitions)
    applications = [
        _application(name, entry, definitions) for name, entry in sorted(registry.kinds().items())
    ]
    return {"$schema": _DIALECT, "oneOf": [*plain, *applications], "$defs": definitions}


def _engines(definitions: dict[str, Any]) -> dict[str, Any]:
    """Return the properties of `gitops` that depend on the engines that are installed."""
    options = [
        _of_a_package(entry.name, entry, registry.options_of(entry), definitions)
        for entry in registry.engines()
        if entry.options
    ]
    names = {"enum": sorted(registry.engine_names()), "default": "flux"}
    return {"type": names, "options": {"anyOf": options} if options else _NOTHING}


def _application(kind: str, entry: KindEntry, definitions: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an application document, and add what it refers to."""
    if entry.api:
        return _of_a_package(kind, entry, GENERATORS[kind].Spec, definitions)
    _, more = msgspec.json.schema_components((ApplicationDocument,), ref_template=_DEFINED)
    base = more["ApplicationDocument"]
    definitions.update({name: item for name, item in more.items() if name not in definitions})
    if entry.generator.startswith("kure_hooks."):
        _, own = msgspec.json.schema_components((GENERATORS[kind].Spec,), ref_template=_DEFINED)
        definitions.update({name: item for name, item in own.items() if name != "Spec"})
        definitions[f"{kind}Spec"] = own["Spec"]
        spec = {"$ref": _DEFINED.format(name=f"{kind}Spec")}
    else:
        spec = _of_a_package(kind, entry, GENERATORS[kind].Spec, definitions)
    properties = base["properties"] | {
        "apiVersion": {"const": APPLICATION_API},
        "kind": {"const": kind},
        "spec": spec,
    }
    return {**base, "title": kind, "properties": properties}


def _of_a_package(
    name: str, entry: EngineEntry | KindEntry, wanted: Any, definitions: dict[str, Any]
) -> dict[str, Any]:
    """Return the schema of a type of an installed package, whose names may be those of others."""
    template = _DEFINED.format(name=f"{name}.{{name}}")
    with blamed(registry.described(entry), "the schema of its type"):
        (schema,), more = msgspec.json.schema_components((wanted,), ref_template=template)
    definitions.update({f"{name}.{key}": value for key, value in more.items()})
    return {**schema, "title": name}


SCHEMAS: dict[str, Callable[[], dict[str, Any]]] = {"stack": stack, "settings": settings}

"""The kinds that CustomResourceDefinitions define, with their schemas."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from msgspec import Struct, field

from kure_hooks.manifests import value_at

API_VERSION = "apiextensions.k8s.io/v1"
KIND = "CustomResourceDefinition"


class Definition(Struct, frozen=True):
    """One version of a kind, as a CRD has it.

    `schema` is the OpenAPI schema of a whole object. `served` tells whether the API server takes
    objects of the version, `keeps_status` whether it keeps a status that somebody applies;
    `replicas` are the places of numbers that something else scales, and `warning` is what it says
    to whoever applies an object, empty for most.
    """

    api_version: str
    kind: str
    schema: Mapping[str, Any]
    namespaced: bool
    served: bool = True
    keeps_status: bool = False
    replicas: Sequence[Sequence[str]] = field(default_factory=list)
    warning: str = ""


def definitions(manifest: Any) -> Iterator[Definition]:
    """Yield each version of the kind that an object defines; nothing for any other object.

    Versions that lack a schema are left out, as are those whose schema has a part of a wrong shape,
    or a `$ref`, which no CRD may have. Other parts of a wrong shape are taken as absent: the CRD
    itself is judged as any object is.
    """
    if value_at(manifest, "apiVersion") != API_VERSION or value_at(manifest, "kind") != KIND:
        return
    group, kind = value_at(manifest, "spec", "group"), value_at(manifest, "spec", "names", "kind")
    versions = value_at(manifest, "spec", "versions")
    if not isinstance(group, str) or not isinstance(kind, str) or not isinstance(versions, list):
        return
    namespaced = value_at(manifest, "spec", "scope") != "Cluster"
    for version in versions:
        name = value_at(version, "name")
        schema = value_at(version, "schema", "openAPIV3Schema")
        if isinstance(name, str) and _is_schema(schema, set()):
            yield Definition(
                api_version=f"{group}/{name}",
                kind=kind,
                schema=schema,
                namespaced=namespaced,
                served=value_at(version, "served") is not False,
                keeps_status=keeps_status(version),
                replicas=replicas(version),
                warning=_warning(version, f"{group}/{name} {kind}"),
            )


_TEXTS = ("type", "format", "pattern", "x-kubernetes-list-type")
_LISTS = ("required", "enum", "x-kubernetes-list-map-keys", "x-kubernetes-validations")


def _is_schema(schema: Any, known: set[int]) -> bool:
    """Tell whether a value has the shape of a schema all the way down; `known` are ids of those."""
    if id(schema) in known:
        return True
    if not isinstance(schema, dict) or "$ref" in schema:
        return False
    known.add(id(schema))
    properties = schema.get("properties") or {}
    kinds = [schema.get(key) or [] for key in ("allOf", "anyOf", "oneOf")]
    if not isinstance(properties, dict) or not all(isinstance(parts, list) for parts in kinds):
        return False
    single = [schema.get(key) for key in ("items", "not", "additionalProperties")]
    if isinstance(single[-1], bool):
        single.pop()
    parts = [*properties.values(), *chain.from_iterable(kinds)]
    return (
        all(_is_schema(part, known) for part in parts)
        and all(part is None or _is_schema(part, known) for part in single)
        and all(isinstance(schema.get(key) or "", str) for key in _TEXTS)
        and all(isinstance(schema.get(key) or [], list) for key in _LISTS)
    )


def keeps_status(version: Any) -> bool:
    """Tell whether a version of a CRD has no subresource for the status."""
    return value_at(version, "subresources", "status") is None


def replicas(version: Any) -> Sequence[Sequence[str]]:
    """Return the places of the replicas that a version of a CRD lets others scale.

    They are written as `.spec.replicas`; that of a status counts where objects keep theirs.
    """
    fields = ["specReplicasPath", *(["statusReplicasPath"] if keeps_status(version) else [])]
    paths = (value_at(version, "subresources", "scale", field) for field in fields)
    return [path.split(".")[1:] for path in paths if isinstance(path, str)]


def _warning(version: Any, name: str) -> str:
    if value_at(version, "deprecated") is not True:
        return ""
    warning = value_at(version, "deprecationWarning")
    return warning if isinstance(warning, str) else f"{name} is deprecated"

"""AR011: a field that Applications, ApplicationSets and AppProjects do not have."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from kure_hooks.decoding import nearest
from kure_hooks.findings import Finding
from kure_hooks.gitops.argocd import GROUP
from kure_hooks.gitops.repository import Cluster
from kure_hooks.lint.argocd import ARGOCD
from kure_hooks.lint.flux import is_near
from kure_hooks.rules.rule import ERROR, Rule
from kure_hooks.schemas.definitions import definitions
from kure_hooks.schemas.packed import Catalogue
from kure_hooks.yamlio import Pointer

RULE = Rule(
    "Field that Argo CD does not have",
    ERROR,
    "The API server drops a field that the CRD does not have: it never has an effect, and a parent "
    "that validates what it applies refuses the whole object. Argo CD has no dependencies between "
    "Applications, for example, so spec.dependencies orders nothing.",
    "Correct the name of the field, or remove it.",
    ARGOCD,
    wrong="""\
kind: Application
spec:
  dependencies:
    - name: database
""",
    right="""\
kind: Application
metadata:
  annotations:
    argocd.argoproj.io/sync-wave: "1"
""",
    incidents=(
        "https://github.com/argoproj/argo-cd/issues/3454",
        "https://github.com/argoproj/argo-cd/issues/18201",
        "https://github.com/argoproj/argo-cd/issues/11687",
    ),
)

_VERSION = f"{GROUP}/v1alpha1"
_KINDS = ("Application", "ApplicationSet", "AppProject")
_DEEPEST = 60

Schema = Mapping[str, Any]

LATER = frozenset({"disableExtensionFilter"})
"""Fields that are in Argo CD's main branch, and come after 3.5."""


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield the fields that neither Argo CD 3.5 nor a CRD of the cluster has."""
    own = _defined(cluster)
    for _, resource in cluster.resources():
        if resource.api_version != _VERSION or resource.kind not in _KINDS:
            continue
        schemas = [*filter(None, [_packed(resource.kind)]), *own.get(resource.kind, ())]
        for pointer, known in _unknown(resource.manifest, schemas):
            name = str(pointer[-1])
            problem = f"{resource.kind} has no field {'.'.join(map(str, pointer))}"
            hint = nearest(name, known)
            expected = hint if is_near(hint) else "Remove it."
            yield resource.finding(pointer, problem, expected, "AR011")


@cache
def _packed(kind: str) -> Schema | None:
    """Return the schema of Argo CD 3.5, whatever the version of Kubernetes."""
    return Catalogue().structural(_VERSION, kind, "1.34")


def _defined(cluster: Cluster) -> Mapping[str, list[Schema]]:
    """Return the schemas of the CRDs that the cluster gets from the repository."""
    schemas: dict[str, list[Schema]] = {}
    for _, resource in cluster.resources():
        if resource.kind == "CustomResourceDefinition" and resource.name.endswith(f".{GROUP}"):
            for definition in definitions(resource.manifest):
                if definition.api_version == _VERSION:
                    schemas.setdefault(definition.kind, []).append(definition.schema)
    return schemas


def _unknown(manifest: Any, schemas: list[Schema]) -> Iterator[tuple[Pointer, list[str]]]:
    """Yield the pointers of fields that no schema has, with the names that are known there."""
    roots = [(schema, schema.get("definitions") or {}) for schema in schemas]
    for key in ("spec", "operation"):
        below = [(_below(schema, key, shared), shared) for schema, shared in roots]
        yield from _walk(manifest.get(key), below, (key,))


Part = tuple[Schema | None, Schema]


def _walk(value: Any, parts: list[Part], at: Pointer) -> Iterator[tuple[Pointer, list[str]]]:
    """Compare a value with parts of schemas, each with the definitions that it refers to.

    A part is None where a schema has no such field: another one has it then.
    """
    known = [(schema, shared) for schema, shared in parts if schema is not None]
    if not known or len(at) > _DEEPEST or any(_is_free(schema) for schema, _ in known):
        return
    if isinstance(value, dict):
        for key, item in value.items():
            below = [(_below(schema, key, shared), shared) for schema, shared in known]
            if all(schema is None for schema, _ in below):
                if key not in LATER:
                    names = {name for schema, _ in known for name in schema.get("properties") or ()}
                    yield (*at, key), sorted(names)
            else:
                yield from _walk(item, below, (*at, key))
    elif isinstance(value, list):
        below = [(_resolved(schema.get("items"), shared), shared) for schema, shared in known]
        for index, item in enumerate(value):
            yield from _walk(item, below, (*at, index))


def _is_free(schema: Schema) -> bool:
    """Tell whether a schema leaves open what is in a value."""
    if schema.get("x-kubernetes-preserve-unknown-fields"):
        return True
    keys = ("properties", "items", "additionalProperties")
    return not any(key in schema for key in keys)


def _below(schema: Schema, key: str, shared: Schema) -> Schema | None:
    """Return the schema of a key, None where there is no such key."""
    part = (schema.get("properties") or {}).get(key)
    if part is None:
        rest = schema.get("additionalProperties")
        part = {} if rest is True else rest or None
    return _resolved(part, shared)


def _resolved(part: Any, shared: Schema) -> Schema | None:
    if not isinstance(part, dict):
        return None
    reference = part.get("$ref")
    if isinstance(reference, str):
        resolved = shared.get(reference.rpartition("/")[2])
        return resolved if isinstance(resolved, dict) else {}
    return part

"""The shapes of owners that can be imported: the types of all values that an import reads itself.

A Kustomization of Flux (2.9) or an Application of Argo CD (3.5) with another type in one of these
places is refused by the API server, so that no controller has ever seen it.
"""

from typing import Any

import msgspec
from msgspec import Struct

from kure_hooks.decoding.faults import faults
from kure_hooks.gitops.owner import Owner


class _Head(Struct):
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None
    finalizers: list[str] | None = None


class _Named(Struct):
    name: str
    namespace: str | None = None


class _Reference(Struct):
    kind: str | None = None
    name: str | None = None
    namespace: str | None = None


class _KustomizationSpec(Struct, rename="camel"):
    path: str | None = None
    interval: str | None = None
    source_ref: _Reference | None = None
    depends_on: list[_Named] | None = None


class Kustomization(Struct):
    """A Kustomization of Flux."""

    metadata: _Head
    spec: _KustomizationSpec


class _Source(Struct):
    url: str | None = msgspec.field(name="repoURL", default=None)
    path: str | None = None
    chart: str | None = None
    revision: str | None = msgspec.field(name="targetRevision", default=None)


class _SyncPolicy(Struct, rename="camel"):
    automated: dict[str, Any] | None = None
    sync_options: list[str] | None = None


class _ApplicationSpec(Struct, rename="camel"):
    project: str | None = None
    source: _Source | None = None
    sources: list[_Source] | None = None
    destination: dict[str, str | None] | None = None
    sync_policy: _SyncPolicy | None = None
    ignore_differences: list[dict[str, Any]] | None = None


class Application(Struct):
    """An Application of Argo CD."""

    metadata: _Head
    spec: _ApplicationSpec


def misshapen(owner: Owner, shape: type[Struct]) -> list[str]:
    """Return the values of an owner that have another type, as ends of the sentence `it ...`."""
    resource = owner.resource
    try:
        msgspec.convert(resource.manifest, shape, strict=True)
    except msgspec.ValidationError:
        findings = faults(resource.document, resource.manifest, shape, resource.pointer)
        return [f"has a wrong type at {item.key}: {item.message}" for item in findings]
    return []

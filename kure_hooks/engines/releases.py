"""Release manifests of a GitOps tool: their shapes, and the namespace that they are put into."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Struct, field

from kure_hooks.findings import Finding, of_rule
from kure_hooks.manifests import Manifest, identity
from kure_hooks.objects.scopes import is_cluster_scoped
from kure_hooks.stack.release import Release


class _RoleRef(Struct, frozen=True):
    name: str


class _Subject(Struct, frozen=True):
    namespace: str = ""


class Binding(Struct, frozen=True):
    """The part of a role binding that is relied on."""

    role_ref: _RoleRef = field(name="roleRef")
    subjects: list[_Subject] = []


BINDINGS: Mapping[str, type[Struct]] = {"ClusterRoleBinding": Binding, "RoleBinding": Binding}
"""The shapes of what `moved` changes, by kind."""


@of_rule("EN012")
def faults(release: Release, shapes: Mapping[str, type[Struct]]) -> Iterator[Finding]:
    """Yield a finding for each object that has not the shape of its kind."""
    for manifest, at in zip(release.manifests, release.places, strict=True):
        if shape := shapes.get(manifest["kind"]):
            try:
                msgspec.convert(manifest, shape)
            except msgspec.ValidationError as error:
                problem = f"{identity(manifest)} is not as Kubernetes has it: {error}"
                yield Finding(at, "", problem)


def moved(release: Release, namespace: str) -> list[Manifest]:
    """Return the objects but for Namespaces in a namespace: the subjects of bindings too."""
    return [_moved(each, namespace) for each in release.manifests if not _is_namespace(each)]


def namespace(release: Release, name: str, labels: Mapping[str, str]) -> Manifest:
    """Return the release's own Namespace renamed, or one with these labels where it has none."""
    found = next(filter(_is_namespace, release.manifests), None)
    if found:
        return with_metadata(found, {"name": name})
    metadata = {"name": name} | ({"labels": dict(labels)} if labels else {})
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}


def with_metadata(manifest: Manifest, change: Mapping[str, Any]) -> Manifest:
    """Return an object with other fields of its metadata."""
    return {**manifest, "metadata": {**manifest["metadata"], **change}}


def _is_namespace(manifest: Manifest) -> bool:
    return (manifest["apiVersion"], manifest["kind"]) == ("v1", "Namespace")


def _moved(manifest: Manifest, namespace: str) -> Manifest:
    if not is_cluster_scoped(manifest):
        manifest = with_metadata(manifest, {"namespace": namespace})
    if manifest["kind"] not in BINDINGS:
        return manifest
    subjects = [
        {**each, "namespace": namespace} if each.get("kind") == "ServiceAccount" else each
        for each in manifest.get("subjects") or ()
    ]
    return {**manifest, "subjects": subjects}

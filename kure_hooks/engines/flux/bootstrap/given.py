"""Release manifests of Flux or its operator: what they hold, and the namespace they are for."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct, field

from kure_hooks.apps.scopes import is_cluster_scoped
from kure_hooks.errors import InputError
from kure_hooks.findings import Finding, Location
from kure_hooks.layout.plan import Plan
from kure_hooks.manifests import Manifest, identity
from kure_hooks.stack.release import Release

Change = Callable[[Manifest], Manifest]

_KEY = "gitops.bootstrap.manifests"


class _Container(Struct, frozen=True):
    name: str
    image: str
    args: list[str] = []


class _Pod(Struct, frozen=True):
    containers: list[_Container]
    node_selector: dict[str, str] = field(default_factory=dict, name="nodeSelector")
    image_pull_secrets: list[dict[str, str]] = field(default_factory=list, name="imagePullSecrets")


class _PodMetadata(Struct, frozen=True):
    labels: dict[str, str] = {}


class _Template(Struct, frozen=True):
    spec: _Pod
    metadata: _PodMetadata = _PodMetadata()


class _DeploymentSpec(Struct, frozen=True):
    template: _Template


class _Deployment(Struct, frozen=True):
    spec: _DeploymentSpec


class _RoleRef(Struct, frozen=True):
    name: str


class _Subject(Struct, frozen=True):
    namespace: str = ""


class _Binding(Struct, frozen=True):
    role_ref: _RoleRef = field(name="roleRef")
    subjects: list[_Subject] = []


# The kinds that are changed, each with the part of its shape that this relies on.
_SHAPES = {"Deployment": _Deployment, "ClusterRoleBinding": _Binding, "RoleBinding": _Binding}


def require(plan: Plan, release: Release, deployments: Sequence[str]) -> None:
    """Raise InputError for a release without one of these Deployments, or with odd objects."""
    found = {each["metadata"]["name"] for each in release.manifests if _is_deployment(each)}
    faults = [
        Finding(
            plan.cluster.at,
            _KEY,
            f"{release.path} has no Deployment {each}",
            f"the release manifests that `fluxMode: {plan.cluster.bootstrap.flux_mode}` installs",
        )
        for each in deployments
        if each not in found
    ]
    faults += [fault for each in release.manifests for fault in _faults(release, each)]
    if faults:
        raise InputError(faults)


def own_namespace(release: Release) -> str:
    """Return the namespace that the manifests are written for, empty where they name none."""
    named = (each["metadata"].get("namespace") for each in release.manifests)
    return next((each for each in named if each), "")


def in_namespace(release: Release, namespace: str) -> list[Manifest]:
    """Return the objects for a namespace, which is the first of them: bindings' subjects too."""
    found = [_moved(each, namespace) for each in release.manifests if not _is_namespace(each)]
    return [_namespace(release, namespace), *found]


def with_pod(deployment: Manifest, change: Mapping[str, Any]) -> Manifest:
    """Return a Deployment with other fields of its pod's `spec`."""
    spec = deployment["spec"]
    template = spec["template"]
    pod = {**template["spec"], **change}
    return {**deployment, "spec": {**spec, "template": {**template, "spec": pod}}}


def with_metadata(manifest: Manifest, change: Mapping[str, Any]) -> Manifest:
    """Return an object with other fields of its metadata."""
    return {**manifest, "metadata": {**manifest["metadata"], **change}}


def _faults(release: Release, manifest: Manifest) -> Iterator[Finding]:
    shape = _SHAPES.get(manifest["kind"])
    if shape is None:
        return
    try:
        msgspec.convert(manifest, shape)
    except msgspec.ValidationError as error:
        problem = f"{identity(manifest)} is not as Kubernetes has it: {error}"
        yield Finding(Location(release.path), "", problem)


def _is_deployment(manifest: Manifest) -> bool:
    return (manifest["apiVersion"], manifest["kind"]) == ("apps/v1", "Deployment")


def _is_namespace(manifest: Manifest) -> bool:
    return (manifest["apiVersion"], manifest["kind"]) == ("v1", "Namespace")


def _namespace(release: Release, name: str) -> Manifest:
    """Return the release's own Namespace renamed, or the one that `flux install` 2.9 writes."""
    found = next(filter(_is_namespace, release.manifests), None)
    if found:
        return with_metadata(found, {"name": name})
    labels = {
        "pod-security.kubernetes.io/warn": "restricted",
        "pod-security.kubernetes.io/warn-version": "latest",
    }
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def _moved(manifest: Manifest, namespace: str) -> Manifest:
    if not is_cluster_scoped(manifest):
        manifest = with_metadata(manifest, {"namespace": namespace})
    if manifest["kind"] not in ("ClusterRoleBinding", "RoleBinding"):
        return manifest
    subjects = [
        {**each, "namespace": namespace} if each.get("kind") == "ServiceAccount" else each
        for each in manifest.get("subjects") or ()
    ]
    return {**manifest, "subjects": subjects}

"""Release manifests of Flux or its operator: what they hold, and the namespace they are for."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from kure_hooks.engines import releases
from kure_hooks.errors import InputError
from kure_hooks.layout.plan import Plan
from kure_hooks.manifests import Manifest
from kure_hooks.stack.release import Release

Change = Callable[[Manifest], Manifest]


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


# The kinds that are changed, each with the part of its shape that this relies on.
_SHAPES: Mapping[str, type[Struct]] = {"Deployment": _Deployment, **releases.BINDINGS}

# What `flux install` 2.9 gives its Namespace.
_LABELS = {
    "pod-security.kubernetes.io/warn": "restricted",
    "pod-security.kubernetes.io/warn-version": "latest",
}


def require(plan: Plan, release: Release, deployments: Sequence[str]) -> None:
    """Raise InputError for a release without one of these Deployments, or with odd objects."""
    found = {each["metadata"]["name"] for each in release.manifests if _is_deployment(each)}
    place = plan.cluster.key("gitops", "bootstrap", "manifests")
    faults = [
        place.fault(
            f"{release.path} has no Deployment {each}",
            f"the release manifests that `fluxMode: {plan.cluster.bootstrap.flux_mode}` installs",
            rule="FX126",
        )
        for each in deployments
        if each not in found
    ]
    faults += releases.faults(release, _SHAPES)
    if faults:
        raise InputError(faults)


def own_namespace(release: Release) -> str:
    """Return the namespace that the manifests are written for, empty where they name none."""
    named = (each["metadata"].get("namespace") for each in release.manifests)
    return next((each for each in named if each), "")


def in_namespace(release: Release, namespace: str) -> list[Manifest]:
    """Return the objects for a namespace, which is the first of them: bindings' subjects too."""
    own = releases.namespace(release, namespace, _LABELS)
    return [own, *releases.moved(release, namespace)]


def with_pod(deployment: Manifest, change: Mapping[str, Any]) -> Manifest:
    """Return a Deployment with other fields of its pod's `spec`."""
    spec = deployment["spec"]
    template = spec["template"]
    pod = {**template["spec"], **change}
    return {**deployment, "spec": {**spec, "template": {**template, "spec": pod}}}


def _is_deployment(manifest: Manifest) -> bool:
    return (manifest["apiVersion"], manifest["kind"]) == ("apps/v1", "Deployment")

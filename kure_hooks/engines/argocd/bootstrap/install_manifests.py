"""Argo CD from its release manifests, such as install.yaml or ha/install.yaml (Argo CD 3.5).

They get the settings that the generated Applications rely on.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from kure_hooks.config.argocd import ArgocdOptions
from kure_hooks.engines import releases
from kure_hooks.engines.annotations import SYNC_OPTIONS
from kure_hooks.engines.argocd.applications import LAYERS, WAVE, layers
from kure_hooks.engines.argocd.health import CM_KEY, health_lua
from kure_hooks.engines.argocd.versions import KEY, NEWEST, parsed
from kure_hooks.engines.releases import with_metadata
from kure_hooks.errors import InputError
from kure_hooks.findings import Finding, of_rule
from kure_hooks.layout.plan import Plan
from kure_hooks.manifests import Manifest
from kure_hooks.stack.release import Release

_CONTROLLER = "argocd-application-controller"
_SETTINGS = "argocd-cm"
_PARAMETERS = "argocd-cmd-params-cm"

LAYERS_KEY = "reposerver.oci.layer.media.types"

_KEPT = "Prune=false,Delete=false"


class _ConfigMap(Struct, frozen=True):
    data: dict[str, str] | None = None


class _Container(Struct, frozen=True):
    image: str


class _Pod(Struct, frozen=True):
    containers: Annotated[list[_Container], Meta(min_length=1)]


class _Template(Struct, frozen=True):
    spec: _Pod


class _WorkloadSpec(Struct, frozen=True):
    template: _Template


class _Workload(Struct, frozen=True):
    spec: _WorkloadSpec


_SHAPES: Mapping[str, type[Struct]] = {
    "ConfigMap": _ConfigMap,
    "StatefulSet": _Workload,
    "Deployment": _Workload,
    **releases.BINDINGS,
}


def install(plan: Plan, release: Release) -> dict[str, list[Manifest]]:
    """Return the Namespace and the objects of the release in it, by file name.

    The release has no Namespace, and its ClusterRoleBindings name `argocd`: kustomize would move
    the objects, but not those subjects (5.8). Raises InputError for a release that lacks what is
    relied on, or is of another version than the stack's.
    """
    faults = [*releases.faults(release, _SHAPES), *_is_complete(plan, release)]
    faults = faults or list(_is_the_version(plan, release))
    if faults:
        raise InputError(faults)
    options = plan.cluster.argocd
    data = {_SETTINGS: settings(options), _PARAMETERS: parameters(plan)}
    namespace = releases.namespace(release, options.namespace, {})
    objects = [_configured(each, data) for each in releases.moved(release, options.namespace)]
    return {"namespace.yaml": [kept(namespace)], "argocd-install.yaml": objects}


@of_rule("AC032")
def _is_complete(plan: Plan, release: Release) -> Iterator[Finding]:
    found = {(each["kind"], each["metadata"]["name"]) for each in release.manifests}
    wanted = [("ConfigMap", _SETTINGS), ("ConfigMap", _PARAMETERS), ("StatefulSet", _CONTROLLER)]
    for kind, name in wanted:
        if (kind, name) not in found:
            problem = f"{release.path} has no {kind} {name}"
            expected = "the manifests of an Argo CD release, such as its install.yaml"
            yield plan.cluster.key("gitops", "bootstrap", "manifests").fault(problem, expected)


@of_rule("AC033")
def _is_the_version(plan: Plan, release: Release) -> Iterator[Finding]:
    """Yield a finding where the objects would be made for another Argo CD than the release is."""
    found = _version(release)
    version = parsed(found or None)
    wanted = plan.cluster.bootstrap.argo_cd_version
    if version is None or (wanted is None and version >= NEWEST):
        return
    if wanted is None or not f"{found}.".startswith(f"{wanted.removeprefix('v')}."):
        problem = f"{release.path} is Argo CD {found}"
        yield plan.cluster.key(*KEY).fault(problem, f"{found}, the version of the manifests")


def _version(release: Release) -> str:
    """Return the tag of the controller's image without `v`, empty where it has none."""
    for manifest in release.manifests:
        if (manifest["kind"], manifest["metadata"]["name"]) == ("StatefulSet", _CONTROLLER):
            (container, *_) = msgspec.convert(manifest, _Workload).spec.template.spec.containers
            image, _, _ = container.image.partition("@")
            return image.rpartition("/")[2].partition(":")[2].removeprefix("v")
    return ""


def _configured(manifest: Manifest, data: Mapping[str, Mapping[str, str]]) -> Manifest:
    """Return an object as the generated ones need it."""
    if manifest["kind"] == "CustomResourceDefinition":
        return kept(_before_projects(manifest))
    own = data.get(manifest["metadata"]["name"]) if manifest["kind"] == "ConfigMap" else None
    return {**manifest, "data": {**(manifest.get("data") or {}), **own}} if own else manifest


def _before_projects(definition: Manifest) -> Manifest:
    """Return a CRD in the wave before the projects: they may have fields that an upgrade brings."""
    annotations = definition["metadata"].get("annotations") or {}
    return releases.with_metadata(definition, {"annotations": {**annotations, WAVE: "-2"}})


def settings(options: ArgocdOptions) -> dict[str, str]:
    """Return the data of argocd-cm: without it, Applications don't wait for each other."""
    return {CM_KEY: health_lua(options)}


def parameters(plan: Plan) -> dict[str, str]:
    """Return the data of argocd-cmd-params-cm.

    Progressive syncs are off by default, and artifacts of Flux are refused (3.5).
    """
    found = {}
    if plan.cluster.argocd.ordering == "progressive":
        found["applicationsetcontroller.enable.progressive.syncs"] = "true"
    if more := layers(plan):
        found[LAYERS_KEY] = ",".join((*LAYERS, *more))
    return found


def kept(manifest: Manifest) -> Manifest:
    """Return an object that Argo CD, which can't run without it, never removes."""
    annotations = manifest["metadata"].get("annotations") or {}
    before = annotations.get(SYNC_OPTIONS)
    options = f"{before},{_KEPT}" if before else _KEPT
    return with_metadata(manifest, {"annotations": {**annotations, SYNC_OPTIONS: options}})

"""Owners of Flux (2.9: kustomize-controller 1.9, helm-controller 1.6, flux-operator 0.59)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from kure_hooks.engines.annotations import KUSTOMIZE
from kure_hooks.engines.effects import effects
from kure_hooks.gitops import resource_sets
from kure_hooks.gitops.budget import Budget
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.left_out import LeftOut
from kure_hooks.gitops.owner import Dependency, Owner, Target
from kure_hooks.gitops.payload import Payload, Resource, Way, made_of
from kure_hooks.gitops.sources import SOURCE, Artifact, reference
from kure_hooks.gitops.variables import (
    COMMON_METADATA,
    OPEN,
    Lookup,
    substituted,
    variables,
    with_common_metadata,
)
from kure_hooks.manifests import Identity, Manifest, identity, kind_of, text_at, value_at

TOOL = "Flux"
HELM = "helm.toolkit.fluxcd.io"
OPERATOR = "fluxcd.controlplane.io"

KINDS = frozenset(
    {
        (KUSTOMIZE, "Kustomization"),
        (HELM, "HelmRelease"),
        (OPERATOR, "FluxInstance"),
        (OPERATOR, "ResourceSet"),
    }
)
"""The kinds of Flux that make a controller apply objects."""

_INSTANCE_CHART = "flux-instance"
_CHANGES: Mapping[str, str] = {
    "targetNamespace": "namespace",
    "namePrefix": "namePrefix",
    "nameSuffix": "nameSuffix",
    "patches": "patches",
    "patchesStrategicMerge": "patchesStrategicMerge",
    "patchesJson6902": "patchesJson6902",
    "images": "images",
    "components": "components",
}
"""The fields of a spec that kustomize-controller writes into the kustomization file."""


class Builder(Protocol):
    """The builds of a source."""

    def exists(self, directory: str) -> bool:
        """Tell whether a directory has a file at any depth."""
        ...

    def payload(self, directory: str, way: Way) -> Payload:
        """Return what a controller makes of a directory."""
        ...

    def changed(self, directory: str, way: Way, fields: Mapping[str, Any], of: Resource) -> Payload:
        """Return the payload of a directory as fields of a kustomization file change it."""
        ...


class RepositoryBuilder(Builder, Protocol):
    """The builds of a repository."""

    files: Files
    budget: Budget

    def without(self, left_out: LeftOut) -> Builder:
        """Return the builds of a source whose artifact lacks some files of the repository."""
        ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """All that the objects of a cluster are read with.

    `artifact_of` returns the content of a source, `lookup` a ConfigMap or Secret.
    """

    builds: RepositoryBuilder
    artifact_of: Callable[[Identity], Artifact]
    lookup: Lookup
    budget: Budget


def owner(resource: Resource, parent: Owner | None, around: Surroundings) -> Owner:
    """Return the owner of an object of Flux that has a name, with what it applies."""
    manifest = resource.manifest
    known = effects(manifest)
    made = Owner(
        TOOL,
        identity(manifest),
        resource,
        parent,
        dependencies=tuple(_dependencies(manifest)),
        prunes=known is not None and known.prunes,
        cascades=known is not None and known.cascades,
        suspended=value_at(manifest, "spec", "suspend") is True,
        destination=known.cluster if known else "",
    )
    match made.who.kind:
        case "Kustomization":
            _fill(made, around)
        case "HelmRelease":
            made.waits = True
            made.source = _chart_source(manifest)
            made.elsewhere = ("installs a chart, whose objects are not here",)
            instance = instance_of_chart(resource)
            made.resources = written_by(instance) if instance else ()
        case "FluxInstance":
            made.resources = written_by(resource)
            made.elsewhere = ("installs the controllers of Flux",)
        case "ResourceSet":
            made.resources, unknown = resource_sets.made_by(resource, around.budget)
            made.elsewhere = (unknown,) if unknown else ()
            made.waits = value_at(manifest, "spec", "wait") is True
    return made


def written_by(instance: Resource) -> tuple[Resource, ...]:
    """Return the source and the Kustomization that flux-operator writes for an instance."""
    sync = value_at(instance.manifest, "spec", "sync")
    kustomization = sync_of(instance)
    if kustomization is None or not isinstance(sync, dict):
        return ()
    metadata = dict(kustomization.manifest["metadata"])
    kind = text_at(sync, "kind")
    source = {
        "apiVersion": f"{SOURCE}/v1",
        "kind": kind,
        "metadata": metadata,
        "spec": {"url": text_at(sync, "url"), "ref": {"name": text_at(sync, "ref")}},
    }
    return made_of(instance, source), kustomization


def sync_of(instance: Resource) -> Resource | None:
    """Return the Kustomization that flux-operator writes for an instance, None without a sync."""
    known = effects(instance.manifest)
    made = next(iter(known.makes), None) if known else None
    return made_of(instance, made) if made else None


def instance_of_chart(release: Resource) -> Resource | None:
    """Return the FluxInstance in the values of a release of its chart, None for others."""
    spec = value_at(release.manifest, "spec")
    chart = text_at(spec, "chart", "spec", "chart") or text_at(spec, "chartRef", "name")
    values = value_at(spec, "values", "instance")
    if not chart.endswith(_INSTANCE_CHART) or not isinstance(values, dict):
        return None
    namespace = text_at(spec, "targetNamespace") or text_at(
        release.manifest, "metadata", "namespace"
    )
    instance = {
        "apiVersion": f"{OPERATOR}/v1",
        "kind": "FluxInstance",
        "metadata": {"name": "flux", "namespace": namespace or "flux-system"},
        "spec": values,
    }
    return made_of(release, instance)


def _fill(made: Owner, around: Surroundings) -> None:
    """Add to a Kustomization what it applies, and when it is ready."""
    spec = made.spec if isinstance(made.spec, dict) else {}
    made.checks = tuple(_checks(made.resource.manifest))
    made.waits = spec.get("wait") is True
    made.source = reference(made.resource.manifest)
    path = text_at(spec, "path") or "./"
    artifact = around.artifact_of(made.source)
    builds = around.builds.without(artifact.left_out)
    # Its own variables are not for itself: those of the owner above are.
    above = made.parent
    is_substituted = above is None or above.variables is not None
    if is_substituted and OPEN in f"{path}{made.source.name}":
        made.elsewhere = ("has a path or a source with a variable that is not known",)
        return
    if artifact.elsewhere:
        made.targets = (Target(("spec", "path"), path),)
        made.elsewhere = (artifact.elsewhere,)
        made.stuck = artifact.is_missing
        return
    directory = artifact.directory(path)
    exists = directory is not None and builds.exists(directory)
    at = "spec", "path"
    target = Target(at, path, directory, exists, artifact.is_assumed, artifact.left_out)
    made.targets = (target,)
    if directory is None or not exists:
        made.elsewhere = ("has a path that is not there",)
        made.stuck = True
        return
    fields = {_CHANGES[key]: spec[key] for key in _CHANGES if spec.get(key)}
    if fields:
        payload = builds.changed(directory, Way.FLUX, fields, made.resource)
    else:
        payload = builds.payload(directory, Way.FLUX)
    made.payloads = (payload,)
    made.resources = payload.resources
    made.variables = variables(made.resource.manifest, around.lookup, around.budget)
    if made.variables is not None:
        made.unsubstituted = payload.resources
        made.resources = tuple(
            substituted(payload.resources, made.variables, made.resource, around.budget)
        )
    if spec.get(COMMON_METADATA):
        made.resources = tuple(with_common_metadata(made.resources, made.resource))
    made.changes = bool(fields) or made.variables is not None or COMMON_METADATA in spec


def _dependencies(manifest: Manifest) -> Iterator[Dependency]:
    """Yield what an object waits for; of a ResourceSet what it names by kind."""
    group, kind = kind_of(manifest)
    home = text_at(manifest, "metadata", "namespace")
    for index, item in enumerate(_items(manifest, "dependsOn")):
        namespace = text_at(item, "namespace") or home
        other = (group, kind)
        if kind == "ResourceSet":
            other = kind_of(item)
        yield Dependency(
            Identity(*other, namespace, text_at(item, "name")), ("spec", "dependsOn", index)
        )


def _checks(manifest: Manifest) -> Iterator[Dependency]:
    home = text_at(manifest, "metadata", "namespace")
    for index, item in enumerate(_items(manifest, "healthChecks")):
        namespace = text_at(item, "namespace") or home
        who = Identity(*kind_of(item), namespace, text_at(item, "name"))
        yield Dependency(who, ("spec", "healthChecks", index))


def _items(manifest: Manifest, key: str) -> Iterator[Manifest]:
    value = value_at(manifest, "spec", key)
    for item in value if isinstance(value, list) else ():
        yield item if isinstance(item, dict) else {}


def _chart_source(release: Manifest) -> Identity | None:
    """Return the source of a release's chart (helm-controller 1.6)."""
    spec = value_at(release, "spec")
    home = text_at(release, "metadata", "namespace")
    for source in (value_at(spec, "chartRef"), value_at(spec, "chart", "spec", "sourceRef")):
        if isinstance(source, dict):
            namespace = text_at(source, "namespace") or home
            return Identity(SOURCE, text_at(source, "kind"), namespace, text_at(source, "name"))
    return None

"""The AppProject objects (argoproj.io/v1alpha1, Argo CD 3.5): what is needed, and no more.

Argo CD refuses an Application whose repository or destination its project doesn't list, and an
object whose namespace it doesn't list or, outside namespaces, whose kind.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from kure_hooks.config.argocd import ArgocdOptions
from kure_hooks.config.project_spec import ProjectSpec
from kure_hooks.engines.argocd.applications import API, WAVE
from kure_hooks.engines.objects import metadata
from kure_hooks.layout import payloads
from kure_hooks.layout.payloads import Contents
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.units import Unit
from kure_hooks.manifests import (
    Kind,
    Manifest,
    canonical,
    kind_of,
    value_at,
    without_empty,
    written,
)
from kure_hooks.objects.scopes import is_built_in, is_cluster_scoped


class Scope(Enum):
    """The scope of a kind's objects."""

    NAMESPACE = "namespace"
    CLUSTER = "cluster"
    UNKNOWN = "unknown"


def defined(objects: Iterable[Manifest]) -> dict[Kind, Scope]:
    """Return the scopes of the kinds that CustomResourceDefinitions among the objects define."""
    return dict(_scopes(objects))


def scope(manifest: Manifest, definitions: Mapping[Kind, Scope]) -> Scope:
    """Return the scope of an object; custom kinds are known by their definitions alone."""
    if is_cluster_scoped(manifest):
        return Scope.CLUSTER
    group, kind = kind_of(manifest)
    if is_built_in(group):
        return Scope.NAMESPACE
    return definitions.get((group, kind), Scope.UNKNOWN)


def _scopes(objects: Iterable[Manifest]) -> Iterator[tuple[Kind, Scope]]:
    for each in objects:
        if kind_of(each) == ("apiextensions.k8s.io", "CustomResourceDefinition"):
            kind = (
                str(value_at(each, "spec", "group")),
                str(value_at(each, "spec", "names", "kind")),
            )
            clusters = value_at(each, "spec", "scope") == "Cluster"
            yield kind, Scope.CLUSTER if clusters else Scope.NAMESPACE


_NAMESPACE: Kind = ("", "Namespace")
_ANY: Kind = ("*", "*")
_LONGEST_DESCRIPTION = 255


class Grant(Struct, frozen=True):
    """An Application and the objects in the directory that it syncs, before kustomize builds it.

    `kinds` are those outside namespaces that it needs beside them: any, `*` of `*`, for a chart,
    whose objects aren't known before Argo CD renders it. One that is `everywhere` has objects in
    namespaces that nobody knows here.
    """

    application: Manifest
    objects: Sequence[Manifest] = ()
    kinds: Sequence[Kind] = ()
    everywhere: bool = False


def objects(plan: Plan, unit: Unit, contents: Contents) -> list[Manifest]:
    """Return the objects of a unit, with the ConfigMaps that kustomize is going to make."""
    held = plan.existing.get(unit.name)
    found: list[Manifest] = [*held.objects] if held else []
    for _, product in payloads.applications(plan, unit, contents):
        found += product.manifests
        found.extend(product.overlay.holdings.objects if product.overlay else ())
        found += (
            {
                "apiVersion": "v1",
                "kind": "ConfigMap",
                "metadata": metadata(each.name, each.namespace),
            }
            for each in product.config_maps
        )
    return found


def settled(grants: Sequence[Grant]) -> list[Grant]:
    """Return the grants with a namespace for objects without one: `default`, as kubectl has it.

    Argo CD refuses such an object where the destination has no namespace either.
    """
    known = _definitions(grants)
    return [_in_default(each) if _is_homeless(each, known) else each for each in grants]


ROOT_KINDS: Sequence[Kind] = tuple(
    ("argoproj.io", kind) for kind in ("AppProject", "Application", "ApplicationSet")
)
"""The kinds that the root Application writes into Argo CD's namespace, with any `ordering`.

It can't give itself leave for a further one: Argo CD refuses a whole sync, that of the project
included, while the project as it is doesn't permit one of its objects.
"""


def project(
    name: str,
    options: ArgocdOptions,
    description: str,
    grants: Sequence[Grant],
    kinds: Sequence[Kind] = (),
) -> Manifest:
    """Return a project that permits exactly the grants.

    `kinds` are the only namespaced ones that it permits; without them it permits all of those. A
    custom kind that nothing in the grants defines is permitted outside namespaces as well, because
    it may live there; for one that doesn't this permits nothing.
    """
    known = _definitions(grants)
    return {
        "apiVersion": API,
        "kind": "AppProject",
        "metadata": metadata(name, options.namespace, annotations={WAVE: "-1"}),
        "spec": without_empty(
            {
                "description": description[:_LONGEST_DESCRIPTION],
                "sourceRepos": sorted({url for each in grants for url in _repositories(each)}),
                "destinations": [
                    without_empty({"server": server, "name": cluster, "namespace": namespace})
                    for server, cluster, namespace in sorted(
                        {place for each in grants for place in _places(each, known)}
                    )
                ],
                "clusterResourceWhitelist": _listed(
                    kind for each in grants for kind in _cluster_kinds(each, known)
                ),
                "namespaceResourceWhitelist": _listed(kinds),
            }
        ),
    }


def widened(manifest: Manifest, spec: ProjectSpec) -> Manifest:
    """Return a project with a specification over its own.

    Lists are added to those of the project, each item once: Argo CD refuses a project that has a
    destination or a repository twice. The rest takes the place of what the project has.
    """
    own = manifest["spec"]
    together = {
        key: _each_once([*own.get(key, ()), *value]) if isinstance(value, list) else value
        for key, value in written(spec).items()
    }
    return manifest | {"spec": own | together}


def _each_once(items: Sequence[Any]) -> list[Any]:
    return list({canonical(item): item for item in items}.values())


def _definitions(grants: Iterable[Grant]) -> dict[Kind, Scope]:
    return defined(each for grant in grants for each in grant.objects)


def _is_homeless(grant: Grant, known: Mapping[Kind, Scope]) -> bool:
    """Tell whether an object has no namespace, and would get none."""
    if grant.application["spec"]["destination"].get("namespace"):
        return False
    return any(
        scope(each, known) is Scope.NAMESPACE and not each["metadata"].get("namespace")
        for each in grant.objects
    )


def _in_default(grant: Grant) -> Grant:
    spec = grant.application["spec"]
    changed = spec | {"destination": spec["destination"] | {"namespace": "default"}}
    return replace(grant, application=grant.application | {"spec": changed})


def _repositories(grant: Grant) -> Iterator[str]:
    for source in _sources(grant):
        yield source["repoURL"]


def _places(grant: Grant, known: Mapping[Kind, Scope]) -> Iterator[tuple[str, str, str]]:
    """Yield server, name and namespace of the Application's destination and of each object."""
    destination = grant.application["spec"]["destination"]
    cluster = (destination.get("server", ""), destination.get("name", ""))
    own = destination.get("namespace", "")
    yield (*cluster, "*" if grant.everywhere else own)
    for namespace in _namespaces(grant, known):
        yield (*cluster, namespace or own)


def _namespaces(grant: Grant, known: Mapping[Kind, Scope]) -> Iterator[str]:
    given = (value_at(each, "kustomize", "namespace") for each in _sources(grant))
    target = next((each for each in given if each), "")
    for each in grant.objects:
        if scope(each, known) is not Scope.CLUSTER:
            yield target or each["metadata"].get("namespace") or ""


def _cluster_kinds(grant: Grant, known: Mapping[Kind, Scope]) -> Iterator[Kind]:
    options = value_at(grant.application, "spec", "syncPolicy", "syncOptions") or ()
    if "CreateNamespace=true" in options:
        yield _NAMESPACE
    yield from grant.kinds
    for each in grant.objects:
        if scope(each, known) is not Scope.NAMESPACE:
            yield kind_of(each)


def _sources(grant: Grant) -> Sequence[Manifest]:
    spec = grant.application["spec"]
    return spec.get("sources") or [spec["source"]]


def _listed(kinds: Iterable[Kind]) -> list[Manifest]:
    found = set(kinds)
    chosen = [_ANY] if _ANY in found else sorted(found)
    return [{"group": group, "kind": kind} for group, kind in chosen]

"""Kustomization v1 objects (Flux 2.9), and the sources that they refer to."""

from collections.abc import Sequence
from typing import Any

from kure_hooks.engines.durations import canonical, shorter
from kure_hooks.engines.flux.dependencies import dependencies
from kure_hooks.engines.flux.namespaces import until_created
from kure_hooks.engines.flux.readiness import KUSTOMIZATION, readiness
from kure_hooks.engines.flux.sources import sources
from kure_hooks.engines.objects import annotations_of, labels_of, metadata, name_of, namespace_of
from kure_hooks.layout.payloads import Contents, origin
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.tree import Item
from kure_hooks.layout.units import Unit
from kure_hooks.manifests import Manifest, without_empty, written
from kure_hooks.stack.bundle_options import Patch
from kure_hooks.stack.model import Dependency


def resources(plan: Plan, contents: Contents) -> Sequence[Item]:
    """Return one Kustomization for each unit, and each source that the stack defines once."""
    waits = until_created(plan, contents, dependencies(plan))
    kustomizations = [
        Item(_kustomization(plan, unit, contents, waits[unit.name]), origin(plan, unit))
        for unit in plan.units
    ]
    return [*kustomizations, *sources(plan)]


def _kustomization(
    plan: Plan, unit: Unit, contents: Contents, waits: Sequence[Dependency]
) -> Manifest:
    options = unit.bundle.options
    interval = options.interval or plan.cluster.flux.interval
    return {
        "apiVersion": KUSTOMIZATION,
        "kind": "Kustomization",
        "metadata": metadata(
            name_of(unit),
            namespace_of(plan, unit.bundle),
            labels_of(plan, unit, plan.cluster.flux, options.flux),
            annotations_of(plan, unit, plan.cluster.flux, options.flux),
        ),
        "spec": without_empty(
            {
                "dependsOn": [_dependency(plan, unit, dependency) for dependency in waits],
                "interval": canonical(interval),
                "retryInterval": _retry(options.retry_interval, plan, interval),
                "timeout": options.timeout and canonical(options.timeout),
                "sourceRef": _source_ref(plan, unit),
                "path": "./" if unit.path == "." else f"./{unit.path}",
                "prune": options.prune,
                "deletionPolicy": options.deletion_policy,
                **readiness(plan, unit, contents),
                "force": options.force,
                "suspend": options.suspend,
                **_build(plan, unit, contents),
                "ignore": written(options.ignore),
                "serviceAccountName": options.service_account_name,
                "decryption": written(options.decryption),
                "kubeConfig": written(options.kube_config),
            }
        ),
    }


def _retry(written: str | None, plan: Plan, interval: str) -> str | None:
    """Return the time until a retry; None for the interval itself, which Flux takes unless told."""
    if written:
        return canonical(written)
    usual = canonical(usual_retry(plan, interval))
    return None if usual == canonical(interval) else usual


def usual_retry(plan: Plan, interval: str) -> str:
    """Return when an object is tried again that says nothing of it: after the interval at most."""
    return shorter(plan.cluster.flux.retry_interval, interval)


def _build(plan: Plan, unit: Unit, contents: Contents) -> dict[str, Any]:
    options = unit.bundle.options
    return {
        "targetNamespace": options.target_namespace,
        "namePrefix": options.name_prefix,
        "nameSuffix": options.name_suffix,
        "components": _components(plan, unit),
        "ignoreMissingComponents": options.ignore_missing_components,
        "images": written(options.images),
        "patches": written(_patches(plan, unit, contents)),
        "commonMetadata": written(options.common_metadata),
        "buildMetadata": list(options.build_metadata),
        "postBuild": written(options.post_build),
    }


def _components(plan: Plan, unit: Unit) -> list[str]:
    """Return the components of a unit.

    They are written relative to the bundle's directory; a part of a bundle is further below.
    """
    above = "../" * (len(unit.payload) - len(plan.by_name[unit.bundle.name].payload))
    return [f"{above}{path}" for path in unit.bundle.options.components]


def _patches(plan: Plan, unit: Unit, contents: Contents) -> Sequence[Patch]:
    if not unit.bundle.options.patches:
        return ()
    from kure_hooks.engines.patches import patches_of  # noqa: PLC0415 - few stacks have patches

    return patches_of(plan, unit, contents)


def _dependency(plan: Plan, unit: Unit, dependency: Dependency) -> Manifest:
    """Return a dependency, whose namespace Flux takes for the Kustomization's own."""
    other = plan.by_name.get(dependency.name)
    namespace = dependency.namespace
    if namespace is None and other and not dependency.external:
        namespace = namespace_of(plan, other.bundle)
    own = namespace_of(plan, unit.bundle)
    return without_empty(
        {
            "name": name_of(other) if other and not dependency.external else dependency.name,
            "namespace": None if namespace == own and dependency.namespace is None else namespace,
            "readyExpr": dependency.ready_expr,
        }
    )


def _source_ref(plan: Plan, unit: Unit) -> Manifest:
    """Return the reference; the namespace is left out where it is the Kustomization's own."""
    source = unit.source
    namespace = source.namespace or plan.cluster.flux.namespace
    own = namespace_of(plan, unit.bundle)
    there = None if namespace == own else namespace
    return without_empty({"kind": source.kind, "name": source.name, "namespace": there})

"""Kustomization v1 and source v1 objects (Flux 2.9)."""

from collections.abc import Sequence
from typing import Any

from kure_hooks.engines.durations import canonical
from kure_hooks.engines.objects import annotations_of, labels_of, metadata, without_empty, written
from kure_hooks.layout.payloads import Contents, origin
from kure_hooks.layout.plan import Plan, Unit
from kure_hooks.layout.tree import Item
from kure_hooks.manifests import Manifest, identity
from kure_hooks.stack.documents import DependencyDoc
from kure_hooks.stack.reconcile import BundleOptions, NameRef, SourceRef

KUSTOMIZATION = "kustomize.toolkit.fluxcd.io/v1"
SOURCE = "source.toolkit.fluxcd.io/v1"

_WORKLOADS = frozenset({("apps", "Deployment"), ("apps", "StatefulSet"), ("apps", "DaemonSet")})


def resources(plan: Plan, contents: Contents) -> Sequence[Item]:
    """Return one Kustomization for each unit, and each source that has a URL once."""
    kustomizations = [
        Item(_kustomization(plan, unit, contents), origin(plan, unit)) for unit in plan.units
    ]
    with_url = {
        (unit.source.kind, unit.source.name, unit.source.namespace): unit
        for unit in reversed(plan.units)
        if unit.source.url
    }
    sources = [Item(_source(plan, each.source), origin(plan, each)) for each in with_url.values()]
    return [*kustomizations, *sources]


def _kustomization(plan: Plan, unit: Unit, contents: Contents) -> Manifest:
    options = unit.bundle.options
    return {
        "apiVersion": KUSTOMIZATION,
        "kind": "Kustomization",
        "metadata": metadata(
            unit.name,
            plan.cluster.flux.namespace,
            labels_of(plan, unit),
            annotations_of(plan, unit),
        ),
        "spec": without_empty(
            {
                "dependsOn": [_dependency(each) for each in unit.bundle.depends_on],
                "interval": canonical(options.interval or plan.cluster.flux.interval),
                "retryInterval": options.retry_interval and canonical(options.retry_interval),
                "timeout": options.timeout and canonical(options.timeout),
                "sourceRef": _source_ref(plan, unit.source),
                "path": "./" if unit.path == "." else f"./{unit.path}",
                "prune": options.prune,
                "deletionPolicy": options.deletion_policy,
                "wait": None if unit.bundle.children else options.wait,
                "force": options.force,
                "suspend": options.suspend,
                **_build(options),
                "serviceAccountName": options.service_account_name,
                "decryption": written(options.decryption),
                "kubeConfig": written(options.kube_config),
                "healthChecks": _health_checks(plan, unit, contents),
                "healthCheckExprs": written(options.health_check_exprs),
            }
        ),
    }


def _build(options: BundleOptions) -> dict[str, Any]:
    return {
        "targetNamespace": options.target_namespace,
        "namePrefix": options.name_prefix,
        "nameSuffix": options.name_suffix,
        "components": list(options.components),
        "images": written(options.images),
        "patches": written(options.patches),
        "commonMetadata": written(options.common_metadata),
        "postBuild": written(options.post_build),
    }


def _dependency(dependency: DependencyDoc) -> Manifest:
    return without_empty(
        {
            "name": dependency.name,
            "namespace": dependency.namespace,
            "readyExpr": dependency.ready_expr,
        }
    )


def _source_ref(plan: Plan, source: SourceRef) -> Manifest:
    """Return the reference; the namespace is left out where it is the Kustomization's own."""
    own = source.namespace in (None, plan.cluster.flux.namespace)
    namespace = None if own else source.namespace
    return without_empty({"kind": source.kind, "name": source.name, "namespace": namespace})


def _health_checks(plan: Plan, unit: Unit, contents: Contents) -> list[Manifest]:
    """Return what an umbrella waits for, then what the author asks for.

    The children of an umbrella are applied from the control directory, so they are not in its
    inventory and `wait` would not see them; with `wait` Flux ignores healthChecks.
    """
    asked: list[Manifest] = written(unit.bundle.options.health_checks)
    if not unit.bundle.children:
        return asked
    namespace = plan.cluster.flux.namespace
    children = [
        _check(KUSTOMIZATION, "Kustomization", child.name, namespace)
        for child in unit.bundle.children
    ]
    return [*children, *_workloads(unit, contents), *asked]


def _workloads(unit: Unit, contents: Contents) -> list[Manifest]:
    found = (each for _, manifests in contents[unit.name] for each in manifests)
    return [
        _check(f"{who.group}/v1", who.kind, who.name, who.namespace)
        for who in map(identity, found)
        if (who.group, who.kind) in _WORKLOADS
    ]


def _check(api: str, kind: str, name: str, namespace: str) -> Manifest:
    return without_empty({"apiVersion": api, "kind": kind, "name": name, "namespace": namespace})


def _source(plan: Plan, source: SourceRef) -> Manifest:
    secret = source.secret_ref.name if isinstance(source.secret_ref, NameRef) else source.secret_ref
    return {
        "apiVersion": SOURCE,
        "kind": source.kind,
        "metadata": metadata(source.name, source.namespace or plan.cluster.flux.namespace),
        "spec": without_empty(
            {
                "interval": canonical(source.interval or plan.cluster.flux.interval),
                "url": source.url,
                "ref": revision(source),
                "secretRef": {"name": secret} if secret else None,
                "provider": source.provider,
            }
        ),
    }


def revision(source: SourceRef) -> Manifest:
    """Return the `ref` of a source: Git has branches and commits, OCI has digests."""
    if source.kind == "OCIRepository":
        parts = {"tag": source.tag or source.ref, "semver": source.semver, "digest": source.digest}
    else:
        parts = {
            "branch": source.branch,
            "tag": source.tag,
            "semver": source.semver,
            "name": source.ref,
            "commit": source.commit,
        }
    return without_empty(parts)

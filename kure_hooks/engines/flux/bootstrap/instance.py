"""The Flux operator, and the FluxInstance that tells it what to run (Flux operator 0.58)."""

from typing import Any

from msgspec import structs

from kure_hooks.engines.durations import canonical
from kure_hooks.engines.flux import sources
from kure_hooks.engines.flux.bootstrap import install_manifests
from kure_hooks.engines.flux.bootstrap.rules import DEFAULT_REGISTRY, chosen
from kure_hooks.engines.flux.readiness import KUSTOMIZATION
from kure_hooks.engines.flux.resources import usual_retry
from kure_hooks.engines.objects import metadata
from kure_hooks.layout.plan import Plan
from kure_hooks.manifests import Manifest, without_empty, written
from kure_hooks.stack.gitops import Bootstrap
from kure_hooks.stack.release import Release
from kure_hooks.yamlio import dump

# What the operator takes for a version that nobody chose.
_VERSION = "2.x"

# The registries whose images the operator knows.
_KNOWN = ("ghcr.io/fluxcd", "docker.io/fluxcd", "ghcr.io/controlplaneio-fluxcd/")

_NAME = "flux-operator"

# The fields of a source that the `sync` of a FluxInstance sets, and what it puts into its `ref`.
_IN_SYNC = frozenset({"interval", "url", "ref", "provider", "bucketName", "endpoint"})
_IN_SYNC_REF = frozenset({"branch", "name", "tag"})

# That of `flux bootstrap` (Flux 2.9).
_INTERVAL = "10m"


def operator(plan: Plan, release: Release) -> list[Manifest]:
    """Return the operator's install manifests in Flux's namespace, with the tolerations.

    The FluxInstance has to be in the operator's namespace. Its image is not one of the registry's.
    """
    install_manifests.require(plan, release, [_NAME])
    found = install_manifests.in_namespace(release, plan.cluster.flux.namespace)
    return [_tolerant(each, plan.cluster.bootstrap) for each in found]


def instance(plan: Plan) -> Manifest:
    """Return the FluxInstance, which its CRD wants to be named `flux`."""
    bootstrap = plan.cluster.bootstrap
    own = bootstrap.instance
    return {
        "apiVersion": "fluxcd.controlplane.io/v1",
        "kind": "FluxInstance",
        "metadata": metadata("flux", plan.cluster.flux.namespace),
        "spec": without_empty(
            {
                "distribution": _distribution(bootstrap),
                "components": list(chosen(bootstrap)),
                "cluster": _cluster(bootstrap),
                "storage": written(own.storage) if own.storage else None,
                "sharding": written(own.sharding) if own.sharding else None,
                "commonMetadata": written(own.common_metadata),
                "wait": own.wait,
                "migrateResources": own.migrate_resources,
                "kustomize": without_empty({"patches": _patches(plan)}),
                "sync": _sync(plan) if bootstrap.source_url else None,
            }
        ),
    }


def _distribution(bootstrap: Bootstrap) -> Manifest:
    """Return which images run; the operator refuses a registry that it doesn't know by itself."""
    registry = bootstrap.registry or DEFAULT_REGISTRY
    by_default = None if registry.startswith(_KNOWN) else "upstream-alpine"
    return without_empty(
        {
            "version": (bootstrap.flux_version or _VERSION).removeprefix("v"),
            "registry": registry,
            "variant": bootstrap.instance.variant or by_default,
            "imagePullSecret": bootstrap.image_pull_secret,
            "artifact": bootstrap.instance.artifact,
            "artifactPullSecret": bootstrap.instance.artifact_pull_secret,
        }
    )


def _cluster(bootstrap: Bootstrap) -> Manifest:
    """Return what differs from the operator's own defaults."""
    domain = bootstrap.cluster_domain
    return without_empty(
        {
            **written(bootstrap.instance.cluster),
            "domain": None if domain == "cluster.local" else domain,
            "networkPolicy": None if bootstrap.network_policy else False,
        }
    )


def _patches(plan: Plan) -> list[Manifest]:
    """Return patches for what a FluxInstance has no field for, and behind them those of the stack.

    The operator applies them to what it makes: the controllers, and the source that it syncs.
    """
    bootstrap = plan.cluster.bootstrap
    of_source = _source_patch(plan) if bootstrap.source_url else None
    own: list[Manifest] = written(bootstrap.instance.patches)
    return [*_controller_patches(bootstrap), *([of_source] if of_source else []), *own]


def _source_patch(plan: Plan) -> Manifest | None:
    """Return a patch of the operator's source with what its `sync` can't say."""
    source = plan.cluster.source
    spec = sources.manifest(plan, source)["spec"]
    said = _IN_SYNC if not spec.get("ref", {}).keys() - _IN_SYNC_REF else _IN_SYNC - {"ref"}
    operations = [
        {"op": "add", "path": f"/spec/{key}", "value": value}
        for key, value in spec.items()
        if key not in said
    ]
    target = {"kind": source.kind, "name": source.name}
    return {"target": target, "patch": _listed(operations)} if operations else None


def _controller_patches(bootstrap: Bootstrap) -> list[Manifest]:
    """Return patches of all controllers. Of two arguments with one name the later wins."""
    arguments = []
    if not bootstrap.watch_all_namespaces:
        arguments.append("--watch-all-namespaces=false")
    if bootstrap.log_level != "info":
        arguments.append(f"--log-level={bootstrap.log_level}")
    path = "/spec/template/spec/containers/0/args/-"
    operations: list[Manifest] = [{"op": "add", "path": path, "value": each} for each in arguments]
    if bootstrap.tolerations:
        value = written(bootstrap.tolerations)
        operations.append({"op": "add", "path": "/spec/template/spec/tolerations", "value": value})
    if not operations:
        return []
    return [{"target": {"kind": "Deployment"}, "patch": _listed(operations)}]


def _listed(operations: list[Manifest]) -> str:
    """Return a JSON 6902 patch as YAML."""
    items = (dump(each).rstrip("\n").replace("\n", "\n  ") for each in operations)
    return "".join(f"- {each}\n" for each in items)


def _sync(plan: Plan) -> Manifest:
    """Return what to sync; the operator puts a Git `ref` into a field for full references only."""
    source = plan.cluster.source
    branch = source.branch and f"refs/heads/{source.branch}"
    by_default = plan.cluster.flux.namespace
    return without_empty(
        {
            "kind": source.kind,
            "url": source.url or source.endpoint,
            "ref": branch or source.ref or source.tag or source.bucket_name,
            "path": root(plan),
            "name": None if source.name == by_default else source.name,
            "interval": source.interval and canonical(source.interval),
            "provider": source.provider,
            "pullSecret": plan.cluster.bootstrap.source_secret,
        }
    )


def _tolerant(manifest: Manifest, bootstrap: Bootstrap) -> Manifest:
    if manifest["kind"] != "Deployment" or not bootstrap.tolerations:
        return manifest
    change: dict[str, Any] = {"tolerations": written(bootstrap.tolerations)}
    return install_manifests.with_pod(manifest, change)


def sync(plan: Plan) -> list[Manifest]:
    """Return the cluster's source and the Kustomization that applies the cluster's directory."""
    own = plan.cluster.source
    secret = plan.cluster.bootstrap.source_secret
    source = structs.replace(own, interval=own.interval or "1m", secret_ref=secret)
    kustomization = {
        "apiVersion": KUSTOMIZATION,
        "kind": "Kustomization",
        "metadata": metadata(own.name, plan.cluster.flux.namespace),
        "spec": {
            "interval": canonical(_INTERVAL),
            "retryInterval": canonical(usual_retry(plan, _INTERVAL)),
            "path": root(plan),
            "prune": True,
            "sourceRef": {"kind": own.kind, "name": own.name},
        },
    }
    return [sources.manifest(plan, source), kustomization]


def root(plan: Plan) -> str:
    """Return the path that Flux syncs: the cluster's directory."""
    return f"./{'/'.join(plan.directory)}"

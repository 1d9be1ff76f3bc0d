"""What makes Flux sync the cluster's directory: a FluxInstance, or gotk's source and Kustomization.

The release manifests of Flux itself are not part of it; these objects are applied once Flux or
the Flux operator runs.
"""

from collections.abc import Mapping, Sequence

from kure_hooks.engines.durations import canonical
from kure_hooks.engines.flux.resources import KUSTOMIZATION, SOURCE, revision
from kure_hooks.engines.objects import metadata, without_empty
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.tree import Item
from kure_hooks.manifests import Manifest
from kure_hooks.origin import Origin

# What `flux install` and the Flux operator take when nothing is said (Flux 2.9, operator 0.58).
_REGISTRY = "ghcr.io/fluxcd"
_VERSION = "2.x"
_COMPONENTS = (
    "source-controller",
    "kustomize-controller",
    "helm-controller",
    "notification-controller",
)


def bootstrap(plan: Plan) -> Mapping[str, Sequence[Item]]:
    """Return the objects by the file names that Flux's own tools use."""
    if not plan.cluster.bootstrap.enabled:
        return {}
    origin = Origin(plan.cluster.at, plan.cluster.name)
    if plan.cluster.bootstrap.flux_mode == "flux-operator":
        return {"flux-instance.yaml": [Item(_instance(plan), origin)]}
    return {"gotk-sync.yaml": [Item(each, origin) for each in _sync(plan)]}


def _instance(plan: Plan) -> Manifest:
    """Return the FluxInstance, which its CRD wants to be named `flux`."""
    bootstrap = plan.cluster.bootstrap
    return {
        "apiVersion": "fluxcd.controlplane.io/v1",
        "kind": "FluxInstance",
        "metadata": metadata("flux", plan.cluster.flux.namespace),
        "spec": without_empty(
            {
                "distribution": without_empty(
                    {
                        "version": (bootstrap.flux_version or _VERSION).removeprefix("v"),
                        "registry": bootstrap.registry or _REGISTRY,
                        "imagePullSecret": bootstrap.image_pull_secret,
                    }
                ),
                "components": list(bootstrap.components or _COMPONENTS),
                "sync": _operator_sync(plan) if bootstrap.source_url else None,
            }
        ),
    }


def _operator_sync(plan: Plan) -> Manifest:
    source = plan.cluster.source
    ref = source.branch or source.tag or ""
    by_default = plan.cluster.flux.namespace
    return without_empty(
        {
            "kind": source.kind,
            "url": source.url,
            "ref": f"refs/heads/{ref}" if source.branch and not ref.startswith("refs/") else ref,
            "path": _root(plan),
            "name": None if source.name == by_default else source.name,
        }
    )


def _sync(plan: Plan) -> list[Manifest]:
    """Return source and Kustomization as `flux bootstrap` writes them."""
    source = plan.cluster.source
    namespace = plan.cluster.flux.namespace
    return [
        {
            "apiVersion": SOURCE,
            "kind": source.kind,
            "metadata": metadata(source.name, namespace),
            "spec": {"interval": canonical("1m"), "url": source.url, "ref": revision(source)},
        },
        {
            "apiVersion": KUSTOMIZATION,
            "kind": "Kustomization",
            "metadata": metadata(source.name, namespace),
            "spec": {
                "interval": canonical("10m"),
                "path": _root(plan),
                "prune": True,
                "sourceRef": {"kind": source.kind, "name": source.name},
            },
        },
    ]


def _root(plan: Plan) -> str:
    return f"./{'/'.join(plan.directory)}"

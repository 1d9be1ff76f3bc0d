"""The settings of Argo CD that the generated Applications rely on, and what it may never remove."""

from kure_hooks.config.argocd import ArgocdOptions
from kure_hooks.engines.annotations import SYNC_OPTIONS
from kure_hooks.engines.argocd.health import CM_KEY, health_lua
from kure_hooks.engines.argocd.repositories import LAYERS, layers
from kure_hooks.engines.releases import with_metadata
from kure_hooks.layout.plan import Plan
from kure_hooks.manifests import Manifest

LAYERS_KEY = "reposerver.oci.layer.media.types"

_KEPT = "Prune=false,Delete=false"


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

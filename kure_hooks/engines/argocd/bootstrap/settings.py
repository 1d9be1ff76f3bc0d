"""The settings of Argo CD that the generated Applications rely on, and what it may never remove."""

from kure_hooks.config import ArgocdOptions
from kure_hooks.engines.argocd.health import CM_KEY, health_lua
from kure_hooks.engines.releases import with_metadata
from kure_hooks.manifests import Manifest

_SYNC_OPTIONS = "argocd.argoproj.io/sync-options"
_KEPT = "Prune=false,Delete=false"


def settings(options: ArgocdOptions) -> dict[str, str]:
    """Return the data of argocd-cm: without it, Applications don't wait for each other."""
    return {CM_KEY: health_lua(options)}


def parameters(options: ArgocdOptions) -> dict[str, str]:
    """Return the data of argocd-cmd-params-cm: progressive syncs are off by default (3.5)."""
    if options.ordering != "progressive":
        return {}
    return {"applicationsetcontroller.enable.progressive.syncs": "true"}


def kept(manifest: Manifest) -> Manifest:
    """Return an object that Argo CD, which can't run without it, never removes."""
    annotations = manifest["metadata"].get("annotations") or {}
    before = annotations.get(_SYNC_OPTIONS)
    options = f"{before},{_KEPT}" if before else _KEPT
    return with_metadata(manifest, {"annotations": {**annotations, _SYNC_OPTIONS: options}})

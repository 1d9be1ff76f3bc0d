"""Labels and annotations of objects that say to Argo CD 3.5 what a bundle says to Flux."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from kure_hooks.engines.annotations import opts_out
from kure_hooks.manifests import Manifest
from kure_hooks.stack.interface import ConfigMapGenerator
from kure_hooks.stack.model import Bundle

SYNC_OPTIONS = "argocd.argoproj.io/sync-options"
KEPT = ("Delete=false", "Prune=false")

_HOOK = "argocd.argoproj.io/hook"
_REPLACED = ("Force=true", "Replace=true")


def marked(bundle: Bundle, manifest: Manifest) -> Manifest:
    """Return an object with the common metadata of its bundle, and sync options of its own.

    Those are for an object that Flux would never delete or never apply, and for each object that
    may be replaced because its bundle opted in to that: none whose deletion takes others or data
    along. Common metadata goes over what an object has, as in Flux 2.9.
    """
    if is_left_alone(manifest):
        manifest = _annotated(_with_sync_options(manifest, KEPT), {_HOOK: "Skip"})
    elif opts_out(manifest, "prune"):
        manifest = _with_sync_options(manifest, KEPT)
    if is_replaced(bundle, manifest):
        from kure_hooks.engines.effects import takes_along  # noqa: PLC0415 - few bundles ask for it

        if not takes_along(manifest):
            manifest = _with_sync_options(manifest, _REPLACED)
    if common := bundle.options.common_metadata:
        manifest = _added(manifest, "labels", common.labels)
        manifest = _added(manifest, "annotations", common.annotations)
    return manifest


def is_left_alone(manifest: Manifest) -> bool:
    """Return whether an object says that Flux neither applies nor deletes it."""
    return opts_out(manifest, "reconcile") or opts_out(manifest, "ssa", "ignore")


def is_replaced(bundle: Bundle, manifest: Manifest) -> bool:
    """Return whether an object may be replaced: Flux asks for it, and `argocd.force` allows it."""
    asked = bundle.options.force or opts_out(manifest, "force", "enabled")
    return asked and bundle.options.argocd.force


def marked_generator(bundle: Bundle, generator: ConfigMapGenerator) -> ConfigMapGenerator:
    """Return what makes a ConfigMap with the common metadata of its bundle; see `marked`."""
    metadata = marked(bundle, generator.manifest)["metadata"]
    return replace(generator, labels=metadata["labels"], annotations=metadata["annotations"])


def _with_sync_options(manifest: Manifest, options: Sequence[str]) -> Manifest:
    """Return an object with sync options; those that it has already win."""
    annotations = manifest["metadata"].get("annotations") or {}
    own = [each.strip() for each in annotations.get(SYNC_OPTIONS, "").split(",") if each.strip()]
    keys = {each.partition("=")[0] for each in own}
    more = [each for each in options if each.partition("=")[0] not in keys]
    return _added(manifest, "annotations", {SYNC_OPTIONS: ",".join([*own, *more])})


def _annotated(manifest: Manifest, annotations: Mapping[str, str]) -> Manifest:
    """Return an object with annotations; those that it has already win."""
    own = manifest["metadata"].get("annotations") or {}
    return _added(manifest, "annotations", {**annotations, **own})


def _added(manifest: Manifest, key: str, more: Mapping[str, str]) -> Manifest:
    if not more:
        return manifest
    metadata = manifest["metadata"]
    together = {**(metadata.get(key) or {}), **more}
    return {**manifest, "metadata": {**metadata, key: dict(sorted(together.items()))}}

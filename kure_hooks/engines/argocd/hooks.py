"""Stages of rendered charts as hooks and waves of Argo CD 3.5.

What comes before an application is in the waves below 0 of the same sync, so that namespaces and
CRDs can come earlier still; what comes after it is in the phase after the sync. Argo CD waits for
each wave, and deletes a hook and makes it anew in each sync unless its delete policy says
otherwise, for which it reads Helm's annotation as well.
"""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from kure_hooks.apps.metadata import finish, with_annotations
from kure_hooks.engines.argocd.applications import WAVE
from kure_hooks.layout.payloads import Contents
from kure_hooks.manifests import Manifest, kind_of, text_at
from kure_hooks.stack.interface import MAIN, Product, Stage

HOOK = "argocd.argoproj.io/hook"

_NAMESPACE = ("", "Namespace")
# Deleting one of these takes away more than the hook.
_LASTING = frozenset(
    {
        ("apiextensions.k8s.io", "CustomResourceDefinition"),
        _NAMESPACE,
        ("", "PersistentVolume"),
        ("", "PersistentVolumeClaim"),
    }
)


def hooked(contents: Contents) -> Contents:
    """Return contents in which the objects of stages are hooks, in the waves of their phase."""
    return {
        name: [
            (application, _hooked(product) if product.stages else product)
            for application, product in products
        ]
        for name, products in contents.items()
    }


def with_namespaces_first(contents: Contents) -> Contents:
    """Return contents in which Namespaces come before the first wave of their bundle."""
    return {
        name: [
            (application, _in_front(product, _first(products))) for application, product in products
        ]
        for name, products in contents.items()
    }


def _first(products: Sequence[tuple[object, Product]]) -> int:
    """Return the first wave of the hooks of a bundle, 0 where none is early."""
    waves = (
        int(text_at(manifest, "metadata", "annotations", WAVE))
        for _, product in products
        for manifest in product.manifests
        if text_at(manifest, "metadata", "annotations", HOOK) in ("Sync", "Skip")
    )
    return min(waves, default=0)


def _in_front(product: Product, first: int) -> Product:
    if first >= 0 or not any(kind_of(manifest) == _NAMESPACE for manifest in product.manifests):
        return product
    step = with_annotations({WAVE: str(first - 1)})
    manifests = [
        step(manifest) if kind_of(manifest) == _NAMESPACE else manifest
        for manifest in product.manifests
    ]
    return replace(product, manifests=manifests)


def _hooked(product: Product) -> Product:
    waves = _waves(product.stages)
    manifests = [
        _hook(manifest, stage, waves[stage]) if stage != MAIN else manifest
        for manifest, stage in zip(product.manifests, product.stages, strict=True)
    ]
    return replace(product, manifests=manifests, stages=())


def _waves(stages: Sequence[Stage]) -> Mapping[Stage, int]:
    """Return the wave of each stage: below 0 before the application, from 0 on after it."""
    before = sorted({stage for stage in stages if stage < MAIN}, reverse=True)
    after = sorted({stage for stage in stages if stage > MAIN})
    return {stage: -number for number, stage in enumerate(before, start=1)} | {
        stage: number for number, stage in enumerate(after)
    }


def _hook(manifest: Manifest, stage: Stage, wave: int) -> Manifest:
    phase = "Sync" if stage < MAIN else "PostSync"
    if kind_of(manifest) in _LASTING:
        # `Skip` goes before Helm's annotation: this is no hook, but an object in a wave.
        phase, wave = "Skip", wave if stage < MAIN else wave + 1
    (hook,) = finish([manifest], with_annotations({HOOK: phase, WAVE: str(wave)}))
    return hook

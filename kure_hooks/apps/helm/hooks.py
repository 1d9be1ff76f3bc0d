"""Helm's hooks: the phase of each object, and what a GitOps tool keeps of it.

A tree is applied whenever it changes, so that there is no difference between an installation and
an upgrade. What runs when a release is deleted, rolled back or tested has no place in it.
"""

import re
from collections.abc import Mapping

from kure_hooks.manifests import Kind, Manifest, kind_of
from kure_hooks.stack.interface import MAIN, Stage

_HOOK = "helm.sh/hook"
_WEIGHT = "helm.sh/hook-weight"
_OF_HOOKS = (_HOOK, _WEIGHT, "helm.sh/hook-delete-policy")

# Helm 3.21 and 4. Helm 2 had crd-install.
_RANKS: Mapping[str, int] = {
    "crd-install": -3,
    "pre-install": -2,
    "pre-upgrade": -1,
    "post-install": 1,
    "post-upgrade": 2,
}
_DROPPED = frozenset(
    {
        *("pre-delete", "post-delete", "pre-rollback", "post-rollback"),
        *("test", "test-success", "test-failure"),
    }
)
_UNKNOWN = 3
_INTEGER = re.compile(r"[-+]?[0-9]{1,9}")
_NO_NAME = re.compile(r"[^a-z0-9]+")

CRD: Kind = ("apiextensions.k8s.io", "CustomResourceDefinition")
"""The kind of a CRD, which no annotation makes a hook."""

DEFINITIONS = Stage(-4, "crds")
"""The stage of CRDs where others come before the application: nothing may need them earlier."""


def stage_of(manifest: Manifest) -> Stage | None:
    """Return the stage of an object, None for one that is for other occasions.

    Of several phases the first one counts, since an object is in a tree once. A phase that is not
    known here comes last; of those that Helm 3.21 does not know, it prints no object at all.
    """
    if kind_of(manifest) == CRD:
        return DEFINITIONS
    annotations = manifest.get("metadata", {}).get("annotations") or {}
    names = [name.strip().lower() for name in str(annotations.get(_HOOK, "")).split(",")]
    phases = [name for name in names if name]
    stages = [_stage(name, annotations) for name in phases if name not in _DROPPED]
    if phases:
        return min(stages, default=None)
    return MAIN


def _stage(phase: str, annotations: Mapping[str, object]) -> Stage:
    match = _INTEGER.fullmatch(str(annotations.get(_WEIGHT, "")).strip())
    name = _NO_NAME.sub("-", phase)[:30].strip("-") or "hook"
    return Stage(_RANKS.get(phase, _UNKNOWN), name, int(match[0]) if match else 0)


def without_hook(manifest: Manifest) -> Manifest:
    """Return an object that is no hook, although it was one."""
    metadata = manifest["metadata"]
    given = metadata.get("annotations")
    if not isinstance(given, dict) or given.keys().isdisjoint(_OF_HOOKS):
        return manifest
    kept = {key: text for key, text in given.items() if key not in _OF_HOOKS}
    bare = {key: part for key, part in metadata.items() if key != "annotations"}
    return manifest | {"metadata": bare | ({"annotations": kept} if kept else {})}

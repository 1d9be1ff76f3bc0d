"""The effects of Fleet's objects: deleting a GitRepo deletes its bundles, and what they applied."""

from kure_hooks.plugin import (
    AppliedDirectory,
    Deletion,
    Effects,
    FieldPath,
    Identity,
    Manifest,
    Risk,
    kind_of,
)

NAME = "Fleet"

_SWITCHES = {("spec", "keepResources"): Risk.PRUNE, ("spec", "paused"): Risk.SUSPEND}


def effects(manifest: Manifest) -> Effects | None:
    """Return what Fleet does because of a GitRepo."""
    if kind_of(manifest) != ("fleet.cattle.io", "GitRepo"):
        return None
    spec = manifest.get("spec") or {}
    keeps = spec.get("keepResources") is True
    paths = [path for path in spec.get("paths") or () if isinstance(path, str)]
    return Effects(
        NAME,
        tuple(AppliedDirectory(path) for path in paths),
        prunes=not keeps,
        cascades=not keeps,
        suspended=spec.get("paused") is True,
    )


def spares(manifest: Manifest, deletion: Deletion) -> bool:
    """Return whether an object stays: Fleet deploys with Helm, which heeds its resource policy."""
    del deletion
    annotations = (manifest.get("metadata") or {}).get("annotations") or {}
    return annotations.get("helm.sh/resource-policy") == "keep"


def wave(manifest: Manifest) -> int:
    """Return the only turn that there is: Fleet has no waves."""
    del manifest
    return 0


def refuses(project: Manifest, own: Effects, who: Identity) -> bool:
    """Return that nothing is refused: Fleet has no projects."""
    del project, own, who
    return False


def switches(manifest: Manifest, path: FieldPath, change: FieldPath) -> Risk | None:
    """Return the risk of a change of a GitRepo."""
    del change
    return _SWITCHES.get(tuple(path)) if kind_of(manifest)[0] == "fleet.cattle.io" else None

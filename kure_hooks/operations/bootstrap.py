"""The manifests that bring up a cluster's GitOps tool."""

from collections.abc import Sequence
from dataclasses import dataclass

from kure_hooks.apps import GENERATORS
from kure_hooks.engines import health_patch
from kure_hooks.errors import UsageError
from kure_hooks.findings import Finding
from kure_hooks.operations.check import chosen, produce
from kure_hooks.operations.workspace import Workspace
from kure_hooks.stack.load import load

_ENABLE = "Write enabled: true in gitops.bootstrap of its stack."


@dataclass(frozen=True)
class Started:
    """Bootstrap manifests as YAML, in the order of applying, and warnings for who applies them."""

    manifests: bytes
    advice: tuple[Finding, ...]


def bootstrap(workspace: Workspace, stacks: Sequence[str], cluster: str = "") -> Started:
    """Return the generated bootstrap manifests of one cluster.

    They are generated, so that a tree that drifted doesn't matter. Raises UsageError unless exactly
    one cluster of the stacks asks for a bootstrap, or is named.
    """
    generated = produce(workspace, stacks)
    starts = {path.rpartition("/")[2]: start for path, start in generated.starts.items()}
    if cluster and cluster not in starts:
        raise UsageError(f"No cluster {cluster} asks for a bootstrap. {_ENABLE}")
    if not starts:
        raise UsageError(f"No cluster asks for a bootstrap. {_ENABLE}")
    if not cluster and len(starts) > 1:
        names = ", ".join(sorted(starts))
        raise UsageError(f"There is more than one cluster: {names}. Name one with --cluster.")
    (start,) = starts.values() if not cluster else (starts[cluster],)
    return Started(b"---\n".join(generated.files[path] for path in start.paths), start.advice)


def argocd_health(workspace: Workspace, stacks: Sequence[str], cluster: str = "") -> bytes:
    """Return the patch of argocd-cm that an Argo CD which runs already needs for waves, as YAML.

    Raises InputError for stacks with faults, and UsageError unless one cluster with Argo CD is
    named, or all of them need the same patch.
    """
    tree, settings = workspace.tree, workspace.settings
    patches = {
        one.name: patch
        for path in chosen(workspace, stacks)
        for one in load(tree, path, settings, GENERATORS).clusters
        if cluster in ("", one.name) and (patch := health_patch(one))
    }
    if not patches:
        which = f"cluster {cluster}" if cluster else "cluster of these stacks"
        raise UsageError(f"No {which} has gitops.type argocd. Name a cluster with Argo CD.")
    if len(set(patches.values())) > 1:
        names = ", ".join(sorted(patches))
        raise UsageError(
            f"the clusters {names} need different patches. Name one of them with --cluster."
        )
    return next(iter(patches.values()))

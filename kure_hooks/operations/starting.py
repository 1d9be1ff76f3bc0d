"""The manifests that bring up a cluster's GitOps tool."""

from collections.abc import Sequence

from kure_hooks.errors import UsageError
from kure_hooks.operations.check import produce
from kure_hooks.operations.workspace import Workspace


def bootstrap(workspace: Workspace, stacks: Sequence[str], cluster: str = "") -> bytes:
    """Return the generated bootstrap manifests of one cluster as YAML, in the order of applying.

    They are generated, so that a tree that drifted doesn't matter. Raises UsageError unless exactly
    one cluster of the stacks asks for a bootstrap, or is named.
    """
    generated = produce(workspace, stacks)
    starts = {path.rpartition("/")[2]: files for path, files in generated.starts.items()}
    if cluster and cluster not in starts:
        raise UsageError(f"no cluster {cluster} with gitops.bootstrap.enabled")
    if not starts:
        raise UsageError("no cluster has gitops.bootstrap.enabled")
    if not cluster and len(starts) > 1:
        names = ", ".join(sorted(starts))
        raise UsageError(f"there is more than one cluster: {names}; name one with --cluster")
    (files,) = starts.values() if not cluster else (starts[cluster],)
    return b"---\n".join(generated.files[path] for path in files)

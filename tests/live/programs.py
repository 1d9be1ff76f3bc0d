"""The programs of a live cluster, as `.ci/live` builds them."""

import os
import shutil
from pathlib import Path

ROOT = Path(__file__).parents[2]
DIRECTORY = Path(os.environ.get("KURE_HOOKS_LIVE", ROOT / ".tools" / "live"))

SERVER = ("etcd", "kube-apiserver", "openssl")
CLUSTER = (*SERVER, "kube-controller-manager", "git")
FLUX = ("source-controller", "kustomize-controller")
HELM = ("helm-controller",)
BUCKETS = ("gofakes3",)
ARGOCD = ("argo-cd", "redis-server", "kustomize")


def program(name: str) -> Path | None:
    """Return the path of a program that `.ci/live` built or that is installed, or None."""
    built = (DIRECTORY / name, DIRECTORY.parent / "bin" / name)
    for path in built:
        if path.is_file():
            return path.resolve()
    installed = shutil.which(name)
    return Path(installed) if installed else None


def missing(*names: str) -> list[str]:
    """Return which of the programs are neither built nor installed."""
    return [name for name in names if program(name) is None]


def path_of(name: str) -> Path:
    """Return the path of a program; LookupError with the remedy without one."""
    path = program(name)
    if path is None:
        raise LookupError(f"{name} is not built. Run .ci/live --build.")
    return path


def definitions(tool: str) -> list[Path]:
    """Return the CRDs of `flux`, `flux-operator` or `argo-cd`, as their modules have them."""
    return sorted((DIRECTORY / "crds" / tool).glob("*.yaml"))

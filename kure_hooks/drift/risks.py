"""Changes that can hurt a running cluster, by the kinds and fields that they touch."""

from collections.abc import Iterator, Sequence
from typing import Any

from kure_hooks.drift.result import Risk
from kure_hooks.manifests import Manifest

# What goes along when the object is deleted: all objects of a namespace or a CRD, a volume's data.
_DESTRUCTIVE = frozenset({"Namespace", "CustomResourceDefinition", "PersistentVolumeClaim"})

# Also with `/foreground` or `/background` behind it.
_ARGO_FINALIZER = "resources-finalizer.argocd.argoproj.io"

# Fields that the API server of Kubernetes 1.34 refuses to change, by kind; a path means all below.
_IMMUTABLE: dict[str, tuple[str, ...]] = {
    "ClusterRoleBinding": ("roleRef",),
    "CustomResourceDefinition": ("spec.group", "spec.names", "spec.scope"),
    "DaemonSet": ("spec.selector",),
    "Deployment": ("spec.selector",),
    "IngressClass": ("spec.controller",),
    "Job": ("spec.completionMode", "spec.selector", "spec.template"),
    "PersistentVolumeClaim": (
        "spec.accessModes",
        "spec.selector",
        "spec.storageClassName",
        "spec.volumeMode",
        "spec.volumeName",
    ),
    "PriorityClass": ("preemptionPolicy", "value"),
    "ReplicaSet": ("spec.selector",),
    "RoleBinding": ("roleRef",),
    "RuntimeClass": ("handler",),
    "Secret": ("type",),
    "Service": ("spec.clusterIP", "spec.clusterIPs"),
    "StatefulSet": (
        "spec.podManagementPolicy",
        "spec.selector",
        "spec.serviceName",
        "spec.volumeClaimTemplates",
    ),
    "StorageClass": ("parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"),
}
# The GitOps objects that remove what they no longer hold, or stop doing anything.
_PRUNE = frozenset({"spec.prune", "spec.syncPolicy.automated.prune"})
_SUSPEND = frozenset(
    {"spec.suspend", "spec.syncPolicy.automated.enabled", "spec.syncPolicy.automated"}
)


def of_field(kind: str, path: Sequence[str], old: Any, new: Any) -> tuple[Risk, ...]:
    """Return the risks of changing a field from one value to another; None is no value."""
    name = ".".join(path)
    touched = {*_names(name, old), *_names(name, new)}
    found = []
    if any(f"{each}.".startswith(f"{of}.") for of in _IMMUTABLE.get(kind, ()) for each in touched):
        found.append(Risk.IMMUTABLE)
    if touched & _PRUNE:
        found.append(Risk.PRUNE)
    if touched & _SUSPEND:
        found.append(Risk.SUSPEND)
    if name in ("spec.replicas", "spec.minReplicas") and _is_zero(new) and not _is_zero(old):
        found.append(Risk.ZERO)
    return tuple(found)


def _is_zero(value: Any) -> bool:
    """Whether a value is the number; for Python False equals it too."""
    return not isinstance(value, bool) and bool(value == 0)


def _names(name: str, value: Any) -> Iterator[str]:
    """Yield the name of a field and of every field below it."""
    yield name
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _names(f"{name}.{key}", each)


def of_removal(manifest: Manifest) -> tuple[Risk, ...]:
    """Return the risks of an object's disappearance."""
    takes_along = str(manifest.get("kind")) in _DESTRUCTIVE or _prunes(manifest)
    return (Risk.DESTRUCTIVE,) if takes_along else ()


def _prunes(manifest: Manifest) -> bool:
    """Whether a GitOps object deletes what it applied when it is deleted itself.

    Flux 2 does unless `deletionPolicy` or `prune` say otherwise; Argo CD 3 when a finalizer asks.
    """
    spec, metadata = manifest.get("spec"), manifest.get("metadata")
    match str(manifest.get("apiVersion")).partition("/")[0], manifest.get("kind"):
        case "kustomize.toolkit.fluxcd.io", "Kustomization" if isinstance(spec, dict):
            policy = spec.get("deletionPolicy", "MirrorPrune")
            return policy != "Orphan" and (policy != "MirrorPrune" or spec.get("prune") is True)
        case "helm.toolkit.fluxcd.io", "HelmRelease":
            return True
        case "argoproj.io", "Application" if isinstance(metadata, dict):
            finalizers = metadata.get("finalizers")
            known = finalizers if isinstance(finalizers, list) else ()
            return any(str(each).startswith(_ARGO_FINALIZER) for each in known)
    return False

"""The fields of built-in objects that the API server never changes.

They are those of Kubernetes 1.36 (pkg/apis/*/validation), held against a real API server in the
live tests.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kure_hooks.decoding.quantities import amount
from kure_hooks.manifests import CLAIM, Kind
from kure_hooks.yamlio import Pointer


@dataclass(frozen=True, slots=True)
class Field:
    """A field that keeps its value.

    `default` is the value that the API server gives an object without one. Of a field that is
    `assigned`, the cluster chooses the value where the manifest has none, so nobody knows whether
    one that is written later differs.
    """

    pointer: Pointer
    default: Any = None
    assigned: bool = False

    @property
    def path(self) -> str:
        """The keys of the field, joined by dots."""
        return ".".join(map(str, self.pointer))


def _field(path: str, default: Any = None, *, assigned: bool = False) -> Field:
    return Field(tuple(path.split(".")), default, assigned)


_SELECTOR = (_field("spec.selector"),)
_ROLE = (_field("roleRef"),)
IMMUTABLE: Mapping[Kind, tuple[Field, ...]] = {
    ("", "PersistentVolume"): (
        *(_field(f"spec.{source}") for source in ("csi", "hostPath", "iscsi", "local", "nfs")),
        _field("spec.volumeMode", "Filesystem"),
    ),
    ("", "PersistentVolumeClaim"): (
        _field("spec.accessModes"),
        _field("spec.dataSource"),
        _field("spec.dataSourceRef"),
        _field("spec.selector"),
        _field("spec.storageClassName", assigned=True),
        _field("spec.volumeMode", "Filesystem"),
        _field("spec.volumeName", assigned=True),
    ),
    ("", "ResourceQuota"): (_field("spec.scopes"),),
    ("", "Secret"): (_field("type", "Opaque"),),
    ("apiextensions.k8s.io", "CustomResourceDefinition"): (
        _field("spec.group"),
        _field("spec.names.kind"),
        _field("spec.names.plural"),
        _field("spec.scope"),
    ),
    ("apps", "DaemonSet"): _SELECTOR,
    ("apps", "Deployment"): _SELECTOR,
    ("apps", "ReplicaSet"): _SELECTOR,
    ("apps", "StatefulSet"): (
        _field("spec.podManagementPolicy", "OrderedReady"),
        _field("spec.selector"),
        _field("spec.serviceName"),
        _field("spec.volumeClaimTemplates"),
    ),
    ("batch", "Job"): (
        _field("spec.backoffLimitPerIndex"),
        _field("spec.completionMode", "NonIndexed"),
        _field("spec.managedBy"),
        _field("spec.podFailurePolicy"),
        _field("spec.selector", assigned=True),
        _field("spec.successPolicy"),
        _field("spec.template"),
    ),
    ("discovery.k8s.io", "EndpointSlice"): (_field("addressType"),),
    ("networking.k8s.io", "IngressClass"): (_field("spec.controller"),),
    ("node.k8s.io", "RuntimeClass"): (_field("handler"),),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): _ROLE,
    ("rbac.authorization.k8s.io", "RoleBinding"): _ROLE,
    ("resource.k8s.io", "ResourceClaim"): (_field("spec"),),
    ("resource.k8s.io", "ResourceClaimTemplate"): (_field("spec"),),
    ("scheduling.k8s.io", "PriorityClass"): (
        _field("preemptionPolicy", "PreemptLowerPriority"),
        _field("value", 0),
    ),
    ("storage.k8s.io", "CSIDriver"): (
        _field("spec.attachRequired", default=True),
        _field("spec.volumeLifecycleModes", ["Persistent"]),
    ),
    ("storage.k8s.io", "StorageClass"): (
        _field("parameters"),
        _field("provisioner"),
        _field("reclaimPolicy", "Delete"),
        _field("volumeBindingMode", "Immediate"),
    ),
    ("storage.k8s.io", "VolumeAttributesClass"): (_field("driverName"), _field("parameters")),
}
"""The fields by group and kind; all that is below a field keeps its value too."""

# What the API server writes into pods and claims that do not say it, by the key.
_DEFAULTS: Mapping[str, Any] = {
    "defaultMode": 420,
    "dnsPolicy": "ClusterFirst",
    "enableServiceLinks": True,
    "failureThreshold": 3,
    "path": "/",
    "periodSeconds": 10,
    "protocol": "TCP",
    "scheme": "HTTP",
    "schedulerName": "default-scheduler",
    "successThreshold": 1,
    "terminationGracePeriodSeconds": 30,
    "terminationMessagePath": "/dev/termination-log",
    "terminationMessagePolicy": "File",
    "timeoutSeconds": 1,
    "volumeMode": "Filesystem",
}
_PHASE = {"phase": "Pending"}
_SIZES = ("limits", "requests")


def stored(value: Any) -> Any:
    """Return a value of an immutable field without what means the same when it is left out.

    That is what is empty, and what the API server adds to pods and to templates of claims.
    """
    if isinstance(value, list):
        return [stored(item) for item in value]
    if not isinstance(value, dict):
        return value
    parts = {
        key: _sizes(part) if key in _SIZES and isinstance(part, dict) else stored(part)
        for key, part in value.items()
    }
    if isinstance(limit := parts.get("sizeLimit"), int | str):
        parts["sizeLimit"] = amount(limit)
    usual = {**_DEFAULTS, **_of_container(value), **_of_claim(value)}
    return {
        key: part
        for key, part in parts.items()
        if part not in (None, "", {}, []) and not (key in usual and part == usual[key])
    }


def _sizes(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return quantities as numbers, since 1Gi and 1024Mi are the same."""
    return {
        key: amount(quantity) if isinstance(quantity, int | str) else quantity
        for key, quantity in value.items()
    }


def _of_container(value: Mapping[str, Any]) -> dict[str, Any]:
    image = value.get("image")
    if isinstance(image, str):
        tag = image.rpartition("/")[2].partition("@")[0].partition(":")[2]
        latest = "@" not in image and tag in ("", "latest")
        return {"imagePullPolicy": "Always" if latest else "IfNotPresent"}
    if "containers" in value:
        return {"restartPolicy": "Always"}
    if value.get("kind") in ("ClusterRole", "Role"):
        return {"apiGroup": "rbac.authorization.k8s.io"}
    return {"apiVersion": "v1"} if "fieldPath" in value else {}


def _of_claim(value: Mapping[str, Any]) -> dict[str, Any]:
    return {**CLAIM, "status": _PHASE} if "accessModes" in str(value.get("spec")) else {}

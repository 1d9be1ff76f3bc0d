"""Sources of volumes."""

from collections.abc import Mapping
from typing import Any

NEEDED: Mapping[str, tuple[str, ...]] = {
    "configMap": ("name",),
    "secret": ("secretName",),
    "hostPath": ("path",),
    "persistentVolumeClaim": ("claimName",),
    "ephemeral": ("volumeClaimTemplate",),
    "csi": ("driver",),
    "nfs": ("server", "path"),
    "iscsi": ("targetPortal", "iqn"),
    "gitRepo": ("repository",),
    "awsElasticBlockStore": ("volumeID",),
    "azureDisk": ("diskName", "diskURI"),
    "azureFile": ("secretName", "shareName"),
    "cephfs": ("monitors",),
    "cinder": ("volumeID",),
    "flexVolume": ("driver",),
    "gcePersistentDisk": ("pdName",),
    "glusterfs": ("endpoints", "path"),
    "photonPersistentDisk": ("pdID",),
    "portworxVolume": ("volumeID",),
    "quobyte": ("registry", "volume"),
    "rbd": ("monitors", "image"),
    "scaleIO": ("gateway", "system", "volumeName"),
    "storageos": ("volumeName",),
    "vsphereVolume": ("volumePath",),
}
"""The fields without which the API server refuses a source (Kubernetes 1.36)."""

_OF_PODS = ("emptyDir", "projected", "downwardAPI", "image", "fc", "flocker")
_OF_CLUSTERS = ("local", "fc", "flocker")
_ONLY_OF_PODS = ("configMap", "secret", "persistentVolumeClaim", "ephemeral", "gitRepo")
OF_PODS = frozenset((*NEEDED, *_OF_PODS))
"""The sources of a pod's volumes."""

OF_PERSISTENT = frozenset((*NEEDED, *_OF_CLUSTERS)).difference(_ONLY_OF_PODS)
"""The sources of a PersistentVolume."""

_MODES = range(0o1000)


def mode_problem(mode: Any) -> tuple[str, str] | None:
    """Return why a number is no mode of a file: YAML reads 644 as a decimal number."""
    if not isinstance(mode, int) or mode in _MODES:
        return None
    near = f", such as {int(str(mode), 8)}" if set(str(mode)) <= set("01234567") else ""
    problem = f"the mode {mode} is a decimal number above 511"
    return problem, f"at most 511 (octal 777){near}"

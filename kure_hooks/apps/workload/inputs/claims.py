"""Volumes that outlive their pods, and where containers see them."""

from typing import Annotated, Any, Literal

from msgspec import Meta, field

from kure_hooks.apps.workload.inputs.containers import MountPath
from kure_hooks.apps.workload.inputs.terms import (
    Annotations,
    Fields,
    Labels,
    Name,
    ObjectName,
    Quantity,
    Text,
)

AccessMode = Literal["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"]


class Mount(Fields, frozen=True, kw_only=True):
    """A volume seen in a container."""

    path: MountPath
    """The path in the container."""
    sub_path: Text | None = None
    """The path in the volume that is mounted. Without it its root."""
    read_only: bool | None = None
    """Mount it so that nothing can be written. Kubernetes' default is false."""


Mounts = dict[
    Name,
    Annotated[
        MountPath | Mount,
        Meta(description="a path such as /data, or a mapping with path"),
    ],
]
"""Mounts by the name of the container.

A list as a third choice would let msgspec 0.22 crash where Python collects its types at the end.
"""


class Claim(Fields, frozen=True, kw_only=True):
    """A PersistentVolumeClaim with its mounts; either `size` or `existingClaim`."""

    name: ObjectName | None = None
    """The name of the claim. Without it the names of the application and of the volume."""
    labels: Labels = field(default_factory=dict)
    """Labels for the claim alone."""
    annotations: Annotations = field(default_factory=dict)
    """Annotations for the claim."""
    existing_claim: ObjectName | None = None
    """A claim that exists, which is mounted and not made."""
    size: Quantity | None = None
    """The size of the volume, such as 10Gi."""
    storage_class: Text | None = None
    """The StorageClass of the volume. Without it that of the cluster; an empty one is none."""
    access_modes: tuple[AccessMode, ...] = ("ReadWriteOnce",)
    """How many nodes or pods may use the volume at once, and how.

    - `ReadWriteOnce`: One node reads and writes.
    - `ReadOnlyMany`: Many nodes read.
    - `ReadWriteMany`: Many nodes read and write.
    - `ReadWriteOncePod`: One pod reads and writes.
    """
    volume_mode: Literal["Filesystem", "Block"] | None = None
    """What the volume is to the container.

    - `Filesystem`: A directory, which is Kubernetes' default.
    - `Block`: A raw block device; mounts are paths of devices then.
    """
    volume_name: ObjectName | None = None
    """The name of a PersistentVolume that exists, which the claim takes."""
    volume_attributes_class_name: ObjectName | None = None
    """The VolumeAttributesClass of the volume, such as one for faster disks."""
    selector: dict[str, Any] = field(default_factory=dict)
    """Labels of volumes that exist, one of which is taken."""
    data_source: dict[str, Any] | None = None
    """A snapshot or claim in the same namespace that the volume is filled from."""
    data_source_ref: dict[str, Any] | None = None
    """An object that the volume is filled from."""
    retain: bool = False
    """Keep the claim when the application is deleted. Neither Flux nor Argo CD prunes it then."""
    path: MountPath | None = None
    """The path where every container sees the volume, those of `initContainers` too."""
    mounts: Mounts = field(default_factory=dict)
    """The paths where single containers see the volume, by the names of the containers."""

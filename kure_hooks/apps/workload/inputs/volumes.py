"""Volumes of a pod and the claims of a StatefulSet."""

from typing import Any, Literal

from msgspec import field

from kure_hooks.apps.workload.inputs.terms import (
    Annotations,
    Fields,
    Labels,
    Name,
    ObjectName,
    Quantity,
    Text,
)

Source = dict[str, Any]


class Volume(Fields, frozen=True, kw_only=True):
    """A volume: its name and exactly one source, whose content is written as it is given."""

    name: Name
    """The name by which containers mount the volume."""
    config_map: Source | None = None
    """The keys of a ConfigMap as files."""
    secret: Source | None = None
    """The keys of a Secret as files."""
    downward_api: Source | None = field(default=None, name="downwardAPI")
    """Fields of the pod as files."""
    projected: Source | None = None
    """Several sources in one directory."""
    empty_dir: Source | None = None
    """An empty directory that goes away with the pod."""
    host_path: Source | None = None
    """A file or directory of the node."""
    persistent_volume_claim: Source | None = None
    """A PersistentVolumeClaim that exists."""
    ephemeral: Source | None = None
    """A claim that is made for the pod and goes away with it."""
    image: Source | None = None
    """The files of an OCI image."""
    csi: Source | None = None
    """A volume of a CSI driver that goes away with the pod."""
    nfs: Source | None = None
    """A directory of an NFS server."""
    iscsi: Source | None = None
    """A disk by iSCSI."""
    fc: Source | None = None
    """A disk by Fibre Channel."""
    aws_elastic_block_store: Source | None = field(default=None, name="awsElasticBlockStore")
    """A disk of Amazon EBS. Use a PersistentVolumeClaim in new applications."""
    azure_disk: Source | None = None
    """A disk of Azure. Use a PersistentVolumeClaim in new applications."""
    azure_file: Source | None = None
    """A share of Azure Files. Use a PersistentVolumeClaim in new applications."""
    cephfs: Source | None = None
    """A CephFS share, which Kubernetes removed in 1.31."""
    cinder: Source | None = None
    """A disk of OpenStack Cinder. Use a PersistentVolumeClaim in new applications."""
    flex_volume: Source | None = None
    """A volume of a FlexVolume driver. Use CSI in new applications."""
    flocker: Source | None = None
    """A Flocker volume, which Kubernetes removed in 1.25."""
    gce_persistent_disk: Source | None = None
    """A disk of Google Cloud. Use a PersistentVolumeClaim in new applications."""
    git_repo: Source | None = None
    """A clone of a Git repository, which Kubernetes no longer makes."""
    glusterfs: Source | None = None
    """A GlusterFS volume, which Kubernetes removed in 1.26."""
    photon_persistent_disk: Source | None = None
    """A disk of Photon Controller, which no longer exists."""
    portworx_volume: Source | None = None
    """A volume of Portworx. Use a PersistentVolumeClaim in new applications."""
    quobyte: Source | None = None
    """A Quobyte volume, which Kubernetes removed in 1.25."""
    rbd: Source | None = None
    """A Ceph block device, which Kubernetes removed in 1.31."""
    scale_io: Source | None = field(default=None, name="scaleIO")
    """A ScaleIO volume, which Kubernetes removed in 1.22."""
    storageos: Source | None = None
    """A StorageOS volume, which Kubernetes removed in 1.25."""
    vsphere_volume: Source | None = None
    """A disk of vSphere. Use a PersistentVolumeClaim in new applications."""


class ClaimMetadata(Fields, frozen=True, kw_only=True):
    """The name, labels and annotations of each claim."""

    name: Name
    """The name of the claims, by which containers mount them."""
    labels: Labels = field(default_factory=dict)
    """Labels of the claims."""
    annotations: Annotations = field(default_factory=dict)
    """Annotations of the claims."""


class ClaimResources(Fields, frozen=True, kw_only=True):
    """The storage that a claim asks for, and the most that it may have."""

    requests: dict[str, Quantity]
    """The size that the claim asks for, such as storage: 10Gi."""
    limits: dict[str, Quantity] = field(default_factory=dict)
    """The greatest size that the claim may have."""


class ClaimSpec(Fields, frozen=True, kw_only=True):
    """The spec of a claim."""

    access_modes: tuple[
        Literal["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"], ...
    ]
    """How many nodes or pods may use the volume at once, and how.

    - `ReadWriteOnce`: One node reads and writes.
    - `ReadOnlyMany`: Many nodes read.
    - `ReadWriteMany`: Many nodes read and write.
    - `ReadWriteOncePod`: One pod reads and writes.
    """
    storage_class_name: Text | None = None
    """The StorageClass of the volume. Without it that of the cluster."""
    volume_mode: Literal["Filesystem", "Block"] | None = None
    """What the volume is to the container.

    - `Filesystem`: A directory, which is Kubernetes' default.
    - `Block`: A raw block device.
    """
    resources: ClaimResources
    """The size of the volume."""
    selector: dict[str, Any] = field(default_factory=dict)
    """Labels of volumes that exist, one of which is taken."""
    volume_name: ObjectName | None = None
    """The name of a PersistentVolume that exists."""
    volume_attributes_class_name: ObjectName | None = None
    """The VolumeAttributesClass of the volume, such as one for faster disks."""
    data_source: dict[str, Any] | None = None
    """A snapshot or claim in the same namespace that the volume is filled from."""
    data_source_ref: dict[str, Any] | None = None
    """An object that the volume is filled from."""


class VolumeClaimTemplate(Fields, frozen=True, kw_only=True):
    """A claim that each pod of a StatefulSet gets for itself."""

    api_version: Literal["v1"] | None = None
    """The API version of claims, which is v1."""
    kind: Literal["PersistentVolumeClaim"] | None = None
    """The kind of the template, which is PersistentVolumeClaim."""
    metadata: ClaimMetadata
    """The name, labels and annotations of the claims."""
    spec: ClaimSpec
    """What each claim asks for."""

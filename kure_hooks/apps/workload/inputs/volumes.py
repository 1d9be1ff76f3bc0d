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
    config_map: Source | None = None
    secret: Source | None = None
    downward_api: Source | None = field(default=None, name="downwardAPI")
    projected: Source | None = None
    empty_dir: Source | None = None
    host_path: Source | None = None
    persistent_volume_claim: Source | None = None
    ephemeral: Source | None = None
    image: Source | None = None
    csi: Source | None = None
    nfs: Source | None = None
    iscsi: Source | None = None
    fc: Source | None = None
    aws_elastic_block_store: Source | None = field(default=None, name="awsElasticBlockStore")
    azure_disk: Source | None = None
    azure_file: Source | None = None
    cephfs: Source | None = None
    cinder: Source | None = None
    flex_volume: Source | None = None
    flocker: Source | None = None
    gce_persistent_disk: Source | None = None
    git_repo: Source | None = None
    glusterfs: Source | None = None
    photon_persistent_disk: Source | None = None
    portworx_volume: Source | None = None
    quobyte: Source | None = None
    rbd: Source | None = None
    scale_io: Source | None = field(default=None, name="scaleIO")
    storageos: Source | None = None
    vsphere_volume: Source | None = None


class ClaimMetadata(Fields, frozen=True, kw_only=True):
    """The name, labels and annotations of each claim."""

    name: Name
    labels: Labels = field(default_factory=dict)
    annotations: Annotations = field(default_factory=dict)


class ClaimResources(Fields, frozen=True, kw_only=True):
    """The storage that a claim asks for, and the most that it may have."""

    requests: dict[str, Quantity]
    limits: dict[str, Quantity] = field(default_factory=dict)


class ClaimSpec(Fields, frozen=True, kw_only=True):
    """The spec of a claim."""

    access_modes: tuple[
        Literal["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"], ...
    ]
    storage_class_name: Text | None = None
    volume_mode: Literal["Filesystem", "Block"] | None = None
    resources: ClaimResources
    selector: dict[str, Any] = field(default_factory=dict)
    volume_name: ObjectName | None = None
    volume_attributes_class_name: ObjectName | None = None
    data_source: dict[str, Any] | None = None
    data_source_ref: dict[str, Any] | None = None


class VolumeClaimTemplate(Fields, frozen=True, kw_only=True):
    """A claim that each pod of a StatefulSet gets for itself."""

    api_version: Literal["v1"] | None = None
    kind: Literal["PersistentVolumeClaim"] | None = None
    metadata: ClaimMetadata
    spec: ClaimSpec

"""The parts of `gitops.bootstrap`: what the GitOps tool itself is made of."""

from typing import Annotated, Literal

from msgspec import Meta, field

from kure_hooks.decoding.types import Input, ObjectName, Text, whole
from kure_hooks.stack.bundle_options import CommonMetadata, Patch

Component = Literal[
    "source-controller",
    "kustomize-controller",
    "helm-controller",
    "notification-controller",
    "image-reflector-controller",
    "image-automation-controller",
    "source-watcher",
]

RepositoryPath = Annotated[
    str,
    Meta(
        min_length=1,
        description="a file, a .tar.gz or a directory, as seen from the repository's root, "
        "such as vendor/flux, or none",
    ),
]


ChartVersion = Annotated[
    str,
    Meta(
        pattern=whole(r"[0-9]+\.[0-9]+\.[0-9]+([-+][0-9A-Za-z.+-]+)?"),
        description="the exact version of a chart, such as 10.1.0",
    ),
]


class Toleration(Input, frozen=True, kw_only=True):
    """A taint that the pods of the tool tolerate; without an effect all of them."""

    key: Text | None = None
    operator: Literal["Exists", "Equal"] = "Exists"
    value: Text | None = None
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] | None = None


class InstanceCluster(Input, frozen=True, kw_only=True):
    """Facts that a FluxInstance states about its cluster."""

    type: Literal["kubernetes", "openshift", "aws", "azure", "gcp"] | None = None
    size: Literal["small", "medium", "large"] | None = None
    multitenant: bool | None = None
    tenant_default_service_account: ObjectName | None = None
    tenant_default_decryption_service_account: ObjectName | None = None
    tenant_default_kube_config_service_account: ObjectName | None = None
    multitenant_workload_identity: bool | None = None
    object_level_workload_identity: bool | None = None


class InstanceStorage(Input, frozen=True, kw_only=True):
    """The persistent volume of the source-controller."""

    class_: Text = field(name="class")
    size: Text


class InstanceSharding(Input, frozen=True, kw_only=True):
    """More controllers of each kind, which share the work by a label."""

    key: Text | None = None
    shards: Annotated[tuple[Text, ...], Meta(min_length=1, description="at least one shard")]
    storage: Literal["ephemeral", "persistent"] | None = None


Artifact = Annotated[
    str,
    Meta(
        pattern=whole(r"oci://[A-Za-z0-9][A-Za-z0-9._/:@-]*"),
        description="an OCI artifact such as oci://ghcr.io/acme/flux-manifests:latest",
    ),
]


class Instance(Input, frozen=True, kw_only=True):
    """Fields that only a FluxInstance has (`fluxMode: flux-operator`).

    `artifact` holds the manifests of Flux in the place of the operator's own; `patches` are for
    what the operator makes: the controllers, and the source and Kustomization of the sync.
    """

    cluster: InstanceCluster = InstanceCluster()
    variant: (
        Literal[
            "upstream-alpine",
            "enterprise-alpine",
            "enterprise-distroless",
            "enterprise-distroless-fips",
        ]
        | None
    ) = None
    storage: InstanceStorage | None = None
    sharding: InstanceSharding | None = None
    artifact: Artifact | None = None
    artifact_pull_secret: ObjectName | None = None
    common_metadata: CommonMetadata | None = None
    wait: bool | None = None
    migrate_resources: bool | None = None
    patches: tuple[Patch, ...] = ()


class ExternalSecret(Input, frozen=True, kw_only=True):
    """A secret in a ClusterSecretStore of the External Secrets Operator."""

    store: ObjectName
    key: Text


class RepositoryCredentials(Input, frozen=True, kw_only=True):
    """The Secret with the credentials of the cluster's repository; a stack never holds them."""

    external_secret: ExternalSecret

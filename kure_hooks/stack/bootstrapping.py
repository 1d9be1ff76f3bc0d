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
        examples=["vendor/flux", "none"],
    ),
]


ChartVersion = Annotated[
    str,
    Meta(
        pattern=whole(r"[0-9]+\.[0-9]+\.[0-9]+([-+][0-9A-Za-z.+-]+)?"),
        description="the exact version of a chart, such as 10.1.0",
        examples=["10.1.0"],
    ),
]


class Toleration(Input, frozen=True, kw_only=True):
    """A taint that the pods of the tool tolerate; without an effect all of them."""

    key: Text | None = None
    """The key of the taint. Without it the toleration matches every taint."""
    operator: Literal["Exists", "Equal"] = "Exists"
    """How the taint's value is compared.

    - `Exists`: Any value matches.
    - `Equal`: The value has to be the same.
    """
    value: Text | None = None
    """The value that the taint has to have with the operator Equal."""
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] | None = None
    """The effect of the taint. Without it all effects are tolerated.

    - `NoSchedule`: New pods stay away.
    - `PreferNoSchedule`: New pods stay away where possible.
    - `NoExecute`: Running pods have to leave, too.
    """


class InstanceCluster(Input, frozen=True, kw_only=True):
    """Facts that a FluxInstance states about its cluster."""

    type: Literal["kubernetes", "openshift", "aws", "azure", "gcp"] | None = None
    """The Kubernetes distribution or cloud, which the Flux Operator adapts Flux to. Its own default
    is kubernetes.

    - `kubernetes`: Any plain Kubernetes.
    - `openshift`: Red Hat OpenShift, with its security context constraints.
    - `aws`: Amazon EKS, with its workload identity.
    - `azure`: Azure AKS, with its workload identity.
    - `gcp`: Google GKE, with its workload identity.
    """
    size: Literal["small", "medium", "large"] | None = None
    """The size of the cluster, from which the Flux Operator takes concurrency and memory of the
    controllers.

    - `small`: Up to some tens of Kustomizations and releases.
    - `medium`: Up to some hundreds of them.
    - `large`: Many hundreds of them.
    """
    multitenant: bool | None = None
    """Forbid references between namespaces, and let every tenant apply with an account of its own.
    """
    tenant_default_service_account: ObjectName | None = None
    """The ServiceAccount that Flux applies with where a tenant names none. The operator's default
    is `default`."""
    tenant_default_decryption_service_account: ObjectName | None = None
    """The ServiceAccount for the decryption of secrets where a tenant names none."""
    tenant_default_kube_config_service_account: ObjectName | None = None
    """The ServiceAccount for access to remote clusters where a tenant names none."""
    multitenant_workload_identity: bool | None = None
    """Take the default accounts of tenants for workload identity as well."""
    object_level_workload_identity: bool | None = None
    """Let each Flux object use the workload identity of its own ServiceAccount."""


class InstanceStorage(Input, frozen=True, kw_only=True):
    """The persistent volume of the source-controller."""

    class_: Text = field(name="class")
    """The StorageClass of the volume for artifacts."""
    size: Text
    """The size of the volume for artifacts, such as 10Gi."""


class InstanceSharding(Input, frozen=True, kw_only=True):
    """More controllers of each kind, which share the work by a label."""

    key: Text | None = None
    """The label that assigns an object to a shard. The operator's default is
    sharding.fluxcd.io/key."""
    shards: Annotated[tuple[Text, ...], Meta(min_length=1, description="at least one shard")]
    """The names of the shards. Each gets controllers of its own."""
    storage: Literal["ephemeral", "persistent"] | None = None
    """Where the shards keep their artifacts.

    - `ephemeral`: In the pod, lost with it.
    - `persistent`: On a volume.
    """


Artifact = Annotated[
    str,
    Meta(
        pattern=whole(r"oci://[A-Za-z0-9][A-Za-z0-9._/:@-]*"),
        description="an OCI artifact such as oci://ghcr.io/acme/flux-manifests:latest",
        examples=["oci://ghcr.io/acme/flux-manifests:latest"],
    ),
]


class Instance(Input, frozen=True, kw_only=True):
    """Fields that only a FluxInstance has (`fluxMode: flux-operator`).

    `artifact` holds the manifests of Flux in the place of the operator's own; `patches` are for
    what the operator makes: the controllers, and the source and Kustomization of the sync.
    """

    cluster: InstanceCluster = InstanceCluster()
    """Facts about the cluster, which the Flux Operator adapts Flux to."""
    variant: (
        Literal[
            "upstream-alpine",
            "enterprise-alpine",
            "enterprise-distroless",
            "enterprise-distroless-fips",
        ]
        | None
    ) = None
    """The build of the images of Flux.

    - `upstream-alpine`: The images of the Flux project.
    - `enterprise-alpine`: Hardened images of ControlPlane on Alpine.
    - `enterprise-distroless`: Hardened images of ControlPlane without a distribution.
    - `enterprise-distroless-fips`: The same with FIPS cryptography.
    """
    storage: InstanceStorage | None = None
    """A persistent volume for the artifacts of the source-controller. Without it they are in the
    pod."""
    sharding: InstanceSharding | None = None
    """More controllers that share the work. Without it there is one of each."""
    artifact: Artifact | None = None
    """The OCI artifact with the manifests of Flux, in place of those that the operator brings."""
    artifact_pull_secret: ObjectName | None = None
    """The Secret with the credentials for `artifact`."""
    common_metadata: CommonMetadata | None = None
    """Labels and annotations for all objects that the operator creates."""
    wait: bool | None = None
    """Let the operator wait until Flux is ready. Its own default is true."""
    migrate_resources: bool | None = None
    """Let the operator migrate objects in the cluster to new API versions on an upgrade. Its own
    default is true."""
    patches: tuple[Patch, ...] = ()
    """Patches for what the operator creates: the controllers, and the source and Kustomization of
    the sync."""


class ExternalSecret(Input, frozen=True, kw_only=True):
    """A secret in a ClusterSecretStore of the External Secrets Operator."""

    store: ObjectName
    """The name of the ClusterSecretStore that holds the credentials."""
    key: Text
    """The key of the credentials in the store."""


class RepositoryCredentials(Input, frozen=True, kw_only=True):
    """The Secret with the credentials of the cluster's repository; a stack never holds them."""

    external_secret: ExternalSecret
    """The secret of the External Secrets Operator from which the Secret of the repository is made.
    """

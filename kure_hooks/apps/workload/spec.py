"""The spec of an AppWorkload document."""

from typing import Annotated, Literal

from msgspec import Meta, field

from kure_hooks.apps.workload.inputs.containers import ConfigKey, Container
from kure_hooks.apps.workload.inputs.controllers import (
    Autoscaling,
    ClaimRetention,
    DeploymentStrategy,
    DisruptionBudget,
    UpdateStrategy,
    WorkloadKind,
)
from kure_hooks.apps.workload.inputs.network import Ingress, Service
from kure_hooks.apps.workload.inputs.pods import (
    Affinity,
    DnsConfig,
    DnsPolicy,
    HostAlias,
    LocalRef,
    PodResourceClaim,
    ServiceAccount,
    Toleration,
    TopologySpread,
)
from kure_hooks.apps.workload.inputs.policies import NetworkPolicy
from kure_hooks.apps.workload.inputs.security import PodSecurityContext
from kure_hooks.apps.workload.inputs.terms import (
    Annotations,
    Count,
    Fields,
    Labels,
    ObjectName,
    Seconds,
    SomeSeconds,
    Text,
)
from kure_hooks.apps.workload.inputs.volumes import Volume, VolumeClaimTemplate


class Spec(Fields, frozen=True, kw_only=True):
    """A workload with everything that belongs to it.

    Decode with `msgspec.convert(mapping, Spec, strict=True)`, then ask `problems` for what types
    can't say. With `autoscaling` the number of `replicas` is the autoscaler's and not written.
    """

    workload: WorkloadKind
    labels: Labels = field(default_factory=dict)

    replicas: Count | None = None
    strategy: DeploymentStrategy | None = None
    update_strategy: UpdateStrategy | None = None
    pod_management_policy: Literal["OrderedReady", "Parallel"] | None = None
    min_ready_seconds: Seconds | None = None
    revision_history_limit: Count | None = None
    progress_deadline_seconds: SomeSeconds | None = None
    persistent_volume_claim_retention_policy: ClaimRetention | None = None
    volume_claim_templates: tuple[VolumeClaimTemplate, ...] = ()

    pod_labels: Labels = field(default_factory=dict)
    pod_annotations: Annotations = field(default_factory=dict)
    containers: Annotated[
        tuple[Container, ...], Meta(min_length=1, description="a list of at least one container")
    ]
    init_containers: tuple[Container, ...] = ()
    image_pull_secrets: tuple[ObjectName | LocalRef, ...] = ()
    enable_service_links: bool | None = None
    volumes: tuple[Volume, ...] = ()
    node_selector: Labels = field(default_factory=dict)
    affinity: Affinity | None = None
    tolerations: tuple[Toleration, ...] = ()
    scheduler_name: Text | None = None
    runtime_class_name: ObjectName | None = None
    priority_class_name: ObjectName | None = None
    topology_spread_constraints: tuple[TopologySpread, ...] = ()
    termination_grace_period_seconds: Seconds | None = None
    host_aliases: tuple[HostAlias, ...] = ()
    dns_config: DnsConfig | None = None
    dns_policy: DnsPolicy | None = None
    host_network: bool | None = None
    host_pid: bool | None = field(default=None, name="hostPID")
    host_ipc: bool | None = field(default=None, name="hostIPC")
    share_process_namespace: bool | None = None
    service_account: ObjectName | ServiceAccount | None = None
    automount_service_account_token: bool | None = None
    security_context: PodSecurityContext | None = None
    resource_claims: tuple[PodResourceClaim, ...] = ()

    config: dict[ConfigKey, Text] = field(default_factory=dict)
    services: tuple[Service, ...] = ()
    ingress: Ingress | None = None
    autoscaling: Autoscaling | None = None
    pod_disruption_budget: DisruptionBudget | None = None
    network_policy: NetworkPolicy | None = None

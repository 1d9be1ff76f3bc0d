"""The spec of an AppWorkload document."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal, Self

from msgspec import field
from msgspec.structs import asdict, fields

from kure_hooks.apps.workload.inputs.containers import Container
from kure_hooks.apps.workload.inputs.controllers import (
    Autoscaling,
    DisruptionBudget,
)
from kure_hooks.apps.workload.inputs.jobs import JobFields
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
    Labels,
    Name,
    ObjectName,
    Seconds,
    Text,
)
from kure_hooks.apps.workload.inputs.variables import ConfigFile, ConfigKey
from kure_hooks.apps.workload.inputs.volumes import Volume


class Workload(JobFields, frozen=True, kw_only=True):
    """A workload with what leads to its pods, scales and protects them.

    With `autoscaling` the number of `replicas` is the autoscaler's and not written.
    """

    json_schema: ClassVar[Mapping[str, Any]] = {"required": ["workload", "containers"]}

    pod_labels: Labels = field(default_factory=dict)
    """Labels for the pods alone, beside `labels`."""
    pod_annotations: Annotations = field(default_factory=dict)
    """Annotations for the pods alone."""
    containers: tuple[Container, ...] = ()
    """The containers of each pod, at least one."""
    init_containers: tuple[Container, ...] = ()
    """Containers that run before the others, one after the other."""
    sidecars: tuple[Container, ...] = ()
    """Containers that run beside the others, and start before them and before `initContainers`.
    They are short for initContainers with `restartPolicy: Always`."""
    image_pull_secrets: tuple[ObjectName | LocalRef, ...] = ()
    """Secrets with the credentials of image registries, by name."""
    enable_service_links: bool | None = None
    """Give the containers variables for each Service. Kubernetes' default is true."""
    volumes: tuple[Volume, ...] = ()
    """Volumes that the containers may mount."""
    node_selector: Labels = field(default_factory=dict)
    """Labels that a node has to have to run the pods."""
    affinity: Affinity | None = None
    """Rules that attract pods to nodes and pods, or keep them apart."""
    tolerations: tuple[Toleration, ...] = ()
    """Taints of nodes that the pods tolerate."""
    scheduler_name: Text | None = None
    """The scheduler that places the pods. Without it default-scheduler."""
    runtime_class_name: ObjectName | None = None
    """The RuntimeClass that runs the pods, such as gvisor."""
    priority_class_name: ObjectName | None = None
    """The PriorityClass that decides which pods make room for others."""
    topology_spread_constraints: tuple[TopologySpread, ...] = ()
    """Rules that spread the pods over zones or nodes."""
    spread: tuple[Literal["zone", "node"], ...] = ()
    """Spread the pods evenly where that is possible. It is short for rules in
    `topologySpreadConstraints` that differ by one pod at most and never keep a pod from running.

    - `zone`: Over the zones of the cluster.
    - `node`: Over the nodes.
    """
    termination_grace_period_seconds: Seconds | None = None
    """How long a pod may take to stop, in seconds. Kubernetes' default is 30."""
    host_aliases: tuple[HostAlias, ...] = ()
    """Lines for the hosts file of the pods."""
    dns_config: DnsConfig | None = None
    """Settings of the resolver of the pods, beside what `dnsPolicy` gives."""
    dns_policy: DnsPolicy | None = None
    """Where the pods look names up.

    - `ClusterFirst`: In the cluster, which is Kubernetes' default.
    - `ClusterFirstWithHostNet`: In the cluster, for pods in the network of the node.
    - `Default`: Where the node does.
    - `None`: Where `dnsConfig` says.
    """
    host_network: bool | None = None
    """Run the pods in the network of the node."""
    host_pid: bool | None = field(default=None, name="hostPID")
    """Let the pods see the processes of the node."""
    host_ipc: bool | None = field(default=None, name="hostIPC")
    """Let the pods share memory with processes of the node."""
    share_process_namespace: bool | None = None
    """Let the containers of a pod see each other's processes."""
    automount_service_account_token: bool | None = None
    """Mount the token for the API server in the pods. Kubernetes' default is true."""
    security_context: PodSecurityContext | None = None
    """What the processes of all containers may do."""
    resource_claims: tuple[PodResourceClaim, ...] = ()
    """Devices that the pods claim and containers may use."""

    services: tuple[Service, ...] = ()
    """Services that lead to the pods."""
    ingress: Ingress | None = None
    """An Ingress that leads to a Service from outside the cluster."""
    autoscaling: Autoscaling | None = None
    """A HorizontalPodAutoscaler that changes the number of pods."""
    pod_disruption_budget: DisruptionBudget | None = None
    """How many pods have to stay when nodes are drained."""
    network_policy: NetworkPolicy | None = None
    """Which connections of the pods are permitted."""


class Spec(Workload, frozen=True, kw_only=True):
    """An application: one workload, or several that share labels, an account and a ConfigMap.

    Decode with `msgspec.convert(mapping, Spec, strict=True)`, then ask `problems` for what types
    can't say.
    """

    json_schema: ClassVar[Mapping[str, Any]] = {
        "anyOf": [Workload.json_schema, {"required": ["workloads"]}],
        "if": {"required": ["workload"], "properties": {"workload": {"const": None}}},
        "then": {"required": ["workloads"]},
    }

    labels: Labels = field(default_factory=dict)
    """Labels for every object of the application. Selectors do not change with them."""

    service_account: ObjectName | ServiceAccount | None = None
    """The ServiceAccount of the pods: its name, or a mapping that also creates it."""
    config: dict[ConfigKey, Text] = field(default_factory=dict)
    """The content of a ConfigMap, `NAME-config` with the name of the application. Pods refer to it
    by that name; what is written has a hash of the content behind it, so that a change replaces the
    pods."""
    config_files: tuple[ConfigFile, ...] = ()
    """Files and folders of the repository for the ConfigMap, relative to this document's file. The
    key of a file is its name, or what is before a `=`, as in app.ini=settings/prod.ini. Of a folder
    the files directly in it are taken."""
    config_name: Literal["hashed", "stable"] | None = None
    """Whether the name of the ConfigMap changes with its content.

    - `hashed`: It does, which is the default. Changed content replaces the pods that refer to it.
    - `stable`: It does not, for what others refer to and for programs that read their files again.
    """
    security: Literal["restricted", "baseline", "privileged"] | None = None
    """The Pod Security level that the pods keep to. What the level demands is written where nothing
    else is, and what contradicts it is refused.
    See https://kubernetes.io/docs/concepts/security/pod-security-standards/

    - `restricted`: No root, no privileges, and system calls are filtered. This is the strictest.
    - `baseline`: Nothing that is known to let a pod take over its node.
    - `privileged`: Everything is permitted, as without a level.
    """
    workloads: Mapping[Name, Workload] = field(default_factory=dict)
    """Several workloads by name, in place of one: objects are called after the application and the
    workload, as in `shop-worker`, and selected by the label app.kubernetes.io/component. They share
    what is beside this key."""

    def apart(self) -> Iterator[tuple[str, Self]]:
        """Yield each workload by name as a spec of its own; the only one has an empty name."""
        if not self.workloads:
            yield "", self
            return
        shared = {name: getattr(self, name) for name in SHARED}
        for name, workload in self.workloads.items():
            yield name, type(self)(**shared, **asdict(workload))


SHARED: Mapping[str, str] = {
    each.name: each.encode_name
    for each in fields(Spec)
    if each.name not in (*Workload.__struct_fields__, "workloads")
}
"""The fields that the workloads of an application share, and their keys."""

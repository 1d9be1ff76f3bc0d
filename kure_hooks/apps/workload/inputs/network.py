"""Access to a workload: services, ingress and network policy."""

from typing import Annotated, Any, Literal

from msgspec import Meta, field

from kure_hooks.apps.workload.inputs.terms import (
    Annotations,
    Fields,
    Labels,
    Name,
    ObjectName,
    Port,
    PortName,
    PortNumber,
    Protocol,
    ServiceName,
    Text,
)
from kure_hooks.decoding.types import whole

_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
Host = Annotated[
    str,
    Meta(
        pattern=whole(rf"(\*\.)?{_LABEL}(\.{_LABEL})*"),
        max_length=253,
        description="a host name such as www.example.com or *.example.com",
        examples=["www.example.com"],
    ),
]
UrlPath = Annotated[
    str, Meta(pattern="^/", description="a path that begins with /", examples=["/"])
]
PathType = Literal["Prefix", "Exact", "ImplementationSpecific"]
TrafficPolicy = Literal["Cluster", "Local"]


class ServicePort(Fields, frozen=True, kw_only=True):
    """A port of a service; without a name it takes the name of the container port it leads to."""

    name: Name | None = None
    """The name of the port. Without it that of the container port it leads to."""
    protocol: Protocol | None = None
    """The protocol of the port. Kubernetes' default is TCP."""
    app_protocol: Text | None = None
    """The protocol above, such as http or kubernetes.io/h2c."""
    port: PortNumber
    """The port of the Service."""
    target_port: Port | None = None
    """The port of the pods, by number or name. Without it the same number."""
    node_port: PortNumber | None = None
    """The port on every node. Without it Kubernetes chooses one."""


class ClientIP(Fields, frozen=True, kw_only=True):
    """The time for which a client stays with one pod."""

    timeout_seconds: Annotated[
        int, Meta(ge=1, le=86400, description="seconds, from 1 to 86400 (a day)")
    ]
    """How long a client stays with one pod, in seconds."""


class SessionAffinityConfig(Fields, frozen=True, kw_only=True):
    """Details of session affinity."""

    client_ip: ClientIP = field(name="clientIP")
    """The time for which a client stays with one pod."""


class Service(Fields, frozen=True, kw_only=True):
    """A service: one port (`port`, `targetPort`, `protocol`, `nodePort`) or several (`ports`)."""

    name: ServiceName
    """The name of the Service."""
    annotations: Annotations = field(default_factory=dict)
    """Annotations for the Service, such as those of a load balancer."""
    type: Literal["ClusterIP", "NodePort", "LoadBalancer"] | None = None
    """How the Service can be reached.

    - `ClusterIP`: From inside the cluster, which is Kubernetes' default.
    - `NodePort`: At a port of every node.
    - `LoadBalancer`: By a load balancer of the cloud.
    """
    headless: bool = False
    """Give the Service no address, so that its name leads to the pods themselves."""
    cluster_ip: Text | None = field(default=None, name="clusterIP")
    """The address of the Service. Without it Kubernetes chooses one."""
    ip_family_policy: Literal["SingleStack", "PreferDualStack", "RequireDualStack"] | None = None
    """Whether the Service has addresses of IPv4 and IPv6.

    - `SingleStack`: One of them, which is Kubernetes' default.
    - `PreferDualStack`: Both where the cluster has them.
    - `RequireDualStack`: Both, or it fails.
    """
    ip_families: tuple[Literal["IPv4", "IPv6"], ...] = ()
    """The families of the addresses, the first one first."""
    selector: Labels = field(default_factory=dict)
    """The labels of the pods. Without it those of this application."""
    port: PortNumber | None = None
    """The only port of the Service. For several there is `ports`."""
    target_port: Port | None = None
    """The port of the pods, by number or name. Without it the same number."""
    protocol: Protocol | None = None
    """The protocol of the only port. Kubernetes' default is TCP."""
    node_port: PortNumber | None = None
    """The port on every node. Without it Kubernetes chooses one."""
    ports: tuple[ServicePort, ...] = ()
    """The ports of the Service, in place of `port`."""
    external_ips: tuple[Text, ...] = field(default=(), name="externalIPs")
    """Addresses of nodes that lead to the Service, which others route there."""
    load_balancer_class: Text | None = None
    """The class of the load balancer. Without it that of the cloud."""
    load_balancer_ip: Text | None = field(default=None, name="loadBalancerIP")
    """The address of the load balancer, where the cloud lets one choose."""
    load_balancer_source_ranges: tuple[Text, ...] = ()
    """The ranges of addresses that may use the load balancer."""
    allocate_load_balancer_node_ports: bool | None = None
    """Give a LoadBalancer ports on the nodes. Kubernetes' default is true."""
    external_traffic_policy: TrafficPolicy | None = None
    """Which pods get traffic from outside.

    - `Cluster`: Those of all nodes, which is Kubernetes' default.
    - `Local`: Those of the node it came to, which keeps the client's address.
    """
    internal_traffic_policy: TrafficPolicy | None = None
    """Which pods get traffic from inside.

    - `Cluster`: Those of all nodes, which is Kubernetes' default.
    - `Local`: Those of the same node.
    """
    health_check_node_port: PortNumber | None = None
    """The port by which a load balancer asks nodes for pods."""
    publish_not_ready_addresses: bool | None = None
    """List pods that are not ready, too."""
    session_affinity: Literal["None", "ClientIP"] | None = None
    """Whether a client stays with one pod.

    - `None`: It does not, which is Kubernetes' default.
    - `ClientIP`: It does, by its address.
    """
    session_affinity_config: SessionAffinityConfig | None = None
    """For how long a client stays with one pod."""
    traffic_distribution: Literal["PreferClose", "PreferSameZone", "PreferSameNode"] | None = None
    """Which pods are preferred.

    - `PreferClose`: Those of the same zone, in the older spelling.
    - `PreferSameZone`: Those of the same zone.
    - `PreferSameNode`: Those of the same node.
    """


class BackendPort(Fields, frozen=True, kw_only=True):
    """A port of a service, by its name or its number."""

    name: PortName | None = None
    """The name of the Service's port."""
    number: PortNumber | None = None
    """The number of the Service's port."""


class BackendService(Fields, frozen=True, kw_only=True):
    """The service that answers."""

    name: ServiceName
    """The name of the Service."""
    port: BackendPort
    """The port of the Service."""


class Backend(Fields, frozen=True, kw_only=True):
    """The target of a path: a service, or another object written as it is given."""

    service: BackendService | None = None
    """The Service that answers."""
    resource: dict[str, Any] | None = None
    """Another object that answers, as apiGroup, kind and name."""


class IngressPath(Fields, frozen=True, kw_only=True):
    """A path of a host and what answers it."""

    path: UrlPath | None = None
    """The path that requests begin with, such as /."""
    path_type: PathType
    """How the path is compared.

    - `Prefix`: By its parts, from the left.
    - `Exact`: As a whole.
    - `ImplementationSpecific`: As the Ingress controller does it.
    """
    backend: Backend
    """What answers requests to the path."""


class IngressPaths(Fields, frozen=True, kw_only=True):
    """The paths of a host."""

    paths: Annotated[tuple[IngressPath, ...], Meta(min_length=1)]
    """The paths of the host."""


class IngressRule(Fields, frozen=True, kw_only=True):
    """A host and its paths."""

    host: Host | None = None
    """The name of the host. Without it all hosts."""
    http: IngressPaths
    """The paths of the host and what answers them."""


class IngressTLS(Fields, frozen=True, kw_only=True):
    """The Secret with the certificate of some hosts."""

    hosts: tuple[Host, ...] = ()
    """The hosts that the certificate is for."""
    secret_name: ObjectName | None = None
    """The Secret with the certificate."""


class Ingress(Fields, frozen=True, kw_only=True):
    """Either the short form (host, path, pathType and a service with its port) or `rules`."""

    name: ObjectName | None = None
    """The name of the Ingress. Without it that of the application."""
    annotations: Annotations = field(default_factory=dict)
    """Annotations for the Ingress, such as those of its controller."""
    class_name: ObjectName | None = None
    """The IngressClass whose controller serves it. Without it that of the cluster."""
    tls: tuple[IngressTLS, ...] = ()
    """The certificates of the hosts."""
    host: Host | None = None
    """The name of the only host. For several there are `rules`."""
    path: UrlPath | None = None
    """The path of the only host. Without it /."""
    path_type: PathType | None = None
    """How the path is compared. Without it Prefix.

    - `Prefix`: By its parts, from the left.
    - `Exact`: As a whole.
    - `ImplementationSpecific`: As the Ingress controller does it.
    """
    service_name: ServiceName | None = None
    """The Service that answers. Without it the only one of the application."""
    service_port_name: PortName | None = None
    """The name of the Service's port."""
    service_port: PortNumber | None = None
    """The number of the Service's port."""
    rules: tuple[IngressRule, ...] = ()
    """Hosts with their paths, in place of the short form."""

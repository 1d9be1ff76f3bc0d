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
    ),
]
UrlPath = Annotated[str, Meta(pattern="^/", description="a path that begins with /")]
PathType = Literal["Prefix", "Exact", "ImplementationSpecific"]
TrafficPolicy = Literal["Cluster", "Local"]


class ServicePort(Fields, frozen=True, kw_only=True):
    """A port of a service; without a name it takes the name of the container port it leads to."""

    name: Name | None = None
    protocol: Protocol | None = None
    app_protocol: Text | None = None
    port: PortNumber
    target_port: Port | None = None
    node_port: PortNumber | None = None


class ClientIP(Fields, frozen=True, kw_only=True):
    """The time for which a client stays with one pod."""

    timeout_seconds: Annotated[
        int, Meta(ge=1, le=86400, description="seconds, from 1 to 86400 (a day)")
    ]


class SessionAffinityConfig(Fields, frozen=True, kw_only=True):
    """Details of session affinity."""

    client_ip: ClientIP = field(name="clientIP")


class Service(Fields, frozen=True, kw_only=True):
    """A service: one port (`port`, `targetPort`, `protocol`, `nodePort`) or several (`ports`)."""

    name: ServiceName
    annotations: Annotations = field(default_factory=dict)
    type: Literal["ClusterIP", "NodePort", "LoadBalancer"] | None = None
    headless: bool = False
    cluster_ip: Text | None = field(default=None, name="clusterIP")
    ip_family_policy: Literal["SingleStack", "PreferDualStack", "RequireDualStack"] | None = None
    ip_families: tuple[Literal["IPv4", "IPv6"], ...] = ()
    selector: Labels = field(default_factory=dict)
    port: PortNumber | None = None
    target_port: Port | None = None
    protocol: Protocol | None = None
    node_port: PortNumber | None = None
    ports: tuple[ServicePort, ...] = ()
    external_ips: tuple[Text, ...] = field(default=(), name="externalIPs")
    load_balancer_class: Text | None = None
    load_balancer_ip: Text | None = field(default=None, name="loadBalancerIP")
    load_balancer_source_ranges: tuple[Text, ...] = ()
    allocate_load_balancer_node_ports: bool | None = None
    external_traffic_policy: TrafficPolicy | None = None
    internal_traffic_policy: TrafficPolicy | None = None
    health_check_node_port: PortNumber | None = None
    publish_not_ready_addresses: bool | None = None
    session_affinity: Literal["None", "ClientIP"] | None = None
    session_affinity_config: SessionAffinityConfig | None = None
    traffic_distribution: Literal["PreferClose", "PreferSameZone", "PreferSameNode"] | None = None


class BackendPort(Fields, frozen=True, kw_only=True):
    """A port of a service, by its name or its number."""

    name: PortName | None = None
    number: PortNumber | None = None


class BackendService(Fields, frozen=True, kw_only=True):
    """The service that answers."""

    name: ServiceName
    port: BackendPort


class Backend(Fields, frozen=True, kw_only=True):
    """The target of a path: a service, or another object written as it is given."""

    service: BackendService | None = None
    resource: dict[str, Any] | None = None


class IngressPath(Fields, frozen=True, kw_only=True):
    """A path of a host and what answers it."""

    path: UrlPath | None = None
    path_type: PathType
    backend: Backend


class IngressPaths(Fields, frozen=True, kw_only=True):
    """The paths of a host."""

    paths: Annotated[tuple[IngressPath, ...], Meta(min_length=1)]


class IngressRule(Fields, frozen=True, kw_only=True):
    """A host and its paths."""

    host: Host | None = None
    http: IngressPaths


class IngressTLS(Fields, frozen=True, kw_only=True):
    """The Secret with the certificate of some hosts."""

    hosts: tuple[Host, ...] = ()
    secret_name: ObjectName | None = None


class Ingress(Fields, frozen=True, kw_only=True):
    """Either the short form (host, path, pathType and a service with its port) or `rules`."""

    name: ObjectName | None = None
    annotations: Annotations = field(default_factory=dict)
    class_name: ObjectName | None = None
    tls: tuple[IngressTLS, ...] = ()
    host: Host | None = None
    path: UrlPath | None = None
    path_type: PathType | None = None
    service_name: ServiceName | None = None
    service_port_name: PortName | None = None
    service_port: PortNumber | None = None
    rules: tuple[IngressRule, ...] = ()

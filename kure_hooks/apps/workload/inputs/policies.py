"""The network policy of a workload."""

from typing import Any, Literal

from msgspec import field

from kure_hooks.apps.workload.inputs.terms import Fields, Port, PortNumber, Protocol, Text


class IpBlock(Fields, frozen=True, kw_only=True):
    """A range of addresses with holes in it."""

    cidr: Text
    """The range of addresses, such as 10.0.0.0/8."""
    except_: tuple[Text, ...] = field(default=(), name="except")
    """Ranges inside of it that are left out."""


class Peer(Fields, frozen=True, kw_only=True):
    """The other side of a connection."""

    pod_selector: dict[str, Any] | None = None
    """The pods at the other side, by their labels. An empty one is all pods."""
    namespace_selector: dict[str, Any] | None = None
    """The namespaces of the pods, by their labels. Without it the same one."""
    ip_block: IpBlock | None = None
    """A range of addresses at the other side."""


class PolicyPort(Fields, frozen=True, kw_only=True):
    """A port, or the ports from `port` to `endPort`."""

    protocol: Protocol | None = None
    """The protocol of the port. Kubernetes' default is TCP."""
    port: Port | None = None
    """The port, by number or name. Without it all ports."""
    end_port: PortNumber | None = None
    """The last port of a range that begins with `port`."""


class PolicyIngress(Fields, frozen=True, kw_only=True):
    """Connections that may come in."""

    from_: tuple[Peer, ...] = field(default=(), name="from")
    """Who may connect. Without it everybody."""
    ports: tuple[PolicyPort, ...] = ()
    """The ports that may be connected to. Without it all."""


class PolicyEgress(Fields, frozen=True, kw_only=True):
    """Connections that may go out."""

    to: tuple[Peer, ...] = ()
    """Where the pods may connect to. Without it everywhere."""
    ports: tuple[PolicyPort, ...] = ()
    """The ports that the pods may connect to. Without it all."""


class NetworkPolicy(Fields, frozen=True, kw_only=True):
    """Permitted traffic of the pods; an empty list of rules allows nothing."""

    policy_types: tuple[Literal["Ingress", "Egress"], ...] = ()
    """The directions that are restricted. Without it those that have rules."""
    ingress: tuple[PolicyIngress, ...] | None = None
    """Connections to the pods that are permitted. An empty list permits none."""
    egress: tuple[PolicyEgress, ...] | None = None
    """Connections of the pods that are permitted. An empty list permits none."""

"""The network policy of a workload."""

from typing import Any, Literal

from msgspec import field

from kure_hooks.apps.workload.inputs.terms import Fields, Port, PortNumber, Protocol, Text


class IpBlock(Fields, frozen=True, kw_only=True):
    """A range of addresses with holes in it."""

    cidr: Text
    except_: tuple[Text, ...] = field(default=(), name="except")


class Peer(Fields, frozen=True, kw_only=True):
    """The other side of a connection."""

    pod_selector: dict[str, Any] | None = None
    namespace_selector: dict[str, Any] | None = None
    ip_block: IpBlock | None = None


class PolicyPort(Fields, frozen=True, kw_only=True):
    """A port, or the ports from `port` to `endPort`."""

    protocol: Protocol | None = None
    port: Port | None = None
    end_port: PortNumber | None = None


class PolicyIngress(Fields, frozen=True, kw_only=True):
    """Connections that may come in."""

    from_: tuple[Peer, ...] = field(default=(), name="from")
    ports: tuple[PolicyPort, ...] = ()


class PolicyEgress(Fields, frozen=True, kw_only=True):
    """Connections that may go out."""

    to: tuple[Peer, ...] = ()
    ports: tuple[PolicyPort, ...] = ()


class NetworkPolicy(Fields, frozen=True, kw_only=True):
    """Permitted traffic of the pods; an empty list of rules allows nothing."""

    policy_types: tuple[Literal["Ingress", "Egress"], ...] = ()
    ingress: tuple[PolicyIngress, ...] | None = None
    egress: tuple[PolicyEgress, ...] | None = None

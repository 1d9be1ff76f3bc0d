"""The NetworkPolicy: peers, ranges of addresses and of ports."""

from collections.abc import Iterator

from kure_hooks.apps.workload.checks.common import Checks, label_selector
from kure_hooks.apps.workload.inputs.policies import IpBlock, Peer, PolicyPort
from kure_hooks.apps.workload.spec import Spec
from kure_hooks.decoding.values import literal, network, range_problem
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem

_MOST_TYPES = 2


def _types_are_of_two(spec: Spec) -> Iterator[Problem]:
    policy = spec.network_policy
    if policy and len(policy.policy_types) > _MOST_TYPES:
        problem = f"these are {len(policy.policy_types)} policyTypes, and there are two"
        yield ("networkPolicy", "policyTypes"), problem, "Ingress and Egress, each once"


def _peers_are_of_one_kind(spec: Spec) -> Iterator[Problem]:
    for place, peer in _peers(spec):
        selectors = peer.pod_selector is not None or peer.namespace_selector is not None
        if peer.ip_block is None and not selectors:
            yield place, "the peer is empty", "podSelector, namespaceSelector or ipBlock"
        if peer.ip_block and selectors:
            problem = "ipBlock excludes podSelector and namespaceSelector"
            yield (*place, "ipBlock"), problem, "Give it a peer of its own."
        if peer.ip_block:
            yield from _block((*place, "ipBlock"), peer.ip_block)
        yield from label_selector((*place, "podSelector"), peer.pod_selector)
        yield from label_selector((*place, "namespaceSelector"), peer.namespace_selector)


def _block(place: Pointer, block: IpBlock) -> Iterator[Problem]:
    if not literal(block.cidr):
        return
    whole = network(block.cidr)
    if whole is None:
        yield (*place, "cidr"), *range_problem(block.cidr)
    for at, cidr in enumerate(block.except_):
        hole = network(cidr) if literal(cidr) else whole
        if hole is None:
            yield (*place, "except", at), *range_problem(cidr)
        elif literal(cidr) and whole:
            inside = hole.version == whole.version and hole.subnet_of(whole)  # type: ignore[arg-type]
            if not inside or hole == whole:
                problem = f"{cidr} is no part of {block.cidr}"
                yield (*place, "except", at), problem, "a smaller range within it"


def _port_ranges_have_two_ends(spec: Spec) -> Iterator[Problem]:
    for place, port in _ports(spec):
        if port.end_port is None:
            continue
        if not isinstance(port.port, int):
            problem = "a range of ports begins with a number"
            yield (*place, "endPort"), problem, "a number as port"
        elif port.end_port < port.port:
            problem = f"the range ends at {port.end_port}, before its port {port.port}"
            yield (*place, "endPort"), problem, f"at least {port.port}"


def _peers(spec: Spec) -> Iterator[tuple[Pointer, Peer]]:
    policy = spec.network_policy
    for at, come in enumerate(policy.ingress or () if policy else ()):
        for index, peer in enumerate(come.from_):
            yield ("networkPolicy", "ingress", at, "from", index), peer
    for at, go in enumerate(policy.egress or () if policy else ()):
        for index, peer in enumerate(go.to):
            yield ("networkPolicy", "egress", at, "to", index), peer


def _ports(spec: Spec) -> Iterator[tuple[Pointer, PolicyPort]]:
    policy = spec.network_policy
    if policy is None:
        return
    sides: list[tuple[str, list[tuple[PolicyPort, ...]]]] = [
        ("ingress", [rule.ports for rule in policy.ingress or ()]),
        ("egress", [rule.ports for rule in policy.egress or ()]),
    ]
    for key, rules in sides:
        for at, ports in enumerate(rules):
            for index, port in enumerate(ports):
                yield ("networkPolicy", key, at, "ports", index), port


CHECKS: Checks = {
    _types_are_of_two: ("networkPolicy",),
    _peers_are_of_one_kind: ("networkPolicy",),
    _port_ranges_have_two_ends: ("networkPolicy",),
}

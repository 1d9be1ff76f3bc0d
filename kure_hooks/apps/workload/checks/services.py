"""Services: their ports, and fields that need a type."""

from collections.abc import Iterator
from ipaddress import ip_address, ip_network

from kure_hooks.apps.workload.checks.common import Checks, distinct, given, known
from kure_hooks.apps.workload.inputs.network import Service
from kure_hooks.apps.workload.services import is_headless, offered_ports, reachable_ports
from kure_hooks.apps.workload.spec import Spec
from kure_hooks.decoding.values import (
    distinct_keys,
    is_address,
    key_problem,
    literal,
    network,
)
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem
from kure_hooks.yamlio.scalars import shown

_SEVERAL = 2
_LOCAL_MULTICAST = ip_network("224.0.0.0/24"), ip_network("ff02::/16")
_SHORT_FORM = ("port", "targetPort", "protocol", "nodePort")
_ON_NODES = ("NodePort", "LoadBalancer")
_NEEDS_TYPE = {
    "nodePort": _ON_NODES,
    "externalTrafficPolicy": _ON_NODES,
    "healthCheckNodePort": ("LoadBalancer",),
    "loadBalancerClass": ("LoadBalancer",),
    "loadBalancerIP": ("LoadBalancer",),
    "loadBalancerSourceRanges": ("LoadBalancer",),
    "allocateLoadBalancerNodePorts": ("LoadBalancer",),
}


def _names_differ(spec: Spec) -> Iterator[Problem]:
    yield from distinct(
        (("services", at, "name"), service.name) for at, service in enumerate(spec.services)
    )


def _ports_are_given_in_one_form(spec: Spec) -> Iterator[Problem]:
    for at, service in enumerate(spec.services):
        short = [key for key in given(service) if key in _SHORT_FORM]
        if service.ports:
            for key in short:
                problem = f"ports and {key} exclude each other"
                yield ("services", at, key), problem, "Write everything in ports."
        elif service.port is None and (short or not is_headless(service)):
            yield ("services", at), f"service {service.name} has no port", "port or ports"


def _ports_have_names(spec: Spec) -> Iterator[Problem]:
    for at, service in enumerate(spec.services):
        if len(service.ports) < _SEVERAL:
            continue
        names: list[tuple[Pointer, str | None]] = [
            (("services", at, "ports", index, "name"), port.name)
            for index, port in enumerate(offered_ports(spec, service))
        ]
        yield from distinct(names)
        for place, name in names:
            if name is None:
                problem = "a service with several ports has a name for each"
                yield place, problem, "a name here or for the container port"


def _ports_lead_somewhere(spec: Spec) -> Iterator[Problem]:
    names = [port.name for port in reachable_ports(spec) if port.name]
    for at, service in enumerate(spec.services):
        if service.selector:
            continue
        for key, target in _targets(service):
            if isinstance(target, str) and target not in names:
                problem = f"no container has a port named {target}"
                yield ("services", at, *key), problem, known(target, names)


def _fields_fit_the_type(spec: Spec) -> Iterator[Problem]:
    for at, service in enumerate(spec.services):
        kind = service.type or "ClusterIP"
        for place, key in _typed_fields(service):
            if kind not in _NEEDS_TYPE.get(key, (kind,)):
                expected = f"type {' or '.join(_NEEDS_TYPE[key])}"
                yield ("services", at, *place), f"type {kind} has no {key}", expected
        if service.headless and (kind != "ClusterIP" or service.cluster_ip not in (None, "None")):
            problem = "a headless service has neither an address nor another type than ClusterIP"
            yield ("services", at, "headless"), problem, "Keep headless alone."


def _ports_differ(spec: Spec) -> Iterator[Problem]:
    for at, service in enumerate(spec.services):
        place = ("services", at, "ports")
        ports = list(enumerate(service.ports))
        yield from distinct_keys(
            (
                (*place, index, "port"),
                (port.port, port.protocol or "TCP"),
                f"port {port.port}/{port.protocol or 'TCP'}",
            )
            for index, port in ports
        )
        taken: dict[int, int] = {}
        for index, port in ports:
            node = port.node_port
            if node and taken.setdefault(node, port.port) != port.port:
                problem = f"the nodePort {node} leads to port {taken[node]} already"
                yield (*place, index, "nodePort"), problem, "Choose another nodePort."
            if refused := key_problem(port.app_protocol):
                yield (*place, index, "appProtocol"), *refused


def _addresses_can_be(spec: Spec) -> Iterator[Problem]:
    for at, service in enumerate(spec.services):
        place: Pointer = ("services", at)
        address = service.cluster_ip
        if literal(address) and address not in ("", "None") and not is_address(address):
            problem = f'"{shown(address)}" is no IP address'
            yield (*place, "clusterIP"), problem, "an address, or None"
        if address == "None" and service.type not in (None, "ClusterIP"):
            problem = f"type {service.type} has an address of its own"
            yield (*place, "clusterIP"), problem, "type ClusterIP"
        for index, external in enumerate(service.external_ips):
            if literal(external) and not is_address(external):
                problem = f'"{shown(external)}" is no IP address'
                yield (*place, "externalIPs", index), problem, "an address such as 203.0.113.7"
            elif literal(external) and _is_local(external):
                problem = f"{external} never leaves a machine or its network"
                yield (*place, "externalIPs", index), problem, "an address such as 203.0.113.7"
        for index, cidr in enumerate(service.load_balancer_source_ranges):
            if literal(cidr) and network(cidr.strip()) is None:
                problem = f'"{shown(cidr)}" is no range of addresses'
                yield (
                    (*place, "loadBalancerSourceRanges", index),
                    problem,
                    "Write one such as 10.0.0.0/8.",
                )
        if refused := key_problem(service.load_balancer_class):
            yield (*place, "loadBalancerClass"), *refused


def _is_local(text: str) -> bool:
    address = ip_address(text)
    kinds = address.is_unspecified, address.is_loopback, address.is_link_local
    return any(kinds) or any(address in each for each in _LOCAL_MULTICAST)


def _families_agree(spec: Spec) -> Iterator[Problem]:
    for at, service in enumerate(spec.services):
        families, policy = service.ip_families, service.ip_family_policy
        place = ("services", at, "ipFamilies")
        if len(set(families)) < len(families):
            yield place, f"{families[0]} is already in the list", "List each family once."
        elif len(families) > 1 and policy in (None, "SingleStack"):
            problem = f"ipFamilyPolicy {policy or 'SingleStack'} has one family"
            yield place, problem, "ipFamilyPolicy PreferDualStack or RequireDualStack"
        address = service.cluster_ip
        if families and literal(address) and is_address(address):
            family = f"IPv{ip_address(address).version}"
            if family != families[0]:
                yield (*place, 0), f"{address} is an address of {family}", family


def _health_has_a_port_of_its_own(spec: Spec) -> Iterator[Problem]:
    for at, service in enumerate(spec.services):
        number, place = service.health_check_node_port, ("services", at, "healthCheckNodePort")
        if number is None or service.type != "LoadBalancer":
            continue
        if service.external_traffic_policy != "Local":
            problem = "externalTrafficPolicy Cluster asks no machine for its health"
            yield place, problem, "Add externalTrafficPolicy: Local beside it."
        if number in {service.node_port, *(port.node_port for port in service.ports)}:
            yield place, f"{number} is a nodePort of the service", "Choose another port."


def _typed_fields(service: Service) -> Iterator[tuple[Pointer, str]]:
    for key in given(service):
        if key != "externalTrafficPolicy" or not service.external_ips:
            yield (key,), key
    for index, port in enumerate(service.ports):
        if port.node_port is not None:
            yield ("ports", index, "nodePort"), "nodePort"


def _targets(service: Service) -> Iterator[tuple[Pointer, int | str | None]]:
    yield ("targetPort",), service.target_port
    for index, port in enumerate(service.ports):
        yield ("ports", index, "targetPort"), port.target_port


CHECKS: Checks = {
    _names_differ: ("services",),
    _ports_are_given_in_one_form: ("services",),
    _ports_have_names: ("services.ports",),
    _ports_lead_somewhere: ("services.targetPort", "services.ports"),
    _fields_fit_the_type: (
        *(f"services.{key}" for key in _NEEDS_TYPE),
        "services.headless",
        "services.ports",
    ),
    _ports_differ: ("services.ports",),
    _addresses_can_be: (
        "services.clusterIP",
        "services.externalIPs",
        "services.loadBalancerSourceRanges",
        "services.loadBalancerClass",
    ),
    _families_agree: ("services.ipFamilies",),
    _health_has_a_port_of_its_own: ("services.healthCheckNodePort",),
}

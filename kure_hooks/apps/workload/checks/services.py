"""Services: their ports, and fields that need a type."""

from collections.abc import Iterator

from kure_hooks.apps.workload.checks.common import (
    Check,
    Problem,
    distinct,
    given,
    known,
)
from kure_hooks.apps.workload.inputs.network import Service
from kure_hooks.apps.workload.services import is_headless, offered_ports, reachable_ports
from kure_hooks.apps.workload.spec import Spec
from kure_hooks.yamlio import Pointer

_SEVERAL = 2
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
                yield ("services", at, key), problem, "everything in ports"
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
            yield ("services", at, "headless"), problem, "headless alone"


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


CHECKS: tuple[Check, ...] = (
    _names_differ,
    _ports_are_given_in_one_form,
    _ports_have_names,
    _ports_lead_somewhere,
    _fields_fit_the_type,
)

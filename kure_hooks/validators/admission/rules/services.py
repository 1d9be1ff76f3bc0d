"""Services: their ports, their addresses, and fields that need a type."""

from collections.abc import Iterator, Mapping
from typing import Any

from kure_hooks.decoding.refusals import is_of
from kure_hooks.decoding.types import Name, ObjectName
from kure_hooks.decoding.values import (
    canonical,
    distinct_keys,
    entries,
    is_address,
    key_problem,
    listed_twice,
    literal,
    mapping,
    network,
    port_problem,
    repeated,
)
from kure_hooks.validators.admission.check import error
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem
from kure_hooks.yamlio.scalars import shown

_ON_NODES = ("NodePort", "LoadBalancer")
_NEEDS_TYPE: Mapping[str, tuple[str, ...]] = {
    "healthCheckNodePort": ("LoadBalancer",),
    "loadBalancerClass": ("LoadBalancer",),
    "loadBalancerSourceRanges": ("LoadBalancer",),
    "allocateLoadBalancerNodePorts": ("LoadBalancer",),
}
_HEADLESS = "None"


@error("VA150")
def _ports(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    spec = mapping(manifest, "spec")
    kind, ports = spec.get("type", "ClusterIP"), list(entries(spec, "ports"))
    address = spec.get("clusterIP") or ""
    has_address = literal(address) and address != _HEADLESS and literal(kind)
    if not spec.get("ports") and kind != "ExternalName" and has_address:
        yield ("spec", "ports"), "the Service has no port", "a list of at least one port"
    for at, port in ports:
        place: Pointer = ("spec", "ports", at)
        number, target, name = port.get("port"), port.get("targetPort"), port.get("name")
        if isinstance(number, int) and (refused := port_problem(number)):
            yield (*place, "port"), *refused
        if target not in (0, "") and (refused := port_problem(target)):
            yield (*place, "targetPort"), *refused
        if not name and len(ports) > 1:
            problem = "a Service with several ports has a name for each"
            yield (*place, "name"), problem, "a name such as http"
        elif literal(name) and name and not is_of(Name, name):
            problem = f'the API server refuses the name "{shown(name)}" of a port'
            yield (*place, "name"), problem, "at most 63 lower case letters, digits and inner '-'"
        if refused := key_problem(port.get("appProtocol")):
            yield (*place, "appProtocol"), *refused
        if port.get("nodePort") and kind == "ClusterIP":
            yield (*place, "nodePort"), "type ClusterIP has no nodePort", "type: NodePort"


@error("VA151")
def _ports_differ(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    ports = [
        (("spec", "ports", at), port, str(port.get("protocol") or "TCP"))
        for at, port in entries(mapping(manifest, "spec"), "ports")
    ]
    for key in ("port", "nodePort"):
        numbers = [(place, port.get(key), protocol) for place, port, protocol in ports]
        yield from distinct_keys(
            ((*place, key), (number, protocol), f"{key} {number}/{protocol}")
            for place, number, protocol in numbers
            if isinstance(number, int) and number
        )
    names = [(place, port.get("name")) for place, port, _ in ports]
    named = (((*place, "name"), name) for place, name in names if name and literal(name))
    for place, name in repeated(named):
        yield place, *listed_twice(shown(name))


@error("VA151")
def _families_differ(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    families = mapping(manifest, "spec").get("ipFamilies")
    listed = enumerate(families if isinstance(families, list) else ())
    places = ((("spec", "ipFamilies", at), family) for at, family in listed)
    for place, family in repeated(pair for pair in places if isinstance(pair[1], str)):
        if literal(family):
            yield place, f"{shown(family)} is already in the list", "List each family once."


@error("VA152")
def _fields_of_the_type(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    spec = mapping(manifest, "spec")
    kind = spec.get("type", "ClusterIP")
    for key, kinds in _NEEDS_TYPE.items():
        if spec.get(key) not in (None, "", []) and kind not in kinds and literal(kind):
            yield ("spec", key), f"type {shown(kind)} has no {key}", f"type: {kinds[0]}"
    policy = spec.get("externalTrafficPolicy")
    if policy and kind not in _ON_NODES and not spec.get("externalIPs") and literal(kind):
        problem = f"type {shown(kind)} has no externalTrafficPolicy"
        yield ("spec", "externalTrafficPolicy"), problem, "type: NodePort or LoadBalancer"
    if spec.get("clusterIP") == _HEADLESS and kind in _ON_NODES:
        problem = f"type {kind} has an address of its own"
        yield ("spec", "clusterIP"), problem, "type: ClusterIP"
    external = spec.get("externalName")
    if kind == "ExternalName":
        if not external:
            yield ("spec", "externalName"), "the Service has no externalName", "a host name"
        elif literal(external) and not is_of(ObjectName, external.removesuffix(".")):
            problem = f'the API server refuses the host "{shown(external)}"'
            yield ("spec", "externalName"), problem, "a name such as db.example.com"
        if spec.get("clusterIP"):
            yield ("spec", "clusterIP"), "type ExternalName has no address", "Delete clusterIP."


@error("VA153")
def _addresses(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    spec = mapping(manifest, "spec")
    address = spec.get("clusterIP")
    if literal(address) and address not in ("", _HEADLESS) and not canonical(address):
        problem = f'"{shown(address)}" is no IP address'
        yield ("spec", "clusterIP"), problem, "an address, or None"
    for place, value in _listed(spec, "externalIPs"):
        if not canonical(value) or "/" in value:
            yield place, f'"{shown(value)}" is no IP address', "an address such as 203.0.113.7"
    for place, value in _listed(spec, "loadBalancerSourceRanges"):
        if not canonical(value.strip()) or "/" not in value:
            yield place, f'"{shown(value)}" is no range of addresses', "one such as 10.0.0.0/8"


@error("VA156", since=(1, 36))
def _canonical(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    spec = mapping(manifest, "spec")
    address = spec.get("clusterIP")
    values = [(("spec", "clusterIP"), address)] if literal(address) else []
    for place, value in (*values, *_listed(spec, "externalIPs")):
        if "/" not in value and (near := canonical(value)) and not is_address(value):
            yield place, f"the address {shown(value)} has another form", near
    for place, value in _listed(spec, "loadBalancerSourceRanges"):
        text = value.strip()
        if "/" in text and (near := canonical(text)) and not network(text):
            yield place, f"the range {shown(value)} has another form", near


def _listed(spec: Mapping[str, Any], key: str) -> Iterator[tuple[Pointer, str]]:
    values = spec.get(key)
    for at, value in enumerate(values if isinstance(values, list) else ()):
        if literal(value):
            yield ("spec", key, at), value


CHECKS = (_ports, _ports_differ, _families_differ, _fields_of_the_type, _addresses, _canonical)

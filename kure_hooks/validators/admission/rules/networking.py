"""Ingresses and NetworkPolicies: paths, backends, hosts, peers and ranges."""

from collections.abc import Iterator, Mapping
from typing import Any

from kure_hooks.decoding.refusals import is_of, name_problem
from kure_hooks.decoding.selectors import selector_problems
from kure_hooks.decoding.types import ObjectName
from kure_hooks.decoding.values import (
    canonical,
    entries,
    is_address,
    literal,
    mapping,
    network,
    odd_part,
    port_problem,
    range_problem,
)
from kure_hooks.manifests import value_at
from kure_hooks.validators.admission.check import error
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem
from kure_hooks.yamlio.scalars import shown

_ANNOTATION = "kubernetes.io/ingress.class"
_FREE = "ImplementationSpecific"
_TYPES = ("Ingress", "Egress")
_SIDES = (("ingress", "from"), ("egress", "to"))
_PATH_TYPES = ("Exact", "Prefix", _FREE)


@error("VA154")
def _ingress(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    spec = mapping(manifest, "spec")
    if not spec.get("rules") and spec.get("defaultBackend") is None:
        yield ("spec",), "the Ingress leads nowhere", "rules, or a defaultBackend"
    if isinstance(spec.get("defaultBackend"), dict):
        yield from _backend(("spec", "defaultBackend"), spec["defaultBackend"])
    for at, rule in entries(spec, "rules"):
        place: Pointer = ("spec", "rules", at)
        yield from _host((*place, "host"), rule.get("host"))
        if isinstance(rule.get("http"), dict) and not value_at(rule, "http", "paths"):
            yield (*place, "http", "paths"), "there is no path", "a list of at least one path"
        for index, path in entries(rule.get("http"), "paths"):
            here = (*place, "http", "paths", index)
            yield from _path(here, path)
            yield from _backend((*here, "backend"), mapping(path, "backend"))
    for at, tls in entries(spec, "tls"):
        hosts = tls.get("hosts")
        for index, host in enumerate(hosts if isinstance(hosts, list) else ()):
            yield from _host(("spec", "tls", at, "hosts", index), host)
    annotated = value_at(manifest, "metadata", "annotations", _ANNOTATION)
    name = spec.get("ingressClassName")
    if literal(annotated) and literal(name) and annotated != name:
        problem = f"ingressClassName is {shown(name)}, and this says {shown(annotated)}"
        yield ("metadata", "annotations", _ANNOTATION), problem, "Keep ingressClassName alone."


def _path(place: Pointer, path: Mapping[str, Any]) -> Iterator[Problem]:
    kind, text = path.get("pathType"), path.get("path")
    if kind is None:
        yield (*place, "pathType"), "the path has no pathType", " or ".join(_PATH_TYPES)
        return
    if not literal(kind):
        return  # of another type, or set later
    if kind not in _PATH_TYPES:
        yield (*place, "pathType"), f"there is no pathType {shown(kind)}", " or ".join(_PATH_TYPES)
    elif not text and kind != _FREE:
        problem = f"the pathType {shown(kind)} needs a path"
        yield (*place, "path"), problem, "a path such as /"
    elif literal(text) and text and not text.startswith("/"):
        yield (*place, "path"), "the path does not begin with /", f"/{shown(text)}"
    elif literal(text) and kind != _FREE and (part := odd_part(text)):
        problem = f'the API server refuses "{part}" in a path of type {shown(kind)}'
        yield (*place, "path"), problem, f"the plain path, or pathType {_FREE}"


def _host(place: Pointer, host: Any) -> Iterator[Problem]:
    if not literal(host) or not host:
        return
    if is_address(host):
        yield (
            place,
            f"the host {host} is an IP address",
            "Write a name, or delete the host to take every one.",
        )
    elif not is_of(ObjectName, host.removeprefix("*.")):
        problem = f'the API server refuses the host "{shown(host)}"'
        yield place, problem, "a name such as www.example.com or *.example.com"


def _backend(place: Pointer, backend: Mapping[str, Any]) -> Iterator[Problem]:
    service, resource = backend.get("service"), backend.get("resource")
    if (service is None) == (resource is None):
        problem = "service and resource exclude each other" if service else "there is no backend"
        yield place, problem, "exactly one of service and resource"
    if not isinstance(service, dict):
        return
    here, name, port = (*place, "service"), service.get("name"), mapping(service, "port")
    if not name:
        yield (*here, "name"), "the backend has no name", "the name of a Service"
    elif literal(name) and (refused := name_problem("", "Service", name, relaxed=True)):
        yield (*here, "name"), *refused
    keys = [key for key in ("name", "number") if port.get(key)]
    if len(keys) != 1:
        problem = "name and number exclude each other" if keys else "there is no port"
        yield (*here, "port"), problem, "exactly one of name and number"
    for key in keys:
        if refused := port_problem(port[key]):
            yield (*here, "port", key), *refused


@error("VA155")
def _network_policy(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    spec = mapping(manifest, "spec")
    yield from selector_problems(("spec", "podSelector"), spec.get("podSelector"))
    types = spec.get("policyTypes")
    if isinstance(types, list) and len(types) > len(_TYPES):
        problem = f"these are {len(types)} policyTypes, and there are two"
        yield ("spec", "policyTypes"), problem, " and ".join(_TYPES)
    for side, peers in _SIDES:
        for at, rule in entries(spec, side):
            for index, peer in entries(rule, peers):
                yield from _peer(("spec", side, at, peers, index), peer)
            for index, port in entries(rule, "ports"):
                yield from _policy_port(("spec", side, at, "ports", index), port)


def _peer(place: Pointer, peer: Mapping[str, Any]) -> Iterator[Problem]:
    selectors = [key for key in ("podSelector", "namespaceSelector") if peer.get(key) is not None]
    block = peer.get("ipBlock")
    if block is None and not selectors:
        yield place, "the peer is empty", "podSelector, namespaceSelector or ipBlock"
    if block is not None and selectors:
        problem = "ipBlock excludes podSelector and namespaceSelector"
        yield (*place, "ipBlock"), problem, "Give it a peer of its own."
    for key in selectors:
        yield from selector_problems((*place, key), peer[key])
    if isinstance(block, dict):
        yield from _block((*place, "ipBlock"), block)


def _block(place: Pointer, block: Mapping[str, Any]) -> Iterator[Problem]:
    cidr, holes = block.get("cidr"), block.get("except")
    if not literal(cidr):
        return
    whole = network(canonical(cidr))
    if whole is None:
        yield (*place, "cidr"), *range_problem(cidr)
    for at, hole in enumerate(holes if isinstance(holes, list) else ()):
        part = network(canonical(hole)) if literal(hole) else whole
        if part is None:
            yield (*place, "except", at), *range_problem(hole)
        elif literal(hole) and whole:
            inside = part.version == whole.version and part.subnet_of(whole)  # type: ignore[arg-type]
            if not inside or part == whole:
                problem = f"{hole} is no part of {cidr}"
                yield (*place, "except", at), problem, "a smaller range within it"


@error("VA156", since=(1, 36))
def _canonical(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    spec = mapping(manifest, "spec")
    for side, peers in _SIDES:
        for at, rule in entries(spec, side):
            for index, peer in entries(rule, peers):
                block, place = mapping(peer, "ipBlock"), ("spec", side, at, peers, index, "ipBlock")
                holes = block.get("except")
                ranges: list[tuple[Pointer, Any]] = [((*place, "cidr"), block.get("cidr"))]
                for number, hole in enumerate(holes if isinstance(holes, list) else ()):
                    ranges.append(((*place, "except", number), hole))
                for here, text in ranges:
                    near = canonical(text) if literal(text) and "/" in text else ""
                    if near and not network(text):
                        yield here, f"the range {shown(text)} has another form", near


def _policy_port(place: Pointer, port: Mapping[str, Any]) -> Iterator[Problem]:
    number, end = port.get("port"), port.get("endPort")
    for key, value in (("port", number), ("endPort", end)):
        if refused := port_problem(value):
            yield (*place, key), *refused
    if end is not None and not isinstance(number, int):
        yield (*place, "endPort"), "a range of ports begins with a number", "a number as port"
    elif isinstance(end, int) and isinstance(number, int) and end < number:
        problem = f"the range ends at {end}, before its port {number}"
        yield (*place, "endPort"), problem, f"at least {number}"


INGRESS = (_ingress,)
NETWORK_POLICY = (_network_policy, _canonical)

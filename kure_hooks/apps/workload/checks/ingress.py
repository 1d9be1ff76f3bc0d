"""The Ingress: one of its two forms, and backends that exist."""

from collections.abc import Iterator

from kure_hooks.apps.workload.checks.common import Checks, exactly_one, given, known
from kure_hooks.apps.workload.inputs.network import BackendService, IngressPath
from kure_hooks.apps.workload.services import offered_ports
from kure_hooks.apps.workload.spec import Spec
from kure_hooks.decoding.values import is_address, literal, odd_part
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem
from kure_hooks.yamlio.scalars import shown

_CLASS = "kubernetes.io/ingress.class"
_REFERENCE = ("apiGroup", "kind", "name")
_SHORT_FORM = ("host", "path", "pathType", "serviceName", "servicePortName", "servicePort")


def _has_one_form(spec: Spec) -> Iterator[Problem]:
    ingress = spec.ingress
    if ingress is None:
        return
    short = [key for key in given(ingress) if key in _SHORT_FORM]
    if ingress.rules:
        for key in short:
            yield ("ingress", key), f"rules and {key} exclude each other", "Keep one of them."
        return
    if ingress.service_name is None:
        yield ("ingress", "serviceName"), "this required key is missing", "a service, or rules"
    if (ingress.service_port is None) == (ingress.service_port_name is None):
        problem = "the port of the service is missing or given twice"
        yield ("ingress",), problem, "servicePort or servicePortName"


def _paths_are_whole(spec: Spec) -> Iterator[Problem]:
    for place, path in _paths(spec):
        yield from exactly_one((*place, "backend"), given(path.backend), "service and resource")
        service = path.backend.service
        if service:
            here = (*place, "backend", "service", "port")
            yield from exactly_one(here, given(service.port), "name and number")
        if path.path is None and path.path_type != "ImplementationSpecific":
            problem = f"the pathType {path.path_type} needs a path"
            yield (*place, "path"), problem, "a path such as /"


def _paths_are_plain(spec: Spec) -> Iterator[Problem]:
    ingress = spec.ingress
    paths = [((*place, "path"), each.path, each.path_type) for place, each in _paths(spec)]
    if ingress and not ingress.rules:
        paths.append((("ingress", "path"), ingress.path, ingress.path_type or "Prefix"))
    for place, path, kind in paths:
        if literal(path) and kind != "ImplementationSpecific" and (part := odd_part(path)):
            problem = f'the API server refuses "{part}" in a path of type {kind}'
            yield place, problem, "Write the plain path, or set pathType: ImplementationSpecific."


def _hosts_are_names(spec: Spec) -> Iterator[Problem]:
    ingress = spec.ingress
    if ingress is None:
        return
    hosts: list[tuple[Pointer, str | None]] = [(("ingress", "host"), ingress.host)]
    hosts += [
        (("ingress", "rules", at, "host"), rule.host) for at, rule in enumerate(ingress.rules)
    ]
    for place, host in hosts:
        if literal(host) and is_address(host):
            problem = f"the host {host} is an IP address"
            yield place, problem, "Write a name, or delete the host to take every one."


def _class_is_named_once(spec: Spec) -> Iterator[Problem]:
    ingress = spec.ingress
    annotated = ingress.annotations.get(_CLASS) if ingress else None
    if ingress and ingress.class_name and annotated and annotated != ingress.class_name:
        problem = f"className is {ingress.class_name}, and this says {shown(annotated)}"
        yield ("ingress", "annotations", _CLASS), problem, "Keep className alone."


def _resources_are_named(spec: Spec) -> Iterator[Problem]:
    for place, path in _paths(spec):
        resource, here = path.backend.resource, (*place, "backend", "resource")
        for key in resource or ():
            if key not in _REFERENCE:
                problem = f"a resource has no {shown(key)}"
                yield (*here, key), problem, "apiGroup, kind and name"
        for key in ("kind", "name"):
            if resource is not None and not resource.get(key):
                yield (*here, key), f"a resource needs {key}", f"Add the key {key}."


def _backends_exist(spec: Spec) -> Iterator[Problem]:
    services = {service.name: service for service in spec.services}
    for place, name, port in _backends(spec):
        if name not in services:
            continue
        ports = offered_ports(spec, services[name])
        offered = [each.name for each in ports if each.name] + [str(each.port) for each in ports]
        if str(port) not in offered:
            problem = f"the service {name} has no port {port}"
            yield place, problem, known(str(port), offered)


def _backends(spec: Spec) -> Iterator[tuple[Pointer, str, int | str]]:
    """Yield the ports that the Ingress names: where, of which service, by name or by number."""
    ingress = spec.ingress
    if ingress and ingress.service_name and not ingress.rules:
        if ingress.service_port_name:
            yield ("ingress", "servicePortName"), ingress.service_name, ingress.service_port_name
        if ingress.service_port:
            yield ("ingress", "servicePort"), ingress.service_name, ingress.service_port
    for place, path in _paths(spec):
        if path.backend.service:
            here = (*place, "backend", "service", "port")
            yield from _backend_ports(here, path.backend.service)


def _backend_ports(
    place: Pointer, service: BackendService
) -> Iterator[tuple[Pointer, str, int | str]]:
    if service.port.name:
        yield (*place, "name"), service.name, service.port.name
    if service.port.number:
        yield (*place, "number"), service.name, service.port.number


def _paths(spec: Spec) -> Iterator[tuple[Pointer, IngressPath]]:
    for at, rule in enumerate(spec.ingress.rules if spec.ingress else ()):
        for index, path in enumerate(rule.http.paths):
            yield ("ingress", "rules", at, "http", "paths", index), path


CHECKS: Checks = {
    _has_one_form: ("ingress",),
    _paths_are_whole: ("ingress",),
    _paths_are_plain: ("ingress",),
    _hosts_are_names: ("ingress",),
    _class_is_named_once: ("ingress",),
    _resources_are_named: ("ingress",),
    _backends_exist: ("ingress",),
}

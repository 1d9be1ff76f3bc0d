"""The Ingress: one of its two forms, and backends that exist."""

from collections.abc import Iterator

from kure_hooks.apps.workload.checks.common import Check, Problem, exactly_one, given, known
from kure_hooks.apps.workload.inputs.network import BackendService, IngressPath
from kure_hooks.apps.workload.services import offered_ports
from kure_hooks.apps.workload.spec import Spec
from kure_hooks.yamlio import Pointer

_SHORT_FORM = ("host", "path", "pathType", "serviceName", "servicePortName", "servicePort")


def _has_one_form(spec: Spec) -> Iterator[Problem]:
    ingress = spec.ingress
    if ingress is None:
        return
    short = [key for key in given(ingress) if key in _SHORT_FORM]
    if ingress.rules:
        for key in short:
            yield ("ingress", key), f"rules and {key} exclude each other", "one of them"
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


def _backends_exist(spec: Spec) -> Iterator[Problem]:
    services = {each.name: each for each in spec.services}
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


CHECKS: tuple[Check, ...] = (
    _has_one_form,
    _paths_are_whole,
    _backends_exist,
)

"""Containers: names, images, ports, variables, probes and handlers."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kure_hooks.decoding.refusals import is_of, key_problem
from kure_hooks.decoding.types import Name, ObjectName
from kure_hooks.decoding.values import (
    distinct_keys,
    entries,
    literal,
    mapping,
    port_problem,
    repeated,
)
from kure_hooks.validators.admission.check import CONTAINERS, Pod, error, warning
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem
from kure_hooks.yamlio.scalars import shown

_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_HANDLERS = ("exec", "httpGet", "tcpSocket", "grpc")
_LIFECYCLE = ("exec", "httpGet", "tcpSocket", "sleep")
_SOURCES = ("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef")
_KINDS = {"configMapKeyRef": "ConfigMap", "secretKeyRef": "Secret"}
_WHOLE_SOURCES = ("configMapRef", "secretRef")
_VARIABLE = re.compile(r"[ -<>-~]+")
_VARIABLE_WORDS = "printable ASCII characters without '=', such as LOG_LEVEL"
_ALWAYS = "Always"


@error("VA130")
def _named_and_with_an_image(pod: Pod) -> Iterator[Problem]:
    if not pod.spec.get("containers"):
        yield ("containers",), "the pod has no container", "a list of at least one container"
    for place, container in pod.containers:
        name = container.get("name")
        if name is None or name == "":
            yield (*place, "name"), "the container has no name", "a name such as app"
        elif literal(name) and not is_of(Name, name):
            problem = f'the API server refuses the name "{shown(name)}" of a container'
            expected = "at most 63 lower case letters, digits and inner '-'"
            yield (*place, "name"), problem, expected
        if container.get("image", "") in (None, "") and not _is_custom(place):
            yield (*place, "image"), "the container has no image", "an image such as nginx:1.29"


def _is_custom(place: Pointer) -> bool:
    return place[0] == CONTAINERS[2]  # made by kubectl debug, and never part of a manifest


@error("VA131")
def _names_differ(pod: Pod) -> Iterator[Problem]:
    yield from _distinct(pod.containers, "name")
    for place, container in pod.containers:
        if "ports" in container:
            yield from _distinct(_items(place, container, "ports"), "name")


@error("VA132")
def _ports(pod: Pod) -> Iterator[Problem]:
    on_host = pod.spec.get("hostNetwork") is True
    for place, container in pod.containers:
        for here, port in _items(place, container, "ports"):
            for key in ("containerPort", "hostPort", "name"):
                value = port.get(key)
                if (refused := port_problem(value)) and not (key == "hostPort" and value == 0):
                    yield (*here, key), *refused
            if port.get("containerPort") is None:
                yield (*here, "containerPort"), "the port has no number", "containerPort: 8080"
            number, host = port.get("containerPort"), port.get("hostPort")
            if on_host and host not in (None, 0, number):
                problem = f"with hostNetwork the hostPort is the containerPort {number}"
                yield (*here, "hostPort"), problem, "Write the same port, or delete hostPort."
    together = [
        (place, container)
        for place, container in pod.containers
        if place[0] == "containers" and "ports" in container
    ]
    yield from distinct_keys(_host_ports(together, on_host=on_host))


def _host_ports(
    containers: Iterable[tuple[Pointer, Mapping[str, Any]]], *, on_host: bool
) -> Iterator[tuple[Pointer, tuple[str, str, int], str]]:
    for place, container in containers:
        for here, port in _items(place, container, "ports"):
            protocol = str(port.get("protocol") or "TCP")
            implied = port.get("containerPort") if on_host else None
            number = port.get("hostPort") or implied
            if isinstance(number, int) and not isinstance(number, bool):
                key = "hostPort" if port.get("hostPort") else "containerPort"
                words = f"port {number}/{protocol} of the machine"
                yield (*here, key), (protocol, str(port.get("hostIP") or ""), number), words


@warning("VA133")
def _ports_differ(pod: Pod) -> Iterator[Problem]:
    on_host = pod.spec.get("hostNetwork") is True
    for place, container in () if on_host else pod.containers:
        ports = [
            ((*here, "containerPort"), port["containerPort"], str(port.get("protocol") or "TCP"))
            for here, port in _items(place, container, "ports")
            if isinstance(port.get("containerPort"), int) and not port.get("hostPort")
        ]
        yield from distinct_keys(
            (here, (number, protocol), f"port {number}/{protocol}")
            for here, number, protocol in ports
        )


@warning("VA134")
def _variables_differ(pod: Pod) -> Iterator[Problem]:
    for place, container in pod.containers:
        last: dict[str, int] = {}
        for at, variable in entries(container, "env"):
            name = variable.get("name")
            if isinstance(name, str):
                if name in last:
                    problem = f"the variable {shown(name)} is already in the list; the last wins"
                    yield (*place, "env", at, "name"), problem, "List each variable once."
                last[name] = at


@error("VA135")
def _variables(pod: Pod) -> Iterator[Problem]:
    for place, container in pod.containers:
        for at, variable in entries(container, "env"):
            name, source = variable.get("name"), variable.get("valueFrom")
            if not name or (literal(name) and not _VARIABLE.fullmatch(name)):
                refused = f'the API server refuses the name "{shown(str(name))}" of a variable'
                problem = refused if name else "the variable has no name"
                yield (*place, "env", at, "name"), problem, _VARIABLE_WORDS
            if isinstance(source, dict):
                here = (*place, "env", at, "valueFrom")
                if variable.get("value"):
                    yield (
                        here,
                        f"{shown(str(name))} has value and valueFrom",
                        "Keep one of the two.",
                    )
                yield from _one_of(here, source, _SOURCES)
                yield from _keys(here, source)
        for here, source in _items(place, container, "envFrom"):
            yield from _one_of(here, source, _WHOLE_SOURCES)
            for kind in _WHOLE_SOURCES:
                if isinstance(source.get(kind), dict) and not source[kind].get("name"):
                    yield (*here, kind, "name"), f"a {kind} needs name", "Add the key name."


def _keys(place: Pointer, source: Mapping[str, Any]) -> Iterator[Problem]:
    for kind, target in _KINDS.items():
        reference = source.get(kind)
        for key in ("name", "key") if isinstance(reference, dict) else ():
            value = mapping(source, kind).get(key)
            if value in (None, ""):
                yield (*place, kind, key), f"the {kind} has no {key}", f"the {key} of a {target}"
            elif key == "key" and literal(value) and (refused := key_problem(value)):
                yield (*place, kind, key), *refused
            elif key == "name" and literal(value) and not is_of(ObjectName, value):
                problem = f'the API server refuses the name "{shown(value)}"'
                yield (*place, kind, key), problem, f"the name of a {target}"


@error("VA136")
def _probes(pod: Pod) -> Iterator[Problem]:
    for place, container in pod.containers:
        sidecar = place[0] != "initContainers" or container.get("restartPolicy") == _ALWAYS
        for key in (*_PROBES, "lifecycle"):
            probe = container.get(key)
            if not isinstance(probe, dict):
                continue
            if not sidecar:
                problem = f"an init container that is no sidecar has no {key}"
                yield (*place, key), problem, "restartPolicy: Always"
            elif key in _PROBES:
                yield from _probe((*place, key), key, probe)
            else:
                for moment in ("postStart", "preStop"):
                    handler = probe.get(moment)
                    if isinstance(handler, dict):
                        yield from _handler((*place, key, moment), handler, _LIFECYCLE)


def _probe(place: Pointer, key: str, probe: Mapping[str, Any]) -> Iterator[Problem]:
    yield from _handler(place, probe, _HANDLERS)
    if key != "readinessProbe" and probe.get("successThreshold") not in (None, 0, 1):
        problem = f"a {key} succeeds at the first success"
        yield (*place, "successThreshold"), problem, "successThreshold: 1"
    if key == "readinessProbe" and probe.get("terminationGracePeriodSeconds") is not None:
        problem = "a readinessProbe ends no container"
        expected = "the key in a livenessProbe or startupProbe"
        yield (*place, "terminationGracePeriodSeconds"), problem, expected
    for name, value in probe.items():
        least = 1 if name == "terminationGracePeriodSeconds" else 0
        if isinstance(value, int) and not isinstance(value, bool) and value < least:
            yield (*place, name), f"{shown(name)} is {value}", f"{least} or more"


def _handler(
    place: Pointer, handler: Mapping[str, Any], kinds: tuple[str, ...]
) -> Iterator[Problem]:
    yield from _one_of(place, handler, kinds)
    for kind in ("httpGet", "tcpSocket", "grpc"):
        action = handler.get(kind)
        port = action.get("port") if isinstance(action, dict) else 1
        if port in (None, ""):
            yield (*place, kind, "port"), "there is no port", "the number or the name of a port"
        elif refused := port_problem(port):
            yield (*place, kind, "port"), *refused
    if isinstance(handler.get("exec"), dict) and not mapping(handler, "exec").get("command"):
        yield (*place, "exec", "command"), "there is no command", "a list of at least one string"


def _one_of(place: Pointer, value: Mapping[str, Any], keys: tuple[str, ...]) -> Iterator[Problem]:
    """Yield a problem unless exactly one of the keys is there; the schema knows all others."""
    present = [key for key in keys if value.get(key) is not None]
    if len(present) != 1:
        problem = f"{' and '.join(present)} exclude each other" if present else "nothing is given"
        yield place, problem, f"exactly one of {', '.join(keys[:-1])} and {keys[-1]}"


def _items(
    place: Pointer, value: Mapping[str, Any], key: str
) -> Iterator[tuple[Pointer, Mapping[str, Any]]]:
    return (((*place, key, at), item) for at, item in entries(value, key))


def _distinct(items: Iterable[tuple[Pointer, Mapping[str, Any]]], key: str) -> Iterator[Problem]:
    names = ((place, item.get(key)) for place, item in items)
    for place, name in repeated((place, name) for place, name in names if literal(name) and name):
        yield (*place, key), f"{shown(str(name))} is already in the list", "List each name once."


CHECKS = (
    *(_named_and_with_an_image, _names_differ, _ports, _ports_differ),
    *(_variables_differ, _variables, _probes),
)

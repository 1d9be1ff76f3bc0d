"""Short forms: written out, refused where they can't be, and the places where they are written."""

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from msgspec.structs import fields, replace

from kure_hooks.apps.workload.inputs.containers import Container, Resources
from kure_hooks.apps.workload.inputs.controllers import WorkloadKind
from kure_hooks.apps.workload.inputs.pods import TopologySpread
from kure_hooks.apps.workload.inputs.probes import (
    HttpGetAction,
    Probe,
    ShortProbe,
    TcpSocketAction,
)
from kure_hooks.apps.workload.spec import Spec
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem

PROBES: Mapping[str, str] = {
    "livenessProbe": "liveness",
    "readinessProbe": "readiness",
    "startupProbe": "startup",
}
"""The keys of probes, and those of their short forms."""

_FIELDS = {field.encode_name: field.name for field in fields(Container)}

_SPREAD = {
    name: TopologySpread(max_skew=1, topology_key=key, when_unsatisfiable="ScheduleAnyway")
    for name, key in (("zone", "topology.kubernetes.io/zone"), ("node", "kubernetes.io/hostname"))
}


def written_out(spec: Spec) -> Spec:
    """Return the spec of a workload in long forms, with what its security level demands.

    What can't be written out, such as a probe without a port, is left out.
    """
    containers = tuple(map(_container, spec.containers))
    sidecars = (replace(sidecar, restart_policy="Always") for sidecar in spec.sidecars)
    init_containers = tuple(map(_container, (*sidecars, *spec.init_containers)))
    if (containers, init_containers) != (spec.containers, spec.init_containers) or spec.spread:
        constraints = (*spec.topology_spread_constraints, *map(_SPREAD.__getitem__, spec.spread))
        spec = replace(
            spec,
            containers=containers,
            init_containers=init_containers,
            sidecars=(),
            topology_spread_constraints=constraints,
            spread=(),
        )
    if spec.security != "restricted":
        return spec
    from kure_hooks.apps.workload.levels import filled  # noqa: PLC0415 - few name a level

    return filled(spec)


def probe_port(container: Container) -> int | str | None:
    """Return the port that short probes ask: the only one, or that with the name http."""
    ports = container.listening
    if any(port.name == "http" for port in ports):
        return "http"
    return (ports[0].name or ports[0].container_port) if len(ports) == 1 else None


def place(spec: Spec, pointer: Pointer) -> Pointer:
    """Return where a part of a spec that was written out is written in the spec itself."""
    match pointer:
        case ("initContainers", int(at), *rest):
            before = len(spec.sidecars)
            if at < before:
                return ("sidecars", at, *_in_container(spec.sidecars[at], tuple(rest)))
            container = spec.init_containers[at - before]
            return ("initContainers", at - before, *_in_container(container, tuple(rest)))
        case ("containers", int(at), *rest):
            return ("containers", at, *_in_container(spec.containers[at], tuple(rest)))
        case ("topologySpreadConstraints", int(at), *_):
            before = len(spec.topology_spread_constraints)
            return pointer if at < before else ("spread", at - before)
    return pointer


def problems(spec: Spec) -> Iterator[Problem]:
    """Yield what keeps a workload from being written out."""
    if spec.workload is None:
        kinds = ", ".join(sorted(get_args(WorkloadKind)))
        yield ("workload",), "this required key is missing", f"one of {kinds}"
    if not spec.containers:
        yield ("containers",), "the workload has no container", "a list of at least one container"
    for key, containers in (
        ("containers", spec.containers),
        ("initContainers", spec.init_containers),
        ("sidecars", spec.sidecars),
    ):
        for at, container in enumerate(containers):
            for check in (_port_problems, _resource_problems, _probe_problems):
                for pointer, problem, expected in check(container):
                    yield (key, at, *pointer), problem, expected


def _container(container: Container) -> Container:
    """Return a container in long forms; most have no others."""
    resources = container.resources
    is_long = (
        isinstance(container.image, str)
        and isinstance(container.ports, tuple)
        and isinstance(container.env, tuple)
        and container.liveness is container.readiness is container.startup is None
        and not (resources and resources.short)
    )
    if is_long:
        return container
    return replace(
        container,
        image=str(container.image),
        ports=container.listening,
        env=container.variables,
        resources=resources and _resources(resources),
        liveness_probe=container.liveness_probe or _probe(container, container.liveness),
        readiness_probe=container.readiness_probe or _probe(container, container.readiness),
        startup_probe=container.startup_probe or _probe(container, container.startup),
        liveness=None,
        readiness=None,
        startup=None,
    )


def _resources(resources: Resources) -> Resources:
    short = resources.short
    requests = {name: amount.request for name, amount in short.items()}
    limits = {name: amount.limit for name, amount in short.items()}
    return replace(
        resources,
        cpu=None,
        memory=None,
        requests=_given(requests) | resources.requests,
        limits=_given(limits) | resources.limits,
    )


def _given(amounts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: amount for name, amount in amounts.items() if amount is not None}


def _probe(container: Container, short: str | ShortProbe | None) -> Probe | None:
    if short is None:
        return None
    whole = ShortProbe(path=short) if isinstance(short, str) else short
    port = probe_port(container) if whole.port is None else whole.port
    if port is None:
        return None
    if whole.path is None:
        return Probe(tcp_socket=TcpSocketAction(port=port))
    return Probe(http_get=HttpGetAction(path=whole.path, port=port))


def _in_container(container: Container, rest: Pointer) -> Pointer:
    match rest:
        case ("env", int(at), *inner) if isinstance(container.env, dict):
            key, value = list(container.env.items())[at]
            return ("env", key, *_in_source(value, tuple(inner)))
        case ("ports", int(at), *inner) if isinstance(container.ports, dict):
            key, port = list(container.ports.items())[at]
            return ("ports", key) if isinstance(port, int) else ("ports", key, *inner)
        case (str(key), *inner) if key in PROBES and getattr(container, PROBES[key]) is not None:
            steps = [step for step in inner if step in ("path", "port")]
            short = getattr(container, PROBES[key])
            return (PROBES[key], *(step for step in steps if getattr(short, str(step), None)))
        case ("resources", ("requests" | "limits") as part, str(name), *_):
            short = container.resources.short if container.resources else {}
            if name in short and getattr(short[name], part[:-1]) is not None:
                written = getattr(container.resources, name)
                return ("resources", name, *(() if written is not short[name] else (part[:-1],)))
    return rest


def _in_source(value: Any, inner: Pointer) -> Pointer:
    """Return where a part of a variable is written in the value of a mapping of variables."""
    steps = inner[1:] if inner[:1] == ("valueFrom",) else ()
    named = {"fieldRef": "field_ref", "resourceFieldRef": "resource_field_ref"}
    if steps and isinstance(getattr(value, named.get(str(steps[0]), ""), None), str):
        return steps[:1]
    return steps


def _port_problems(container: Container) -> Iterator[Problem]:
    ports = container.ports if isinstance(container.ports, dict) else {}
    for name, port in ports.items():
        if not isinstance(port, int) and port.name not in (None, name):
            problem = f"the port is called {name} already"
            yield ("ports", name, "name"), problem, "Delete name."


def _resource_problems(container: Container) -> Iterator[Problem]:
    resources = container.resources or Resources()
    for name, amount in resources.short.items():
        if amount.request is amount.limit is None:
            yield ("resources", name), "nothing is given", "request, limit or both"
        for part, long in (("request", resources.requests), ("limit", resources.limits)):
            if name in long and getattr(amount, part) is not None:
                problem = f"{name} is in {part}s, too"
                yield ("resources", name), problem, "Keep one of the two."


def _probe_problems(container: Container) -> Iterator[Problem]:
    for key, short_key in PROBES.items():
        short: Any = getattr(container, short_key)
        if short is None:
            continue
        if getattr(container, _FIELDS[key]) is not None:
            yield (short_key,), f"{short_key} and {key} exclude each other", "Keep one of the two."
        port = None if isinstance(short, str) else short.port
        if port is None and probe_port(container) is None:
            count = len(container.listening)
            problem = (
                f"none of the container's {count} ports is called http"
                if count
                else "the container has no port to probe"
            )
            yield (short_key,), problem, f"{short_key}: {{path: /healthz, port: 8080}}"

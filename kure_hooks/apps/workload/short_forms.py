"""Short forms written out, and the places at which the parts of the long forms are written."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from kure_hooks.apps.workload.inputs.containers import Container, Resources
from kure_hooks.apps.workload.inputs.pods import TopologySpread
from kure_hooks.apps.workload.inputs.probes import (
    HttpGetAction,
    Probe,
    ShortProbe,
    TcpSocketAction,
)
from kure_hooks.apps.workload.spec import Spec
from kure_hooks.yamlio import Pointer

PROBES: Mapping[str, str] = {
    "livenessProbe": "liveness",
    "readinessProbe": "readiness",
    "startupProbe": "startup",
}
"""The keys of probes, and those of their short forms."""

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

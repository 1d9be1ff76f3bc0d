"""Monitors of the Prometheus Operator (v1), and the ScaledObject of KEDA (v1alpha1)."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from msgspec.structs import fields as fields_of
from msgspec.structs import replace

from kure_hooks.apps.workload.beside import pods
from kure_hooks.apps.workload.beside.made import Made, is_shorter, names_differ, places
from kure_hooks.apps.workload.beside.spec import Spec, Workload
from kure_hooks.apps.workload.checks.common import given, known
from kure_hooks.apps.workload.inputs.controllers import SCALABLE
from kure_hooks.apps.workload.inputs.watching import Endpoint, Monitor, Scaling
from kure_hooks.apps.workload.objects import component, labels, new, ordered, selector
from kure_hooks.manifests import plain
from kure_hooks.stack.model import Application
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem

_ENDPOINT = tuple(field.encode_name for field in fields_of(Endpoint))
_MONITOR = ("jobLabel", "targetLabels", "podTargetLabels", "sampleLimit", "scrapeClass")
_LISTS = {"ServiceMonitor": "endpoints", "PodMonitor": "podMetricsEndpoints"}
_OF_SERVICES = ("targetLabels",)

_COUNTS = {"minReplicas": "minReplicaCount", "maxReplicas": "maxReplicaCount"}
_COUNTS |= {"idleReplicas": "idleReplicaCount"}
_SCALED = (
    *("scaleTargetRef", "pollingInterval", "cooldownPeriod", "initialCooldownPeriod"),
    *("idleReplicaCount", "minReplicaCount", "maxReplicaCount", "fallback", "advanced"),
    "triggers",
)
_OF_PODS = ("cpu", "memory")

_W = TypeVar("_W", Spec, Workload)


def monitors(application: Application, spec: Spec) -> Iterator[Made]:
    """Yield the monitors in the author's order; they find the application's Services or pods."""
    for at, monitor in enumerate(spec.monitors):
        fields = ordered(plain(monitor), _MONITOR)
        key = _LISTS[monitor.kind]
        fields["selector"] = {"matchLabels": selector(application)}
        fields[key] = [plain(endpoint) for endpoint in _endpoints(monitor)]
        api = "monitoring.coreos.com/v1"
        manifest = new(application, api, monitor.kind, monitor.name, monitor.annotations)
        manifest["metadata"]["labels"] = labels(application, spec, monitor.labels)
        yield Made(manifest | {"spec": fields}, _written(("monitors", at), monitor))


def _endpoints(monitor: Monitor) -> Sequence[Endpoint]:
    """Return the ports; without a list the only one, whose keys are those of the monitor."""
    if monitor.endpoints:
        return monitor.endpoints
    names = {field.name for field in fields_of(Endpoint)}
    return [Endpoint(**{name: getattr(monitor, name) for name in names})]


def _written(here: Pointer, monitor: Monitor) -> dict[Pointer, Pointer]:
    key = _LISTS[monitor.kind]
    ports: dict[Pointer, Pointer] = (
        {("spec", key): (*here, "endpoints")}
        if monitor.endpoints
        else places(here, _ENDPOINT, ("spec", key, 0))
    )
    return places(here, _MONITOR) | ports


def scaled_objects(application: Application, spec: Spec) -> Iterator[Made]:
    """Yield the ScaledObjects of the workloads, which have the names of these."""
    for name, workload in spec.apart():
        if workload.scaling:
            of = component(application, name, workload)
            yield _scaled_object(of, workload, workload.scaling, _scaling(name))


def _scaled_object(of: Application, spec: Spec, scaling: Scaling, here: Pointer) -> Made:
    written = {_COUNTS.get(key, key): value for key, value in plain(scaling).items()}
    target = {"apiVersion": "apps/v1", "kind": spec.workload, "name": of.name}
    manifest = new(of, "keda.sh/v1alpha1", "ScaledObject", annotations=scaling.annotations)
    fields = ordered(written | {"scaleTargetRef": target}, _SCALED)
    counts: dict[Pointer, Pointer] = {("spec", ours): (*here, key) for key, ours in _COUNTS.items()}
    return Made(manifest | {"spec": fields}, places(here, _SCALED) | counts)


def _scaling(workload: str) -> Pointer:
    """Return the place of the scaling of a workload; the only one has no name."""
    return ("workloads", workload, "scaling") if workload else ("scaling",)


def without_replicas(spec: Spec) -> Spec:
    """Return the spec without the numbers of pods that KEDA decides on."""
    several = {name: _without_replicas(workload) for name, workload in spec.workloads.items()}
    return _without_replicas(replace(spec, workloads=several))


def _without_replicas(workload: _W) -> _W:
    return replace(workload, replicas=None) if workload.scaling else workload


def problems(spec: Spec) -> Iterator[Problem]:
    """Yield what is wrong with monitors and scaling; their CRDs say the rest, at the same lines."""
    for kind in _LISTS:
        yield from names_differ(
            (("monitors", at, "name"), monitor.name)
            for at, monitor in enumerate(spec.monitors)
            if monitor.kind == kind
        )
    for at, monitor in enumerate(spec.monitors):
        yield from _monitor_problems(spec, ("monitors", at), monitor)
    if spec.workloads and spec.scaling:
        problem = "scaling belongs to one workload, and this application has several"
        yield ("scaling",), problem, "Move it into an entry of workloads."
    for name, workload in spec.apart():
        if workload.scaling:
            yield from _scaling_problems(_scaling(name), workload, workload.scaling)


def _monitor_problems(spec: Spec, here: Pointer, monitor: Monitor) -> Iterator[Problem]:
    of_services = monitor.kind == "ServiceMonitor"
    if not of_services:
        for key in _OF_SERVICES:
            if key in given(monitor):
                yield (*here, key), f"a PodMonitor has no {key}", "podTargetLabels"
    if of_services and not pods.services(spec):
        problem = "a ServiceMonitor reads the ports of services, and there is none"
        yield (*here, "kind"), problem, "PodMonitor, or add a service"
        return
    names = _service_ports(spec) if of_services else pods.port_names(spec)
    if not monitor.endpoints:
        yield from _port_problems(here, monitor, names)
    for key in given(monitor) if monitor.endpoints else ():
        if key in _ENDPOINT:
            problem = f"endpoints and {key} exclude each other"
            yield (*here, key), problem, "Write everything in endpoints."
    for at, endpoint in enumerate(monitor.endpoints):
        yield from _port_problems((*here, "endpoints", at), endpoint, names)


def _port_problems(here: Pointer, endpoint: Endpoint, names: Sequence[str]) -> Iterator[Problem]:
    if not is_shorter(endpoint.scrape_timeout, endpoint.interval, equal=True):
        problem = f"{endpoint.scrape_timeout} is longer than the interval"
        yield (*here, "scrapeTimeout"), problem, f"at most {endpoint.interval}"
    if endpoint.port is None and endpoint.target_port is None:
        problem = "nothing says which port has the metrics"
        yield (*here, "port"), problem, " or ".join(names) or "targetPort with a number"
    elif endpoint.port is not None and endpoint.port not in names:
        yield (*here, "port"), f"there is no port {endpoint.port}", known(endpoint.port, names)


def _service_ports(spec: Spec) -> list[str]:
    ports = (port for _, ports in pods.services(spec) for port in ports)
    return [*dict.fromkeys(port.name for port in ports if port.name)]


def _scaling_problems(here: Pointer, spec: Spec, scaling: Scaling) -> Iterator[Problem]:
    if spec.autoscaling:
        problem = "KEDA and autoscaling would change the number of pods against each other"
        yield here, problem, "Keep either scaling or autoscaling."
    if spec.workload and spec.workload not in SCALABLE:
        problem = f"a {spec.workload} has no scaling"
        yield here, problem, f"workload {' or '.join(SCALABLE)}"
    least, most = scaling.min_replicas or 0, scaling.max_replicas or 100
    if least > most:
        yield (*here, "minReplicas"), f"{least} is more than maxReplicas", f"at most {most}"
    if scaling.idle_replicas is not None and scaling.idle_replicas >= least:
        problem = f"{scaling.idle_replicas} is not less than minReplicas"
        yield (*here, "idleReplicas"), problem, "0, with a minReplicas of one or more"
    if scaling.min_replicas == 0 and all(trigger.type in _OF_PODS for trigger in scaling.triggers):
        problem = "no pod uses cpu or memory, so nothing would ever start one"
        yield (*here, "minReplicas"), problem, "one or more, or add another trigger"

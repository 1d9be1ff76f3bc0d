"""Monitors of the Prometheus Operator (v1), and the ScaledObject of KEDA (v1alpha1)."""

from collections.abc import Iterator, Sequence

from msgspec.structs import fields as fields_of

from kure_hooks.apps.workload.beside import pods
from kure_hooks.apps.workload.beside.made import Made, is_shorter, names_differ, places
from kure_hooks.apps.workload.beside.spec import Spec
from kure_hooks.apps.workload.checks.common import given, known
from kure_hooks.apps.workload.inputs.controllers import SCALABLE
from kure_hooks.apps.workload.inputs.watching import Endpoint, Monitor
from kure_hooks.apps.workload.objects import labels, new, ordered, selector
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


def scaled_object(application: Application, spec: Spec) -> Iterator[Made]:
    """Yield the ScaledObject of the workload."""
    scaling = spec.scaling
    if scaling is None:
        return
    written = {_COUNTS.get(key, key): value for key, value in plain(scaling).items()}
    target = {"apiVersion": "apps/v1", "kind": spec.workload, "name": application.name}
    manifest = new(application, "keda.sh/v1alpha1", "ScaledObject", annotations=scaling.annotations)
    fields = ordered(written | {"scaleTargetRef": target}, _SCALED)
    counts: dict[Pointer, Pointer] = {
        ("spec", ours): ("scaling", key) for key, ours in _COUNTS.items()
    }
    yield Made(manifest | {"spec": fields}, places(("scaling",), _SCALED) | counts)


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
    yield from _scaling_problems(spec)


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


def _scaling_problems(spec: Spec) -> Iterator[Problem]:
    scaling = spec.scaling
    if scaling is None:
        return
    if spec.autoscaling:
        problem = "KEDA and autoscaling would change the number of pods against each other"
        yield ("scaling",), problem, "Keep either scaling or autoscaling."
    if spec.workloads:
        problem = "scaling is of one workload, and this application has several"
        yield ("scaling",), problem, "Write autoscaling in an entry of workloads."
        return
    if spec.workload not in SCALABLE:
        problem = f"a {spec.workload} has no scaling"
        yield ("scaling",), problem, f"workload {' or '.join(SCALABLE)}"
    least, most = scaling.min_replicas or 0, scaling.max_replicas or 100
    if least > most:
        yield ("scaling", "minReplicas"), f"{least} is more than maxReplicas", f"at most {most}"
    if scaling.idle_replicas is not None and scaling.idle_replicas >= least:
        problem = f"{scaling.idle_replicas} is not less than minReplicas"
        yield ("scaling", "idleReplicas"), problem, "0, with a minReplicas of one or more"
    if scaling.min_replicas == 0 and all(trigger.type in _OF_PODS for trigger in scaling.triggers):
        problem = "no pod uses cpu or memory, so nothing would ever start one"
        yield ("scaling", "minReplicas"), problem, "one or more, or add another trigger"

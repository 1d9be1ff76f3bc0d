"""Forms of a document: one workload or several, and short forms that can be written out.

These checks see a spec as it is written, all others a workload in long forms.
"""

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from msgspec.structs import fields

from kure_hooks.apps.workload.checks.common import distinct, given
from kure_hooks.apps.workload.inputs.containers import Container, Resources
from kure_hooks.apps.workload.inputs.controllers import WorkloadKind
from kure_hooks.apps.workload.objects import COMPONENT_LABEL
from kure_hooks.apps.workload.short_forms import PROBES, probe_port
from kure_hooks.apps.workload.spec import Spec, Workload
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem


def of_application(spec: Spec) -> Iterator[Problem]:
    """Yield what is wrong with several workloads together; nothing for one."""
    if not spec.workloads:
        return
    for field in fields(Workload):
        if getattr(spec, field.name) not in (None, (), {}):
            key = field.encode_name
            problem = f"{key} belongs to one workload, and this application has several"
            yield (key,), problem, "Move it into an entry of workloads."
    places: dict[Pointer, Mapping[str, str]] = {("labels",): spec.labels} | {
        ("workloads", name, "podLabels"): workload.pod_labels
        for name, workload in spec.workloads.items()
    }
    for place, labels in places.items():
        if COMPONENT_LABEL in labels:
            problem = f"{COMPONENT_LABEL} is in the selector and always the workload's name"
            yield (*place, COMPONENT_LABEL), problem, "Choose another label."
    workloads = spec.workloads.items()
    yield from distinct(
        (("workloads", name, "services", at, "name"), service.name)
        for name, workload in workloads
        for at, service in enumerate(workload.services)
    )
    yield from distinct(
        (("workloads", name, "ingress", "name"), workload.ingress.name)
        for name, workload in workloads
        if workload.ingress
    )


def of_workload(spec: Workload) -> Iterator[Problem]:
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
            for check in (_ports, _resources, _probes):
                for pointer, problem, expected in check(container):
                    yield (key, at, *pointer), problem, expected


def _ports(container: Container) -> Iterator[Problem]:
    ports = container.ports if isinstance(container.ports, dict) else {}
    for name, port in ports.items():
        if not isinstance(port, int) and port.name not in (None, name):
            problem = f"the port is called {name} already"
            yield ("ports", name, "name"), problem, "Delete name."


def _resources(container: Container) -> Iterator[Problem]:
    resources = container.resources or Resources()
    for name, amount in resources.short.items():
        if amount.request is amount.limit is None:
            yield ("resources", name), "nothing is given", "request, limit or both"
        for part, long in (("request", resources.requests), ("limit", resources.limits)):
            if name in long and getattr(amount, part) is not None:
                problem = f"{name} is in {part}s, too"
                yield ("resources", name), problem, "Keep one of the two."


def _probes(container: Container) -> Iterator[Problem]:
    for key, short_key in PROBES.items():
        short: Any = getattr(container, short_key)
        if short is None:
            continue
        if key in given(container):
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

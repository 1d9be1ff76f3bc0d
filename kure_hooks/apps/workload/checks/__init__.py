"""Checks beyond the types of a Spec: fields that need, exclude or name one another.

Beside them, whatever the API server refuses of an object that its schema allows: the rules are
those of Kubernetes 1.36, seen on its API server by `tests/live/test_dry_run.py`.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from msgspec.structs import fields

from kure_hooks.apps.workload import short_forms
from kure_hooks.apps.workload.checks import (
    containers,
    ingress,
    pods,
    policies,
    ports,
    resources,
    scaling,
    security,
    services,
    sources,
    variables,
    volumes,
    windows,
    workload,
)
from kure_hooks.apps.workload.checks.common import Check, distinct
from kure_hooks.apps.workload.objects import COMPONENT_LABEL
from kure_hooks.apps.workload.spec import SHARED, Spec, Workload
from kure_hooks.manifests import plain
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem

MODULES = (
    workload,
    pods,
    containers,
    ports,
    variables,
    resources,
    security,
    windows,
    volumes,
    sources,
    services,
    ingress,
    scaling,
    policies,
)


_PARTS = {"containers": "containers", "initContainers": "containers", "services": "services"}


def problems(spec: Spec) -> Iterator[Problem]:
    """Yield every problem: pointer inside the spec, what is wrong, what is expected."""
    of_workloads = (
        ((*_way(name, pointer), *pointer), problem, expected)
        for name, workload in spec.apart()
        for pointer, problem, expected in _of_workload(workload)
    )
    # What is wrong with something that workloads share is told of each of them.
    yield from dict.fromkeys((*_of_several(spec), *of_workloads))


def _of_several(spec: Spec) -> Iterator[Problem]:
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


def _of_workload(spec: Spec) -> Iterator[Problem]:
    yield from short_forms.problems(spec)
    if spec.workload is None or not spec.containers:
        return
    whole = short_forms.written_out(spec)
    for check in _of_fields(_fields(whole)):
        for pointer, problem, expected in check(whole):
            yield short_forms.place(spec, pointer), problem, expected


def _way(workload: str, pointer: Pointer) -> Pointer:
    """Return the way to the workload that has a field, which may be one that all share."""
    shared = not workload or pointer[0] in SHARED.values()
    return () if shared else ("workloads", workload)


def _fields(spec: Spec) -> frozenset[str]:
    """Return the fields that the author wrote, named as in `Checks`."""
    written = plain(spec)
    of_parts = (
        f"{name}.{key}"
        for part, name in _PARTS.items()
        for each in written.get(part, ())
        for key in each
    )
    return frozenset((*written, *of_parts))


@lru_cache(maxsize=1 << 8)
def _of_fields(written: frozenset[str]) -> tuple[Check, ...]:
    """Return the checks that have something to look at, in their order.

    They are remembered: most applications of a fleet are written with the same few fields.
    """
    return tuple(
        check
        for module in MODULES
        for check, needed in module.CHECKS.items()
        if not written.isdisjoint(needed)
    )

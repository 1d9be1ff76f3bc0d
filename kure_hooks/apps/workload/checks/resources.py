"""Requests and limits: known resources, in amounts that agree."""

from collections.abc import Iterator

from kure_hooks.apps.workload.checks.common import Checks, containers
from kure_hooks.apps.workload.inputs.containers import Resources
from kure_hooks.apps.workload.spec import Spec
from kure_hooks.decoding import nearest
from kure_hooks.decoding.quantities import (
    DIVISIBLE,
    PAGES,
    amount,
    is_known,
    is_shared,
    step,
    unit,
)
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem
from kure_hooks.yamlio.scalars import shown


def _resources_are_known(spec: Spec) -> Iterator[Problem]:
    for place, resources in _resources(spec):
        for key in ("requests", "limits"):
            for name in getattr(resources, key):
                if not is_known(name):
                    expected = nearest(name, set(DIVISIBLE)) or "cpu, memory or example.com/gpu"
                    problem = f'containers have no resource "{shown(name)}"'
                    yield (*place, key, name), problem, expected


def _amounts_are_possible(spec: Spec) -> Iterator[Problem]:
    for place, resources in _resources(spec):
        names = {*resources.requests, *resources.limits}
        for key in ("requests", "limits"):
            for name, quantity in getattr(resources, key).items():
                multiple = step(name)
                if multiple and (size := amount(quantity)) is not None and size % multiple:
                    problem = f"{shown(name)} is given in whole units"
                    yield (*place, key, name), problem, f"a multiple of {unit(name)}"
        pages = next((name for name in names if name.startswith(PAGES)), None)
        if pages and not names & {"cpu", "memory"}:
            yield place, f"{pages} needs cpu or memory beside it", "a request of memory"


def _requests_are_within_limits(spec: Spec) -> Iterator[Problem]:
    for place, resources in _resources(spec):
        for name, quantity in resources.requests.items():
            here = (*place, "requests", name)
            if not is_known(name):
                continue
            limit = resources.limits.get(name)
            if limit is None:
                if not is_shared(name):
                    problem = f"{shown(name)} is not shared, so that its limit is its request"
                    yield here, problem, "the same amount in limits"
                continue
            size, most = amount(quantity), amount(limit)
            if size is None or most is None:
                continue
            if is_shared(name) and size > most:
                problem = f"the request {quantity} of {shown(name)} is more than the limit {limit}"
                yield here, problem, f"at most {limit}"
            elif not is_shared(name) and size != most:
                problem = f"the request {quantity} of {shown(name)} is not its limit {limit}"
                yield here, problem, f"{limit}, as in limits"


def _resources(spec: Spec) -> Iterator[tuple[Pointer, Resources]]:
    for place, container in containers(spec):
        if container.resources:
            yield (*place, "resources"), container.resources


CHECKS: Checks = {
    _resources_are_known: ("containers.resources",),
    _amounts_are_possible: ("containers.resources",),
    _requests_are_within_limits: ("containers.resources",),
}

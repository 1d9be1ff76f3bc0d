"""Quantities of resources: their grammar, requests within limits, and names that exist."""

from collections.abc import Iterator
from typing import Any

from kure_hooks.decoding import nearest
from kure_hooks.decoding.quantities import (
    DIVISIBLE,
    PAGES,
    amount,
    is_known,
    is_shared,
    quantity_problem,
    step,
    unit,
)
from kure_hooks.decoding.values import mapping
from kure_hooks.validators.admission.check import Pod, error, warning
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem
from kure_hooks.yamlio.scalars import shown

_SIDES = ("requests", "limits")
_BYTES = ("memory", "ephemeral-storage", "storage")
_WHOLE = 10**9
"""The billionths of one."""


def quantities(
    value: Any, key: str, pointer: Pointer, *, signed: bool = False
) -> Iterator[Problem]:
    """Yield the values of the mapping below a key that are no quantities.

    The mapping that has the key lies at the pointer; `signed` as in `quantity_problem`.
    """
    for name, quantity in mapping(value, key).items():
        if refused := quantity_problem(quantity, signed=signed):
            yield (*pointer, key, name), *refused


@error("VA120")
def amounts(pod: Pod) -> Iterator[Problem]:
    """Yield amounts of containers that are no quantities."""
    for place, container in pod.containers:
        resources = mapping(container, "resources")
        for side in _SIDES if resources else ():
            yield from quantities(resources, side, (*place, "resources"))


@error("VA121")
def requests_and_limits(pod: Pod) -> Iterator[Problem]:
    """Yield resources that no container has, parts of whole ones, and requests above limits."""
    for place, container in pod.containers:
        resources = mapping(container, "resources")
        if not resources:
            continue
        requests, limits = (mapping(resources, side) for side in _SIDES)
        names = dict.fromkeys((*requests, *limits))
        for name in names:
            yield from _one((*place, "resources"), name, requests.get(name), limits.get(name))
        pages = next((name for name in names if name.startswith(PAGES)), "")
        if pages and not {"cpu", "memory"} & names.keys():
            problem = f"{shown(pages)} needs cpu or memory beside it"
            yield (*place, "resources"), problem, "a request of memory"


@warning("VA122")
def whole_bytes(pod: Pod) -> Iterator[Problem]:
    """Yield sizes with a part of a byte: `m` is a thousandth, and `M` was meant."""
    for place, container in pod.containers:
        resources = mapping(container, "resources")
        for side in _SIDES if resources else ():
            for name, quantity in mapping(resources, side).items():
                size = _amount(quantity) if name in _BYTES else None
                if size is not None and size % _WHOLE:
                    near = f"{str(quantity).removesuffix('m')}Mi"
                    problem = f"{shown(str(quantity))} is less than a byte or a part of one"
                    yield (*place, "resources", side, name), problem, f"a size such as {near}"


def _one(place: Pointer, name: str, request: Any, limit: Any) -> Iterator[Problem]:
    """Yield what is wrong with a resource, of which a container has this request and limit."""
    amounts = {"requests": (request, _amount(request)), "limits": (limit, _amount(limit))}
    if not is_known(name):
        side = "limits" if request is None else "requests"
        if "${" not in name:
            expected = nearest(name, set(DIVISIBLE)) or "cpu, memory or example.com/gpu"
            yield (*place, side, name), f"containers have no resource {shown(name)}", expected
        return
    if not is_shared(name) and (multiple := step(name)):
        for side, (_, size) in amounts.items():
            if size is not None and size % multiple:
                problem = f"{shown(name)} is given in whole units"
                yield (*place, side, name), problem, f"a multiple of {unit(name)}"
    if amounts["requests"][1] is not None:
        yield from _within((*place, "requests", name), name, *amounts.values())


def _within(
    here: Pointer, name: str, request: tuple[Any, Any], limit: tuple[Any, Any]
) -> Iterator[Problem]:
    (request, size), (limit, most) = request, limit
    if limit is None and not is_shared(name):
        problem = f"{shown(name)} is not shared, so that it needs a limit"
        yield here, problem, "the same amount in limits"
    elif most is not None and is_shared(name) and size > most:
        problem = f"the request {request} of {shown(name)} is more than the limit {limit}"
        yield here, problem, f"at most {limit}"
    elif most is not None and not is_shared(name) and size != most:
        problem = f"the request {request} of {shown(name)} is not its limit {limit}"
        yield here, problem, f"{limit}, as in limits"


def _amount(quantity: Any) -> int | None:
    is_number = isinstance(quantity, int | float | str) and not isinstance(quantity, bool)
    return amount(str(quantity)) if is_number else None

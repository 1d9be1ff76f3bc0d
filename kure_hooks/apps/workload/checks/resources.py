"""Requests and limits: known resources, in amounts that agree."""

import re
from collections.abc import Iterator

from kure_hooks.apps.workload.checks.common import Checks, containers
from kure_hooks.apps.workload.inputs.containers import Resources
from kure_hooks.apps.workload.spec import Spec
from kure_hooks.decoding import nearest
from kure_hooks.decoding.refusals import is_of
from kure_hooks.decoding.types import LabelKey
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem
from kure_hooks.yamlio.scalars import shown

_DIVISIBLE = ("cpu", "memory", "ephemeral-storage")
_PAGES = "hugepages-"
_NATIVE = "kubernetes.io/"
_NANO = 9
"""The decimals that the API server keeps of a quantity."""

_MOST_DIGITS = 40
_QUANTITY = re.compile(
    r"(?<![0-9.eE+-])\+?+(?=\.?[0-9])([0-9]*+)\.?+([0-9]*+)"
    r"(?:[eE]([-+]?+[0-9]++)|([KMGTPE]i|[numkMGTPE])?+)"
)
_SUFFIXES: dict[str, int] = {
    "n": -9,
    "u": -6,
    "m": -3,
    "": 0,
    "k": 3,
    "M": 6,
    "G": 9,
    "T": 12,
    "P": 15,
    "E": 18,
}
_POWERS = {"Ki": 1, "Mi": 2, "Gi": 3, "Ti": 4, "Pi": 5, "Ei": 6}


def amount(quantity: int | str) -> int | None:
    """Return a quantity in billionths, None for one beyond all that Kubernetes counts."""
    match = _QUANTITY.fullmatch(str(quantity))
    if match is None or len(str(quantity)) > _MOST_DIGITS:
        return None
    whole, decimals, exponent, suffix = match.groups("")
    if exponent and abs(int(exponent)) > _MOST_DIGITS:
        return None
    power = int(exponent) if exponent else _SUFFIXES.get(suffix, 0)
    digits: int = int(whole + decimals or "0") << 10 * _POWERS.get(suffix, 0)
    power += _NANO - len(decimals)
    scale: int = 10 ** abs(power)
    return digits * scale if power >= 0 else -(-digits // scale)


def _resources_are_known(spec: Spec) -> Iterator[Problem]:
    for place, resources in _resources(spec):
        for key in ("requests", "limits"):
            for name in getattr(resources, key):
                if not _is_known(name):
                    expected = nearest(name, set(_DIVISIBLE)) or "cpu, memory or example.com/gpu"
                    problem = f'containers have no resource "{shown(name)}"'
                    yield (*place, key, name), problem, expected


def _amounts_are_possible(spec: Spec) -> Iterator[Problem]:
    for place, resources in _resources(spec):
        names = {*resources.requests, *resources.limits}
        for key in ("requests", "limits"):
            for name, quantity in getattr(resources, key).items():
                step = _step(name)
                if step and (size := amount(quantity)) is not None and size % step:
                    problem = f"{shown(name)} is given in whole units"
                    yield (*place, key, name), problem, f"a multiple of {_unit(name)}"
        pages = next((name for name in names if name.startswith(_PAGES)), None)
        if pages and not names & {"cpu", "memory"}:
            yield place, f"{pages} needs cpu or memory beside it", "a request of memory"


def _requests_are_within_limits(spec: Spec) -> Iterator[Problem]:
    for place, resources in _resources(spec):
        for name, quantity in resources.requests.items():
            here = (*place, "requests", name)
            if not _is_known(name):
                continue
            limit = resources.limits.get(name)
            if limit is None:
                if not _is_shared(name):
                    problem = f"{shown(name)} is not shared, so that its limit is its request"
                    yield here, problem, "the same amount in limits"
                continue
            size, most = amount(quantity), amount(limit)
            if size is None or most is None:
                continue
            if _is_shared(name) and size > most:
                problem = f"the request {quantity} of {shown(name)} is more than the limit {limit}"
                yield here, problem, f"at most {limit}"
            elif not _is_shared(name) and size != most:
                problem = f"the request {quantity} of {shown(name)} is not its limit {limit}"
                yield here, problem, f"{limit}, as in limits"


def _is_known(name: str) -> bool:
    if name in _DIVISIBLE or (name.startswith(_PAGES) and amount(name[len(_PAGES) :])):
        return True
    return "/" in name and is_of(LabelKey, name) and not name.startswith("requests.")


def _is_shared(name: str) -> bool:
    """Tell whether several containers can be promised more of a resource than there is."""
    return name in _DIVISIBLE or _NATIVE in name


def _step(name: str) -> int:
    """Return of which amount a resource is a multiple, 0 for any."""
    if _is_shared(name) or not _is_known(name):
        return 0
    return amount(_unit(name)) or 0


def _unit(name: str) -> str:
    return name[len(_PAGES) :] if name.startswith(_PAGES) else "1"


def _resources(spec: Spec) -> Iterator[tuple[Pointer, Resources]]:
    for place, container in containers(spec):
        if container.resources:
            yield (*place, "resources"), container.resources


CHECKS: Checks = {
    _resources_are_known: ("containers.resources",),
    _amounts_are_possible: ("containers.resources",),
    _requests_are_within_limits: ("containers.resources",),
}

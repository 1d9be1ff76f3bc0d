"""Tools of all checks: the shape of a problem, and questions asked of many fields."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from kure_hooks.apps.workload.inputs.containers import Container
from kure_hooks.apps.workload.inputs.security import PodSecurityContext
from kure_hooks.apps.workload.spec import Spec
from kure_hooks.decoding import nearest
from kure_hooks.decoding.selectors import selector_problems
from kure_hooks.manifests import plain
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem
from kure_hooks.yamlio.scalars import shown

Check = Callable[[Spec], Iterator[Problem]]
Checks = Mapping[Check, Sequence[str]]
"""The checks of a module, each with the fields that it needs one of to find anything.

`ingress` is a field of the spec, `services.ports` one of a service, and `containers.env` one of a
container, be it in `containers` or in `initContainers`.
"""


def containers(spec: Spec) -> Iterator[tuple[Pointer, Container]]:
    """Yield all containers of the pod with their places."""
    for at, container in enumerate(spec.containers):
        yield ("containers", at), container
    for at, container in enumerate(spec.init_containers):
        yield ("initContainers", at), container


def contexts(spec: Spec) -> Iterator[tuple[Pointer, PodSecurityContext]]:
    """Yield the security context of the pod and those of its containers, with their places."""
    if spec.security_context:
        yield ("securityContext",), spec.security_context
    for place, container in containers(spec):
        if container.security_context:
            yield (*place, "securityContext"), container.security_context


def given(fields: Struct | None) -> Sequence[str]:
    """Return the keys that the author wrote."""
    return () if fields is None else tuple(plain(fields))


def exactly_one(place: Pointer, keys: Sequence[str], expected: str) -> Iterator[Problem]:
    """Yield a problem unless one key was given."""
    if len(keys) != 1:
        problem = f"{' and '.join(keys)} exclude each other" if keys else "nothing is given"
        yield place, problem, f"exactly one of {expected}"


def distinct(names: Iterable[tuple[Pointer, str | None]]) -> Iterator[Problem]:
    """Yield a problem for each name that an earlier place has taken."""
    seen: set[str | None] = set()
    for place, name in names:
        if name is not None and name in seen:
            yield place, f"{shown(name)} is already in the list", "List each name once."
        seen.add(name)


def label_selector(place: Pointer, selector: Any) -> Iterator[Problem]:
    """Yield what the API server refuses of a label selector that lies at `place`."""
    yield from selector_problems(place, selector, closed=True)


def known(name: str, names: Iterable[str]) -> str:
    """Return the name that may have been meant, or the choices, or what to do without any."""
    return nearest(name, set(names)) or "Define it."

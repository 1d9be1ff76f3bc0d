"""Tools of all checks: the shape of a problem, and questions asked of many fields."""

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, TypeGuard

from msgspec import Struct

from kure_hooks.apps.workload.inputs.containers import Container
from kure_hooks.apps.workload.spec import Spec
from kure_hooks.decoding import nearest
from kure_hooks.decoding.refusals import is_of
from kure_hooks.decoding.types import LabelKey
from kure_hooks.manifests import plain
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem
from kure_hooks.yamlio.scalars import shown

_LENGTH = re.compile("0|[1-9][0-9]{0,2}")

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
            yield place, f"{shown(name)} is already in the list", "each name once"
        seen.add(name)


def known(name: str, names: Iterable[str]) -> str:
    """Return the name that may have been meant, or the choices, or what to do without any."""
    return nearest(name, set(names)) or "a definition of it"


def distinct_keys(entries: Iterable[tuple[Pointer, Hashable, str]]) -> Iterator[Problem]:
    """Yield a problem for each entry that the API server takes for one that came before.

    An entry is its place, its key, and the words for the key. Server-side apply refuses a list
    that has a key twice, even where the API itself would take it.
    """
    seen: set[Hashable] = set()
    for place, key, words in entries:
        if key in seen:
            yield place, f"{words} is already in the list", "each once"
        seen.add(key)


def literal(value: Any) -> TypeGuard[str]:
    """Tell whether a value is a string without variables, which alone can be judged."""
    return isinstance(value, str) and "${" not in value


def relative_path_problem(path: Any) -> tuple[str, str] | None:
    """Return why the API server refuses a path that has to stay below a directory."""
    if literal(path):
        if path.startswith("/"):
            return "the API server refuses a path that begins with /", "a relative path"
        if ".." in path.split("/"):
            return "the API server refuses a path with ..", "a path that stays below its directory"
    return None


def key_problem(key: Any) -> tuple[str, str] | None:
    """Return why a text is no key of the kind that labels and resources have."""
    if literal(key) and not is_of(LabelKey, key):
        return f'the API server refuses the key "{shown(key)}"', "a key such as example.com/team"
    return None


def is_address(text: str) -> bool:
    """Tell whether a text is an IP address as the API server reads it."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    return "%" not in text and not (isinstance(address, IPv6Address) and address.ipv4_mapped)


def network(text: str) -> IPv4Network | IPv6Network | None:
    """Return the range of addresses that a text stands for, None for none."""
    address, _, length = text.partition("/")
    try:
        return ip_network(text) if _LENGTH.fullmatch(length) and is_address(address) else None
    except ValueError:
        return None

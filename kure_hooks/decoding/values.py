"""Values that many kinds have: literal strings, paths, keys, addresses, lists without doubles."""

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_interface, ip_network
from typing import Any, TypeGuard, TypeVar

from kure_hooks.decoding.refusals import is_of
from kure_hooks.decoding.types import LabelKey
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem
from kure_hooks.yamlio.scalars import shown

Key = TypeVar("Key", bound=Hashable)

_PORTS = range(1, 65536)
_PORT_NAME = re.compile(r"(?=.{1,15}\Z)(?=[^\n]*[a-z])[a-z0-9]+(?:-[a-z0-9]+)*")
_PORT_WORDS = "at most 15 lower case letters, digits and single inner '-', with a letter in it"
_ODD_PARTS = ("//", "/./", "/../", "%2f", "%2F")
_ODD_ENDS = ("/..", "/.")
_DIGITS = 3
_LENGTH = re.compile("0|[1-9][0-9]{0,2}")


def literal(value: Any) -> TypeGuard[str]:
    """Tell whether a value is a string that can be judged: no variable, not encrypted by SOPS."""
    return isinstance(value, str) and "${" not in value and not value.startswith("ENC[")


def entries(value: Any, key: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield the mappings of the list below a key with their indices; none of another shape."""
    items = value.get(key) if isinstance(value, dict) else None
    for index, item in enumerate(items) if isinstance(items, list) else ():
        if isinstance(item, dict):
            yield index, item


def mapping(value: Any, key: str) -> Mapping[str, Any]:
    """Return the mapping below a key, an empty one for anything else."""
    part = value.get(key) if isinstance(value, dict) else None
    return part if isinstance(part, dict) else {}


def port_problem(port: Any) -> tuple[str, str] | None:
    """Return why a number or a name is no port; a name is one of IANA_SVC_NAME."""
    if isinstance(port, int) and not isinstance(port, bool) and port not in _PORTS:
        return f"there is no port {port}", f"a number from 1 to {_PORTS[-1]}"
    if literal(port) and port and not _PORT_NAME.fullmatch(port):
        problem = f'the API server refuses the name "{shown(port)}" of a port'
        expected = f"the number {shown(port)}, without quotes" if port.isdecimal() else _PORT_WORDS
        return problem, expected
    return None


def relative_path_problem(path: Any) -> tuple[str, str] | None:
    """Return why the API server refuses a path that has to stay below a directory."""
    if literal(path):
        if path.startswith("/"):
            return "the API server refuses a path that begins with /", "a relative path"
        if ".." in path.split("/"):
            problem = 'the API server refuses a path with ".."'
            return problem, "a path that stays below its directory"
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


def canonical(text: str) -> str:
    """Return an IP address, or a range of them, in the only form that new releases take.

    Before Kubernetes 1.36 numbers may begin with zeros, IPv4 addresses may be written as IPv6, and
    a range may begin anywhere within itself. Empty for what is neither.
    """
    address, slash, length = text.partition("/")
    numbers = address.split(".")
    if text.isascii() and all(_is_short(number) for number in numbers):
        address = ".".join(str(int(number)) for number in numbers)
    try:
        plain = ip_address(address)
        if isinstance(plain, IPv6Address) and plain.ipv4_mapped and not slash:
            return str(plain.ipv4_mapped)
        return str(ip_interface(f"{plain}/{length}").network) if slash else str(plain)
    except ValueError:
        return ""


def _is_short(number: str) -> bool:
    return number.isdecimal() and len(number) <= _DIGITS


def range_problem(cidr: str) -> tuple[str, str]:
    """Return the words for a text that is no range of addresses, with the one that is near."""
    try:
        near = str(ip_interface(cidr).network) if "/" in cidr else f"{ip_interface(cidr)}"
    except ValueError:
        near = "a range such as 10.0.0.0/8"
    return f'"{shown(cidr)}" is no range of addresses', near


def odd_part(path: str) -> str:
    """Return the part of a URL's path that the API server refuses; empty for a plain one."""
    part = next((part for part in _ODD_PARTS if part in path), "")
    return part or next((end for end in _ODD_ENDS if path.endswith(end)), "")


def repeated(entries: Iterable[tuple[Pointer, Key]]) -> Iterator[tuple[Pointer, Key]]:
    """Yield the places of a list with the keys that an earlier place has."""
    seen: set[Hashable] = set()
    for place, key in entries:
        if key in seen:
            yield place, key
        seen.add(key)


def distinct_keys(entries: Iterable[tuple[Pointer, Hashable, str]]) -> Iterator[Problem]:
    """Yield a problem for each entry that the API server takes for one that came before.

    An entry is its place, its key, and the words for the key. Server-side apply refuses a list
    that has a key twice, even where the API itself would take it.
    """
    seen: set[Hashable] = set()
    for place, key, words in entries:
        if key in seen:
            yield place, *listed_twice(words)
        seen.add(key)


def listed_twice(words: str) -> tuple[str, str]:
    """Return the problem of what a list has already, and what to do."""
    return f"{words} is already in the list", "List it once."

"""Values that many kinds have: literal strings, paths, keys, addresses, lists without doubles."""

import re
from collections.abc import Hashable, Iterable, Iterator
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, TypeGuard

from kure_hooks.decoding.refusals import is_of
from kure_hooks.decoding.types import LabelKey
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem
from kure_hooks.yamlio.scalars import shown

_LENGTH = re.compile("0|[1-9][0-9]{0,2}")


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

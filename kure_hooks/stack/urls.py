"""Addresses of repositories: URLs and the form that scp has, taken apart."""

import re

from msgspec import Struct

_SCP = re.compile(r"\A(?P<login>[\w.-]+@)?(?P<host>[\w.-]+):(?!//)(?P<path>.+)", re.DOTALL)
_URL = re.compile(
    r"\A(?:(?P<scheme>[a-z][a-z0-9+.-]*)://)?(?P<login>[^/?#]*@)?"
    r"(?P<host>\[[^\]/?#]*\]|[^:/?#]*)(?::(?P<port>[^/?#]*))?(?P<path>[^?#]*)",
    re.DOTALL,
)


class Address(Struct, frozen=True):
    """The parts of an address as they are written; a part that it has not is empty.

    `login` is the user, with the password that there may be. `scheme` is empty for the form of scp,
    as in `git@example.com:acme/fleet.git`. A `port` may be no number.
    """

    scheme: str
    login: str
    host: str
    port: str
    path: str


def address(url: str) -> Address:
    """Return the parts of any text; of one that is no URL, whatever can be told."""
    match = _SCP.match(url) or _URL.match(url)
    parts = match.groupdict("") if match else {}
    return Address(
        scheme=parts.get("scheme", ""),
        login=parts.get("login", "").removesuffix("@"),
        host=parts.get("host", ""),
        port=parts.get("port", ""),
        path=parts.get("path", ""),
    )

"""Addresses of repositories: their parts, and when two of them are one repository."""

import re

from msgspec import Struct

_LOGIN = re.compile(r"^([a-z][a-z0-9+.-]*://)[^/@]*@")


_SCP = re.compile(r"\A(?P<login>[\w.-]+@)?(?P<host>[\w.-]+):(?!//)(?P<path>.+)", re.DOTALL)


_URL = re.compile(
    r"\A(?:(?P<scheme>[a-z][a-z0-9+.-]*)://)?(?P<login>[^/?#]*@)?"
    r"(?P<host>\[[^\]/?#]*\]|[^:/?#]*)(?::(?P<port>[^/?#]*))?(?P<path>[^?#]*)",
    re.DOTALL,
)


def without_login(url: str) -> str:
    """Return a URL without the name and password that it may have."""
    return _LOGIN.sub(r"\1", url)


def repository(url: str) -> str:
    """Return what is the same for all URLs of one repository: host and path, in lower case.

    `git@example.com:acme/fleet.git`, `ssh://git@example.com:22/acme/fleet` and
    `https://example.com/acme/fleet` are one, and so are the hosts that GitHub, GitLab, Bitbucket
    and Azure DevOps have for SSH.
    """
    parts = address(url)
    host = parts.host.lower().removeprefix("ssh.").removeprefix("altssh.")
    path = parts.path.strip("/").removesuffix(".git").removeprefix("v3/").replace("/_git/", "/")
    return f"{host}/{path}".casefold()


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

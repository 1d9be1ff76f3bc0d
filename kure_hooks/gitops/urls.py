"""The URLs of git repositories, which people write in many ways for the same one."""

import re
from collections.abc import Hashable
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

_SCP = re.compile(r"\A(?:[^@/\s:]++@)?(?P<host>\[[^\]]++\]|[^/\s:@\[]++):(?!//)(?P<path>.+)")
_PORTS = {"https": 443, "http": 80, "ssh": 22, "git": 9418}
_SCHEMES = ("git", "http", "https", "ssh")
# Their SSH servers at the port of HTTPS, for networks that let nothing else out.
_SAME_HOSTS = {
    "ssh.github.com": "github.com",
    "altssh.gitlab.com": "gitlab.com",
    "altssh.bitbucket.org": "bitbucket.org",
    "www.github.com": "github.com",
    "www.gitlab.com": "gitlab.com",
    "ssh.dev.azure.com": "dev.azure.com",
}
_SHARED_PORTS = {"ssh.github.com": 443, "altssh.gitlab.com": 443, "altssh.bitbucket.org": 443}


class _Place(NamedTuple):
    """A repository at a host; the port is 0 for the usual one of any protocol."""

    host: str
    port: int
    path: str


def same_repository(one: str, other: str) -> bool:
    """Tell whether two URLs are of the same repository.

    They may differ in protocol (https, ssh, git@host:path), user, the usual port, the case of the
    host and of the path, `.git` and slashes at the end. What is no URL of git, such as a path or a
    registry of charts, is the same as nothing but itself.
    """
    first = key_of(one)
    return first is not None and first == key_of(other)


def key_of(url: str) -> Hashable:
    """Return what is equal for the URLs of one repository, None for an empty one."""
    return _place(url) or url.strip() or None


def may_be_fork(one: str, other: str) -> bool:
    """Tell whether two URLs of git are of repositories with the same name, as forks are."""
    first, second = _place(one), _place(other)
    if first is None or second is None:
        return False
    return first.path.rpartition("/")[2] == second.path.rpartition("/")[2]


@lru_cache(maxsize=1 << 12)
def _place(url: str) -> _Place | None:
    text = url.strip()
    if "://" not in text:
        written = _SCP.fullmatch(text)
        if written is None:
            return _without_scheme(text)
        return _normal(written["host"], 0, written["path"])
    try:
        split = urlsplit(text)
        port = split.port
    except ValueError:
        return None
    scheme = split.scheme.lower().removeprefix("git+")
    if scheme not in _SCHEMES or not split.hostname:
        return None
    is_usual = port in (None, _PORTS[scheme], _SHARED_PORTS.get(split.hostname))
    return _normal(split.hostname, 0 if is_usual else port or 0, split.path)


def _without_scheme(text: str) -> _Place | None:
    """Return the place of `host.name/path`, as `git remote` and go modules never write it."""
    host, slash, path = text.partition("/")
    if slash and "." in host.strip(".") and not host.startswith("."):
        return _normal(host, 0, path)
    return None


def _normal(host: str, port: int, path: str) -> _Place | None:
    parts = [part for part in unquote(path).lower().split("/") if part]
    if not parts or ".." in parts:
        return None
    parts[-1] = parts[-1].removesuffix(".git")
    host = host.lower().strip("[]").rstrip(".")
    host = _SAME_HOSTS.get(host, host)
    if host == "dev.azure.com":
        parts = [part for index, part in enumerate(parts) if (index, part) != (0, "v3")]
        parts = [part for part in parts if part != "_git"]
    return _Place(host, port, "/".join(parts))

"""Addresses of repositories, and one check of a source, whatever asks for it.

That may be a bundle, a package, a chart or a bootstrap. The check refuses what source-controller
1.7 (Flux 2.9) and the libraries behind it refuse: go-git, go-containerregistry, minio-go and
Masterminds/semver.
"""

import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct
from msgspec.structs import fields

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


Fault = tuple[str, str, str]
"""The field of a `Definition`, what is wrong with it and what is expected."""

SCHEMES = {
    "GitRepository": ("https", "http", "ssh"),
    "OCIRepository": ("oci",),
    "HelmRepository": ("https", "http", "oci"),
}

_REGISTRY_PATH = re.compile(r"(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)+/?")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_NO_REFERENCE = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|^[/.-]|/\.|[/.]\Z|\.lock(?:/|\Z)")
_FULL = {"branch": "refs/heads/", "tag": "refs/tags/"}
_VARIABLE = "${"
_AN_OCI_TAG = "at most 128 letters, digits, '-', '_' and '.'"


class Definition(Struct, frozen=True, kw_only=True):
    """The definition of a source, under the names of a bundle's `sourceRef`.

    `takes_scp` says that the tool reads addresses in the form of scp, which Argo CD does.
    """

    kind: str
    url: str = ""
    endpoint: str = ""
    provider: str = ""
    branch: str = ""
    tag: str = ""
    semver: str = ""
    ref: str = ""
    commit: str = ""
    digest: str = ""
    takes_scp: bool = False


def definition(kind: str, *parts: Struct, **more: Any) -> Definition:
    """Return what the strings of input say together, under the names of a `Definition`.

    `more` has values that are none of that input, or not under their name in it.
    """
    names = {field.name for field in fields(Definition)}
    written = {
        name: value
        for part in parts
        for name in part.__struct_fields__
        if name in names and isinstance(value := getattr(part, name), str)
    }
    return Definition(**(written | more | {"kind": kind}))


def problems(source: Definition) -> Iterator[Fault]:
    """Yield what keeps a source from being fetched; a field with a variable is not judged."""
    if source.url and _VARIABLE not in source.url:
        yield from _url(source, address(source.url))
    if source.kind == "Bucket" and source.endpoint and _VARIABLE not in source.endpoint:
        yield from _endpoint(source)
    yield from _revision(source)


def leaves(path: str) -> bool:
    """Tell whether a path of a source leads out of the source."""
    depth = 0
    for segment in path.split("/"):
        depth += {"..": -1, ".": 0, "": 0}.get(segment, 1)
        if depth < 0:
            return True
    return False


def _url(source: Definition, parts: Address) -> Iterator[Fault]:
    schemes = SCHEMES.get(source.kind, ())
    if source.kind == "GitRepository" and not parts.scheme:
        if not source.takes_scp:
            problem = "this is the form of scp, which Flux does not take for a URL"
            yield "url", problem, _ssh(parts, parts.path)
    elif parts.scheme == "file":
        problem = "the files of a machine are not there on the cluster"
        yield "url", problem, "the URL of a repository that the cluster can reach"
    elif parts.scheme == "ssh" and not parts.port.isdecimal() and parts.port:
        problem = f"{parts.port} is no port, and this is half a URL and half the form of scp"
        yield "url", problem, _ssh(parts, f"{parts.port}{parts.path}")
    elif schemes and parts.scheme not in schemes:
        wanted = " or ".join(f"{each}://" for each in schemes)
        expected = f"a URL with {wanted}"
        if source.kind == "OCIRepository" and parts.scheme in ("https", "http"):
            expected = f"oci://{_host(parts)}{parts.path}"
            expected += " and insecure: true" if parts.scheme == "http" else ""
        yield "url", f"a source of kind {source.kind} can't be fetched from this URL", expected
    elif parts.scheme == "oci":
        yield from _registry(parts)


def _registry(parts: Address) -> Iterator[Fault]:
    repository, at, digest = parts.path.partition("@")
    repository, colon, tag = repository.partition(":")
    bare = f"oci://{_host(parts)}{repository}"
    if at:
        problem = "the URL of an OCI repository has no digest"
        yield "url", problem, f"{bare} and digest: {digest}"
    elif colon:
        yield "url", "the URL of an OCI repository has no tag", f"{bare} and tag: {tag}"
    elif repository.strip("/") and not _REGISTRY_PATH.fullmatch(repository):
        lower = f"oci://{_host(parts)}{repository.lower()}"
        near = lower if _REGISTRY_PATH.fullmatch(repository.lower()) else "lower-case letters"
        yield "url", "a registry has no repository of this name", near


def _endpoint(source: Definition) -> Iterator[Fault]:
    """Yield what is wrong with an endpoint, which is a host but for Azure, where it is a URL."""
    scheme, separator, rest = source.endpoint.rpartition("://")
    if source.provider != "azure" and (separator or "/" in rest):
        host = rest.partition("/")[0] or "a host such as s3.amazonaws.com"
        insecure = " and insecure: true" if scheme == "http" else ""
        yield "endpoint", "an endpoint is a host, without scheme and path", f"{host}{insecure}"


def _revision(source: Definition) -> Iterator[Fault]:
    if source.semver:
        from kure_hooks.stack.semver import VERSION_RANGE, is_range  # noqa: PLC0415 - few have one

        if not is_range(source.semver):
            yield "semver", "this is neither a version nor a range of versions", VERSION_RANGE
    if source.digest and not _fits(_DIGEST, source.digest):
        near = source.digest.rpartition("@")[2]
        expected = near if _DIGEST.fullmatch(near) else "sha256: and 64 hexadecimal digits"
        yield "digest", "this is no digest", expected
    if source.kind == "OCIRepository" and source.tag:
        yield from _oci_tag(source.tag)
    if source.kind == "GitRepository":
        yield from _git_revision(source)


def _oci_tag(tag: str) -> Iterator[Fault]:
    near = tag.rpartition("@")[2]
    if near.startswith("sha256:"):
        yield "tag", "this is a digest and no tag", f"digest: {near}"
    elif not _fits(_TAG, tag):
        yield "tag", "a registry has no tag of this name", _AN_OCI_TAG


def _git_revision(source: Definition) -> Iterator[Fault]:
    if source.commit and not _fits(_COMMIT, source.commit):
        yield "commit", "this is not the whole hash of a commit", "all 40 hexadecimal digits"
    for field, start in _FULL.items():
        name = getattr(source, field)
        if name.startswith("refs/"):
            problem = f"a {field} is named without {start}"
            near = name.removeprefix(start)
            yield field, problem, near if near != name else f"ref: {name}"
        elif name and _VARIABLE not in name and _NO_REFERENCE.search(name):
            yield field, f"git has no {field} of this name", f"the name of a {field}"
    if source.ref and source.ref != "HEAD" and not source.ref.startswith("refs/"):
        problem = "a ref is named in full"
        yield "ref", problem, f"refs/heads/{source.ref}, or branch: {source.ref}"


def _fits(pattern: re.Pattern[str], text: str) -> bool:
    return _VARIABLE in text or pattern.fullmatch(text) is not None


def _ssh(parts: Address, path: str) -> str:
    return f"ssh://{parts.login or 'git'}@{parts.host}/{path.lstrip('/')}"


def _host(parts: Address) -> str:
    return f"{parts.host}:{parts.port}" if parts.port else parts.host

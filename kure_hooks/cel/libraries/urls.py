"""URLs: the library `url`, which reads them as net/url of Go 1.26 does."""

import ipaddress
import re
from urllib.parse import quote_from_bytes, unquote_to_bytes

from msgspec import Struct

from kure_hooks.cel.libraries.declaration import Function, tagged, untagged

_KIND = "kubernetes.URL"
_SCHEME = re.compile(r"\A([A-Za-z][A-Za-z0-9+.-]*+):", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_LOW_ESCAPE = re.compile(r"%(?!25)[0-7]")
_USER = re.compile(r"[A-Za-z0-9._:~!$&'()*+,;=%@-]*", re.ASCII)
_HOST = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:\[\]<>\"%-]*", re.ASCII)
_PORT = re.compile(r"(?::[0-9]*)?", re.ASCII)
_WEB = ("http", "https")
# Bytes of a path that stay as they are, when all of it is escaped anew.
_KEPT = "$&+,/:;=@-_.~"
# Bytes that a path which is taken over as it was written may have beside those.
_WRITTEN = re.compile(r"[A-Za-z0-9$&+,/:;=@_.~!'()*\[\]%-]*", re.ASCII)


class Address(Struct, frozen=True):
    """The parts of a URL."""

    scheme: str = ""
    host: str = ""
    path: str = ""
    query: str = ""


def request_address(text: str, *, is_request: bool = True) -> Address:
    """Read an absolute URL or an absolute path (url.ParseRequestURI); raise ValueError for none.

    Without `is_request` two slashes begin a host where there is no scheme (url.Parse).
    """
    if _CONTROL.search(text) or not text:
        raise ValueError("invalid control character in URL" if text else "empty url")
    if text == "*":
        return Address(path="*")
    if text.startswith(":"):
        raise ValueError("missing protocol scheme")
    match = _SCHEME.match(text)
    scheme, rest = (match[1].lower(), text[match.end() :]) if match else ("", text)
    rest, query = _cut_query(rest)
    if not rest.startswith("/"):
        if scheme:
            return Address(scheme=scheme, query=query)
        raise ValueError("invalid URI for request")
    host = ""
    has_host = bool(scheme) or not (is_request or rest.startswith("///"))
    if has_host and rest.startswith("//"):
        authority, slash, path = rest[2:].partition("/")
        host, rest = _authority(scheme, authority), slash + path
    return Address(scheme, host, _checked(rest), query)


def _cut_query(text: str) -> tuple[str, str]:
    rest, _, query = text.partition("?")
    return rest, query


def _checked(text: str) -> str:
    if _BAD_ESCAPE.search(text):
        raise ValueError("invalid URL escape")
    return text


def _authority(scheme: str, authority: str) -> str:
    user, at, host = authority.rpartition("@")
    if at and not _USER.fullmatch(user):
        raise ValueError("net/url: invalid userinfo")
    _checked(user)
    return _host(scheme, host)


def _host(scheme: str, host: str) -> str:
    bracket = host.rfind("[")
    if bracket > 0:
        raise ValueError("invalid IP-literal")
    if bracket == 0:
        return _literal(host)
    first = host.find(":")
    if first >= 0 and scheme not in _WEB:
        first = host.rfind(":")
    if first >= 0 and not _PORT.fullmatch(host[first:]):
        raise ValueError("invalid port after host")
    return _unescaped_host(host)


def _literal(host: str) -> str:
    inner, closing, port = host[1:].rpartition("]")
    if not closing or not _PORT.fullmatch(port):
        raise ValueError("missing ']' in host")
    address, zone, name = inner.partition("%25")
    unescaped = _unescaped_host(address)
    ipaddress.IPv6Address(unescaped)
    if zone:
        if not name:
            raise ValueError("invalid host: zone must be a non-empty string")
        unescaped += unquote_to_bytes(_checked(zone + name)).decode(errors="replace")
    return f"[{unescaped}]{port}"


def _unescaped_host(host: str) -> str:
    ascii_part = "".join(character for character in host if character.isascii())
    if not _HOST.fullmatch(ascii_part) or _LOW_ESCAPE.search(_checked(host)):
        raise ValueError("invalid character in host name")
    return unquote_to_bytes(host).decode(errors="replace")


def is_request_address(text: str) -> bool:
    """Tell whether a text is an absolute URL or an absolute path."""
    try:
        request_address(text)
    except ValueError:
        return False
    return True


def _url(text: str) -> str:
    request_address(text)
    _parsed(text)
    return tagged(_KIND, text)


def _parsed(text: str) -> Address:
    """Read a URL without its fragment (url.Parse), which has passed as one for a request."""
    bare, _, fragment = text.partition("#")
    _checked(fragment)
    return request_address(bare, is_request=False) if bare else Address()


def _of(value: str) -> Address:
    return _parsed(untagged(_KIND, value))


def _hostname(value: str) -> str:
    host = _of(value).host
    if host.startswith("[") and "]" in host:
        return host[1 : host.index("]")]
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() | (not port) else host


def _port(value: str) -> str:
    host = _of(value).host
    _, colon, port = host.rpartition(":")
    return port if colon and port.isascii() and port.isdigit() else ""


def _path(value: str) -> str:
    path = _of(value).path
    if _WRITTEN.fullmatch(path):
        return path
    return quote_from_bytes(unquote_to_bytes(path), safe=_KEPT)


def _query(value: str) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for pair in _of(value).query.split("&"):
        if ";" in pair or not pair or _BAD_ESCAPE.search(pair):
            continue
        key, _, text = pair.partition("=")
        values.setdefault(_unescaped(key), []).append(_unescaped(text))
    return values


def _unescaped(text: str) -> str:
    return unquote_to_bytes(text.replace("+", " ")).decode(errors="replace")


_ONE = ("STRING",)

FUNCTIONS = (
    Function("url", _ONE, "STRING", _url),
    Function("isURL", _ONE, "BOOL", is_request_address),
    Function("getScheme", _ONE, "STRING", lambda value: _of(value).scheme, is_method=True),
    Function("getHost", _ONE, "STRING", lambda value: _of(value).host, is_method=True),
    Function("getHostname", _ONE, "STRING", _hostname, is_method=True),
    Function("getPort", _ONE, "STRING", _port, is_method=True),
    Function("getEscapedPath", _ONE, "STRING", _path, is_method=True),
    Function("getQuery", _ONE, "MAP", _query, is_method=True),
)

"""The formats of strings that the API server checks in custom resources.

Those are the formats of k8s.io/kube-openapi's strfmt that k8s.io/apiextensions-apiserver v0.36
supports; it ignores all others. The names are without dashes, as it compares them.
"""

import re
from base64 import b64decode
from binascii import Error
from collections.abc import Callable, Mapping
from functools import cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from urllib.parse import urlsplit

from kure_hooks import times

_HEX = "[0-9a-fA-F]"
_VARIANT = "[89abAB]"


def _digits(version: str = _HEX, variant: str = _HEX) -> str:
    return f"{_HEX}{{8}}-?{_HEX}{{4}}-?{version}{_HEX}{{3}}-?{variant}{_HEX}{{3}}-?{_HEX}{{12}}"


_EXPRESSIONS = {
    "bsonobjectid": f"{_HEX}{{24}}",
    "email": r"\A(?:[^\s@<>]++@[^\s@<>]++|[^<>]*+<[^\s@<>]++@[^\s@<>]++>)",
    "hexcolor": f"#?({_HEX}{{3}}|{_HEX}{{6}})",
    "mac": rf"({_HEX}{{2}}[:-]){{5,19}}{_HEX}{{2}}|({_HEX}{{4}}\.){{2,9}}{_HEX}{{4}}",
    "uuid": _digits(),
    "uuid3": _digits("3"),
    "uuid4": _digits("4", _VARIANT),
    "uuid5": _digits("5", _VARIANT),
}
_LABEL = r"[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_TOP_LABEL = r"[a-zA-Z]{2,63}"
_NO_URI = r"[\x00-\x20\x7f]|%(?![0-9a-fA-F]{2})"
_SCHEME = r"\A[a-zA-Z][a-zA-Z0-9+.-]*+:"
_LENGTH = r"0|[1-9][0-9]{0,2}"


# Most runs need few of these.
@cache
def _expressions() -> Mapping[str, re.Pattern[str]]:
    return {name: re.compile(pattern) for name, pattern in _EXPRESSIONS.items()}


@cache
def _length() -> re.Pattern[str]:
    return re.compile(_LENGTH)


@cache
def _label() -> re.Pattern[str]:
    return re.compile(_LABEL)


@cache
def _top_label() -> re.Pattern[str]:
    return re.compile(_TOP_LABEL)


@cache
def _no_uri() -> re.Pattern[str]:
    return re.compile(_NO_URI)


@cache
def _scheme() -> re.Pattern[str]:
    return re.compile(_SCHEME)


@cache
def _decoded() -> re.Pattern[str]:
    return re.compile(_DECODED)


def _fits(name: str) -> Callable[[str], bool]:
    return lambda text: _expressions()[name].fullmatch(text) is not None


# Go's time.Parse takes an hour of one digit and a comma, which RFC 3339 does not have.
_DECODED = (
    r"([0-9-]{10})T([01]?[0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.,][0-9]+)?"
    r"(Z|[+-]([01][0-9]|2[0-4]):([0-5][0-9]|60))"
)


def is_decoded_time(text: str) -> bool:
    """Tell whether Go's decoder of metav1.Time reads a text."""
    match = _decoded().fullmatch(text)
    return match is not None and times.is_date(match[1])


def _is_base64(text: str) -> bool:
    try:
        return bool(b64decode(text, validate=True))
    except (Error, ValueError):
        return False


def _is_address(kind: type[IPv4Address | IPv6Address]) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        if "%" in text:
            return False
        try:
            kind(text)
        except AddressValueError:
            return False
        return True

    return check


_is_ipv4 = _is_address(IPv4Address)
_is_ipv6 = _is_address(IPv6Address)


def _is_cidr(text: str) -> bool:
    address, slash, length = text.partition("/")
    if not slash or not _length().fullmatch(length):
        return False
    return (_is_ipv4(address) and int(length) <= 32) or (  # noqa: PLR2004 - bits of an address
        _is_ipv6(address) and int(length) <= 128  # noqa: PLR2004
    )


def _is_uri(text: str) -> bool:
    if not text or _no_uri().search(text):
        return False
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return False
    if text.startswith("/"):
        return True
    return _scheme().match(text) is not None


def _is_host(text: str) -> bool:
    labels = text.split(".")
    if len(text.encode()) > 255 or any(len(label.encode()) > 63 for label in labels):  # noqa: PLR2004
        return False
    if len(labels) == 1:
        return bool(_label().fullmatch(text))
    return all(_label().fullmatch(label) for label in labels[:-1]) and bool(
        _top_label().fullmatch(labels[-1])
    )


FORMATS: Mapping[str, Callable[[str], bool]] = {
    "bsonobjectid": _fits("bsonobjectid"),
    "byte": _is_base64,
    "cidr": _is_cidr,
    "date": times.is_date,
    "datetime": times.is_time,
    "duration": times.is_duration,
    "email": _fits("email"),
    "hexcolor": _fits("hexcolor"),
    "hostname": _is_host,
    "ipv4": _is_ipv4,
    "ipv6": _is_ipv6,
    "mac": _fits("mac"),
    "uri": _is_uri,
    "uuid": _fits("uuid"),
    "uuid3": _fits("uuid3"),
    "uuid4": _fits("uuid4"),
    "uuid5": _fits("uuid5"),
}
"""By name, whether a string is of the format.

Left out are those of books, cards and people: isbn, creditcard, ssn, rgbcolor; no CRD that we know
of has them. A password is any string.
"""

"""Addresses and networks: the libraries `ip` and `cidr`."""

import ipaddress
import re
from collections.abc import Callable

from kure_hooks.cel.libraries.declaration import Function, tagged, text_of, untagged

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Interface = ipaddress.IPv4Interface | ipaddress.IPv6Interface

_IP, _CIDR = "kubernetes.IP", "kubernetes.CIDR"
_LENGTH = re.compile(r"0|[1-9][0-9]{0,2}", re.ASCII)
_LOCAL_4 = ipaddress.IPv4Network("224.0.0.0/24")
_LOCAL_6 = 0xFF02


def _address(text: str) -> Address:
    """Read an address as net/netip of Go does, without zones and without IPv4 in IPv6."""
    address = ipaddress.ip_address(text)
    if "%" in text or (address.version == 6 and address.ipv4_mapped is not None):  # noqa: PLR2004
        raise ValueError(f"IP address {text!r} is not allowed")
    return address


def _interface(text: str) -> Interface:
    address, slash, length = text.rpartition("/")
    if not slash or not _LENGTH.fullmatch(length):
        raise ValueError(f"network address {text!r} has no length")
    _address(address)
    return ipaddress.ip_interface(text)


def _of_ip(value: str) -> Address:
    return ipaddress.ip_address(untagged(_IP, value))


def _of_cidr(value: str) -> Interface:
    return ipaddress.ip_interface(untagged(_CIDR, value))


def _ip(text: str) -> str:
    return tagged(_IP, str(_address(text)))


def _cidr(text: str) -> str:
    return tagged(_CIDR, str(_interface(text)))


def _is(read: Callable[[str], object]) -> Callable[[str], bool]:
    def judge(text: str) -> bool:
        try:
            read(text)
        except ValueError:
            return False
        return True

    return judge


def _is_canonical(text: str) -> bool:
    return str(_address(text)) == text


def _is_local_multicast(value: str) -> bool:
    address = _of_ip(value)
    if isinstance(address, ipaddress.IPv4Address):
        return address in _LOCAL_4
    # The four bits of flags do not count.
    return int(address) >> 112 & 0xFF0F == _LOCAL_6 & 0xFF0F


def _is_global_unicast(value: str) -> bool:
    address = _of_ip(value)
    return not (
        address.is_unspecified
        or address.is_loopback
        or address.is_multicast
        or address.is_link_local
        or str(address) == "255.255.255.255"
    )


def _contains_ip(network: str, address: str) -> bool:
    inner = _address(text_of(address))
    return inner in _of_cidr(network).network


def _contains_cidr(network: str, other: str) -> bool:
    outer, inner = _of_cidr(network).network, _interface(text_of(other)).network
    return outer.version == inner.version and inner.subnet_of(outer)  # type: ignore[arg-type]


_ONE, _TWO = ("STRING",), ("STRING", "STRING")

FUNCTIONS = (
    Function("ip", _ONE, "STRING", _ip),
    Function("isIP", _ONE, "BOOL", _is(_address)),
    Function("ip.isCanonical", _ONE, "BOOL", _is_canonical),
    Function("family", _ONE, "INT", lambda value: _of_ip(value).version, is_method=True),
    Function(
        "isUnspecified", _ONE, "BOOL", lambda value: _of_ip(value).is_unspecified, is_method=True
    ),
    Function("isLoopback", _ONE, "BOOL", lambda value: _of_ip(value).is_loopback, is_method=True),
    Function("isLinkLocalMulticast", _ONE, "BOOL", _is_local_multicast, is_method=True),
    Function(
        "isLinkLocalUnicast",
        _ONE,
        "BOOL",
        lambda value: _of_ip(value).is_link_local,
        is_method=True,
    ),
    Function("isGlobalUnicast", _ONE, "BOOL", _is_global_unicast, is_method=True),
    Function("cidr", _ONE, "STRING", _cidr),
    Function("isCIDR", _ONE, "BOOL", _is(_interface)),
    Function("containsIP", _TWO, "BOOL", _contains_ip, is_method=True),
    Function("containsCIDR", _TWO, "BOOL", _contains_cidr, is_method=True),
    Function(
        "ip", _ONE, "STRING", lambda value: tagged(_IP, str(_of_cidr(value).ip)), is_method=True
    ),
    Function(
        "prefixLength", _ONE, "INT", lambda value: _of_cidr(value).network.prefixlen, is_method=True
    ),
    Function(
        "masked",
        _ONE,
        "STRING",
        lambda value: tagged(_CIDR, str(_of_cidr(value).network)),
        is_method=True,
    ),
)

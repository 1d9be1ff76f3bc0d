"""Quantities, and the resources that containers ask for in them (resource.Quantity).

The rules are those of Kubernetes 1.36.
"""

import re
from functools import lru_cache
from typing import Any

from kure_hooks.decoding.refusals import is_of
from kure_hooks.decoding.types import LabelKey
from kure_hooks.yamlio.scalars import shown

DIVISIBLE = ("cpu", "memory", "ephemeral-storage")
PAGES = "hugepages-"
_NATIVE = "kubernetes.io/"
_NANO = 9
"""The decimals that the API server keeps of a quantity."""

_MOST_DIGITS = 40
_QUANTITY = re.compile(
    r"(?<![0-9.eE+-])\+?+(?=\.?[0-9])([0-9]*+)\.?+([0-9]*+)"
    r"(?:[eE]([-+]?+[0-9]++)|([KMGTPE]i|[numkMGTPE])?+)"
)
_SUFFIXES: dict[str, int] = {
    "n": -9,
    "u": -6,
    "m": -3,
    "": 0,
    "k": 3,
    "M": 6,
    "G": 9,
    "T": 12,
    "P": 15,
    "E": 18,
}
# So many quantities are remembered: few different ones are in many objects.
_TEXTS = 1 << 12
_NUMBER = re.compile(r"[0-9]{1,20}(\.[0-9]{1,20})?")
# Suffixes that people write, in lower case.
_NEAR = {
    "": "",
    "b": "",
    "cpu": "",
    "core": "",
    "cores": "",
    "vcpu": "",
    "millicores": "m",
    "kb": "k",
    "k": "k",
    "mb": "M",
    "gb": "G",
    "g": "G",
    "tb": "T",
    "t": "T",
    **{f"{letter}{end}": f"{letter.upper()}i" for letter in "kmgt" for end in ("i", "ib")},
}
_POWERS = {"Ki": 1, "Mi": 2, "Gi": 3, "Ti": 4, "Pi": 5, "Ei": 6}


@lru_cache(maxsize=_TEXTS, typed=True)
def amount(quantity: int | str) -> int | None:
    """Return a quantity in billionths, None for one beyond all that Kubernetes counts."""
    match = _QUANTITY.fullmatch(str(quantity))
    if match is None or len(str(quantity)) > _MOST_DIGITS:
        return None
    whole, decimals, exponent, suffix = match.groups("")
    if exponent and abs(int(exponent)) > _MOST_DIGITS:
        return None
    power = int(exponent) if exponent else _SUFFIXES.get(suffix, 0)
    digits: int = int(whole + decimals or "0") << 10 * _POWERS.get(suffix, 0)
    power += _NANO - len(decimals)
    scale: int = 10 ** abs(power)
    return digits * scale if power >= 0 else -(-digits // scale)


def quantity_problem(value: Any, *, signed: bool = False) -> tuple[str, str] | None:
    """Return why the API server reads no quantity of zero or more, and the one that is near.

    A quantity that is `signed` may be below zero.
    Nothing is said of a string with a variable or of what SOPS has encrypted.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None  # the schema refuses it
    return _text_problem(str(value), signed)


@lru_cache(maxsize=_TEXTS)
def _text_problem(text: str, signed: bool) -> tuple[str, str] | None:  # noqa: FBT001 - for the cache
    if _QUANTITY.fullmatch(text) or "${" in text or text.startswith("ENC["):
        return None
    if _QUANTITY.fullmatch(text.removeprefix("-")):
        below = amount(text[1:]) and not signed
        return (f"the quantity {text} is negative", "zero or more") if below else None
    number = _NUMBER.match(text)
    suffix = _NEAR.get(text[number.end() :].strip().lower()) if number else None
    near = f"a quantity such as {number.group()}{suffix}" if number and suffix is not None else ""
    problem = f'"{shown(text)}" is no quantity'
    return problem, near or "a quantity such as 500m, 2 or 64Mi"


def is_known(name: str) -> bool:
    """Tell whether a container may ask for a resource of this name."""
    if name in DIVISIBLE or (name.startswith(PAGES) and amount(name[len(PAGES) :])):
        return True
    return "/" in name and is_of(LabelKey, name) and not name.startswith("requests.")


def is_shared(name: str) -> bool:
    """Tell whether several containers can be promised more of a resource than there is."""
    return name in DIVISIBLE or _NATIVE in name


def step(name: str) -> int:
    """Return of which amount a resource is a multiple, 0 for any."""
    if is_shared(name) or not is_known(name):
        return 0
    return amount(unit(name)) or 0


def unit(name: str) -> str:
    """Return the quantity that a resource, which is not shared, is a multiple of."""
    return name[len(PAGES) :] if name.startswith(PAGES) else "1"

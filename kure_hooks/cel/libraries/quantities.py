"""Amounts such as 500m or 2Gi: the library `quantity` (apimachinery's resource.Quantity)."""

import re

from kure_hooks.cel.libraries.declaration import Function, tagged, untagged

_KIND = "kubernetes.Quantity"
_QUANTITY = re.compile(
    r"([+-]?)([0-9]*)(?:\.([0-9]*))?([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]{1,18})?", re.ASCII
)
_POWERS_OF_TEN = {
    "n": -9,
    "u": -6,
    "m": -3,
    "k": 3,
    "M": 6,
    "G": 9,
    "T": 12,
    "P": 15,
    "E": 18,
    "": 0,
}
_POWERS_OF_TWO = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_NANO = 9
_UNIT = 1_000_000_000
_MOST: int = (1 << 63) - 1
_LONGEST = 4096
_LARGE = ("Pi", "Ei")
# As many digits fit an integer of 64 bits for sure; with a power of two, more than these do not.
_DIGITS, _BINARY_DIGITS = 18, 15


def amount(text: str) -> int:
    """Return a quantity in billionths, rounded away from zero; raise ValueError for none."""
    sign, whole, fraction, suffix = _parts(text)
    digits = int(whole + fraction)
    power = _NANO - len(fraction)
    if suffix in _POWERS_OF_TWO:
        digits <<= _POWERS_OF_TWO[suffix]
    else:
        power += _power_of_ten(suffix)
    if abs(power) > _LONGEST:
        # Beyond what anybody compares; the true number would fill the memory.
        power = _LONGEST if power > 0 else -_LONGEST
    scale: int = 10 ** abs(power)
    value = digits * scale if power >= 0 else -(-digits // scale)
    if suffix in _POWERS_OF_TWO:
        value = min(value, _MOST * _UNIT)
    return -value if sign == "-" else value


def _parts(text: str) -> tuple[str, str, str, str]:
    """Return the sign, the digits before and after the point, and the suffix."""
    match = _QUANTITY.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None or not text:
        raise ValueError("quantities must match the regular expression")
    sign, whole, fraction, suffix = (group or "" for group in match.groups())
    if not (whole or fraction) and (suffix in _LARGE or _power_of_ten(suffix) < -_NANO):
        # Others stand for nothing, which is zero.
        raise ValueError("unable to parse numeric part of quantity")
    return sign, whole.lstrip("0") or "0", fraction, suffix


def _power_of_ten(suffix: str) -> int:
    power = 0 if suffix in _POWERS_OF_TWO else _POWERS_OF_TEN.get(suffix)
    if power is not None:
        return power
    # An exponent has 32 bits.
    return (int(suffix[1:]) + (1 << 31)) % (1 << 32) - (1 << 31)


def _integer(text: str) -> int:
    """Return a quantity that Go keeps as an integer of 64 bits; raise ValueError for any other."""
    value = amount(text)
    _, whole, fraction, suffix = _parts(text)
    if suffix in _POWERS_OF_TWO:
        power = _POWERS_OF_TWO[suffix]
        is_kept = not fraction and len(whole) + power * 3 // 10 < _BINARY_DIGITS
        is_kept = is_kept and "." not in text
    else:
        is_kept = len(whole + fraction) <= _DIGITS and _power_of_ten(suffix) >= len(fraction)
    if not is_kept or abs(value) > _MOST * _UNIT:
        raise ValueError("cannot convert value to integer")
    return value // _UNIT


def _is_integer(text: str) -> bool:
    amount(text)
    try:
        _integer(text)
    except ValueError:
        return False
    return True


def _quantity(text: str) -> str:
    return _made(amount(text))


def _is_quantity(text: str) -> bool:
    try:
        amount(text)
    except ValueError:
        return False
    return True


def _made(value: int) -> str:
    return tagged(_KIND, hex(value))


def value_of(quantity: str) -> int:
    """Return a quantity's billionths; raise ValueError for a value of another type."""
    return int(untagged(_KIND, quantity), 16)


def _is_whole(quantity: str) -> bool:
    value = value_of(quantity)
    return value % _UNIT == 0 and abs(value) <= _MOST * _UNIT


def _whole(quantity: str) -> int:
    if not _is_whole(quantity):
        raise ValueError("cannot convert value to integer")
    return value_of(quantity) // _UNIT


def _float(quantity: str) -> float:
    try:
        return value_of(quantity) / _UNIT
    except OverflowError:
        return float("inf") if value_of(quantity) > 0 else float("-inf")


def _sign(quantity: str) -> int:
    value = value_of(quantity)
    return (value > 0) - (value < 0)


_ONE, _TWO, _INT = ("STRING",), ("STRING", "STRING"), ("STRING", "INT")

FUNCTIONS = (
    Function("quantity", _ONE, "STRING", _quantity),
    Function("isQuantity", _ONE, "BOOL", _is_quantity),
    Function("@isInteger", _ONE, "BOOL", _is_integer),
    Function("@asInteger", _ONE, "INT", _integer),
    Function("sign", _ONE, "INT", _sign),
    Function("isInteger", _ONE, "BOOL", _is_whole, is_method=True),
    Function("asInteger", _ONE, "INT", _whole, is_method=True),
    Function("asApproximateFloat", _ONE, "DOUBLE", _float, is_method=True),
    Function(
        "add", _TWO, "STRING", lambda one, two: _made(value_of(one) + value_of(two)), is_method=True
    ),
    Function(
        "add", _INT, "STRING", lambda one, two: _made(value_of(one) + two * _UNIT), is_method=True
    ),
    Function(
        "sub", _TWO, "STRING", lambda one, two: _made(value_of(one) - value_of(two)), is_method=True
    ),
    Function(
        "sub", _INT, "STRING", lambda one, two: _made(value_of(one) - two * _UNIT), is_method=True
    ),
)

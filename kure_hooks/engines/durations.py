"""Durations in the form that Go writes, so that a controller's echo is no difference."""

import re
from decimal import Decimal

_PART = re.compile(r"(?<![0-9])([0-9]+(?:\.[0-9]+)?)(ms|s|m|h)")
_NANOSECONDS = {"ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}


def canonical(duration: str) -> str:
    """Return a valid duration as Go's Duration.String() writes it: `90s` is `1m30s`.

    What is below a nanosecond is cut off, as Go does. What is below a millisecond Go writes in
    units that the Flux CRDs (v2.9) refuse; it stays in milliseconds here.
    """
    total = _nanoseconds(duration)
    if not total:
        return "0s"
    if total < _NANOSECONDS["s"]:
        return f"{_in(total, 'ms')}ms"
    hours, rest = divmod(total, _NANOSECONDS["h"])
    minutes, rest = divmod(rest, _NANOSECONDS["m"])
    seconds = f"{_in(rest, 's')}s"
    if hours:
        return f"{hours}h{minutes}m{seconds}"
    return f"{minutes}m{seconds}" if minutes else seconds


def in_minutes(duration: str) -> str:
    """Return a valid duration without hours, as the CRDs want the timeout of a source (Flux 2.9).

    `90m` stays `90m0s`, where Go would write `1h30m0s`.
    """
    total = _nanoseconds(duration)
    if total < _NANOSECONDS["h"]:
        return canonical(duration)
    minutes, rest = divmod(total, _NANOSECONDS["m"])
    return f"{minutes}m{_in(rest, 's')}s"


def shorter(one: str, other: str) -> str:
    """Return the shorter one of two valid durations, the first one of equal ones."""
    return min(one, other, key=_nanoseconds)


def _nanoseconds(duration: str) -> int:
    parts = _PART.findall(duration)
    return sum(int(Decimal(number) * _NANOSECONDS[unit]) for number, unit in parts)


def _in(nanoseconds: int, unit: str) -> str:
    text = f"{Decimal(nanoseconds) / _NANOSECONDS[unit]:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text

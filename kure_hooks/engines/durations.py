"""Durations in the form that Go writes, so that a controller's echo is no difference."""

import re
from decimal import Decimal

_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h)")
_MILLISECONDS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000}


def canonical(duration: str) -> str:
    """Return a valid duration as Go's Duration.String() writes it: `90s` is `1m30s`.

    Milliseconds are the finest unit that the Flux CRDs accept; what is below is cut off.
    """
    parts = _PART.findall(duration)
    total = int(sum(Decimal(number) * _MILLISECONDS[unit] for number, unit in parts))
    if total < _MILLISECONDS["s"]:
        return f"{total}ms" if total else "0s"
    hours, rest = divmod(total, _MILLISECONDS["h"])
    minutes, rest = divmod(rest, _MILLISECONDS["m"])
    seconds = f"{Decimal(rest) / 1000:f}"
    seconds = seconds.rstrip("0").rstrip(".") if "." in seconds else seconds
    if hours:
        return f"{hours}h{minutes}m{seconds}s"
    return f"{minutes}m{seconds}s" if minutes else f"{seconds}s"

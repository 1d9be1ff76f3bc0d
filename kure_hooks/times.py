"""Durations and times in the formats of schemas, and as texts that CEL's own conversions take.

The formats are read as kube-openapi does (pkg/validation/strfmt), with nanoseconds.
"""

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import cache

_UNITS = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "μs": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
}
_DAY = 24 * _UNITS["h"]
_GO = r"(?a)[+-]?(?:0|(?:(?:\d++(?:\.\d*+)?|\.\d++)(?:ns|us|µs|μs|ms|s|m|h))++)"
_GO_PART = r"(?a)(?<!\d)(\d*+)(?:\.(\d*+))?([a-zµμ]++)"
_WORDED = r"(?a)(?<!\d)(\d++)\s*+([A-Za-zµ]++)"
# The last spelling of a unit may be followed by anything; the others stand alone.
_SPELLINGS = (
    (("ns",), "nano", _UNITS["ns"]),
    (("us", "µs"), "micro", _UNITS["us"]),
    (("ms",), "milli", _UNITS["ms"]),
    (("s",), "sec", _UNITS["s"]),
    (("m",), "min", _UNITS["m"]),
    (("h", "hr"), "hour", _UNITS["h"]),
    (("d",), "day", _DAY),
    (("w", "wk"), "week", 7 * _DAY),
)
_MOST = (1 << 63) - 1
_LONGEST = 256
_DIGITS = len(str(_MOST))
_DATE = r"(?a)(\d{4})-(\d\d)-(\d\d)"
_FORMAT = (
    r"(?ais)\A(?P<day>[^t]*+)t(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:.\d+)?(?:z|[+-]\d\d:\d\d)(?:t.*)?"
)
_TIME = (
    r"(?a)(?P<day>\d{4}-\d\d-\d\d)T(?P<clock>\d\d:\d\d:\d\d)(?:[.,](?P<fraction>\d++))?"
    r"(?P<zone>Z|[+-]\d\d:\d\d)?"
)


def duration(value: str) -> str | None:
    """Return a duration in nanoseconds, as in `90000000000ns`; None for a text that is none."""
    nanoseconds = _nanoseconds(value) if len(value) <= _LONGEST else None
    return None if nanoseconds is None or abs(nanoseconds) > _MOST else f"{nanoseconds}ns"


def is_duration(value: str) -> bool:
    """Tell whether a text has the format duration."""
    return _nanoseconds(value) is not None


def _nanoseconds(value: str) -> int | None:
    """Return a duration as Go reads it, or else the words of one that are found in a text."""
    if _go_duration().fullmatch(value) and (total := _of_go(value)) is not None:
        return total
    return _of_words(value)


def _of_go(value: str) -> int | None:
    """Return the nanoseconds, None for more than Go counts."""
    total = 0
    for whole, fraction, unit in _go_part().findall(value):
        if len(whole.lstrip("0")) > _DIGITS:
            return None
        scale, shown = _UNITS[unit], fraction[:_DIGITS]
        total += int(whole or "0") * scale
        total += int(shown or "0") * scale // 10 ** len(shown)
    if total > _MOST + value.startswith("-"):
        return None
    return -total if value.startswith("-") else total


def _of_words(value: str) -> int | None:
    """Return the nanoseconds, None without any unit and for a number that Go does not read."""
    total = None
    for number, word in _worded_part().findall(value):
        if len(number.lstrip("0")) > _DIGITS or int(number) > _MOST:
            return None
        unit = word.lower()
        for names, prefix, scale in _SPELLINGS:
            if unit in names or unit.startswith(prefix):
                total = (total or 0) + int(number) * scale
    return total


def is_date(value: str) -> bool:
    """Tell whether a text has the format date; Go's calendar has a year 0."""
    match = _day().fullmatch(value)
    if match is None:
        return False
    try:
        # The year 0 is a leap year like 2000.
        datetime(int(match[1]) or 2000, int(match[2]), int(match[3]), tzinfo=UTC)
    except ValueError:
        return False
    return True


def date(value: str) -> str | None:
    """Return the first instant of a day, as in `2026-01-31T00:00:00.000000000Z`."""
    return time(f"{value}T00:00:00Z") if _day().fullmatch(value) else None


def time(value: str) -> str | None:
    """Return an instant in UTC with nanoseconds, None for a text that is none."""
    if not value:
        return "1970-01-01T00:00:00.000000000Z"
    match = _instant().fullmatch(value)
    if match is None or not (match["zone"] or not match["fraction"]):
        return None
    try:
        instant = datetime.fromisoformat(f"{match['day']}T{match['clock']}").replace(
            tzinfo=_zone(match["zone"] or "Z")
        )
        instant = instant.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    fraction = (match["fraction"] or "")[:9].ljust(9, "0")
    return f"{instant.year:04}-{instant:%m-%dT%H:%M:%S}.{fraction}Z"


def is_time(value: str) -> bool:
    """Tell whether a text has the format date-time; some such texts are no times to CEL."""
    match = _date_time().fullmatch(value)
    return match is not None and is_date(match["day"])


def _zone(text: str) -> timezone:
    if text == "Z":
        return UTC
    hours, minutes = int(text[1:3]), int(text[4:])
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text.startswith("-") else offset)


# Most runs need none of these, and few need all.
@cache
def _go_duration() -> re.Pattern[str]:
    return re.compile(_GO)


@cache
def _go_part() -> re.Pattern[str]:
    return re.compile(_GO_PART)


@cache
def _worded_part() -> re.Pattern[str]:
    return re.compile(_WORDED)


@cache
def _day() -> re.Pattern[str]:
    return re.compile(_DATE)


@cache
def _date_time() -> re.Pattern[str]:
    return re.compile(_FORMAT)


@cache
def _instant() -> re.Pattern[str]:
    return re.compile(_TIME)

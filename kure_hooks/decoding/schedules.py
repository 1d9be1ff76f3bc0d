"""Schedules of CronJobs and their time zones, as Kubernetes 1.36 reads them by robfig/cron v3."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from kure_hooks.decoding.values import literal
from kure_hooks.yamlio.scalars import shown

_FIELDS = (("minute", 0, 59), ("hour", 0, 23), ("day", 1, 31), ("month", 1, 12), ("weekday", 0, 6))
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_NAMES: Mapping[str, Mapping[str, int]] = {
    "month": {name: number for number, name in enumerate(_MONTHS, start=1)},
    "weekday": {name: number for number, name in enumerate(_DAYS)},
}
_MACROS = ("yearly", "annually", "monthly", "weekly", "daily", "midnight", "hourly")
# As Go's time.ParseDuration reads it; possessive, so that long strings take no time.
_EVERY = re.compile(
    r"@every [+-]?(?:0|(?:(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:ns|us|\u00b5s|\u03bcs|ms|s|m|h))++)"
)
# Numbers have so many digits at most that Go reads them.
_RANGE = re.compile(
    r"(?:[*?]|([0-9a-z]{1,18})(?:-([0-9a-z]{1,18}))?)(?:/([0-9]{1,18}))?", re.ASCII | re.IGNORECASE
)


def schedule_problem(schedule: Any) -> tuple[str, str] | None:
    """Return why a value is no schedule, and what one is like; None for what can't be judged."""
    problem = ""
    if schedule == "":
        problem = "the schedule is empty"
    elif literal(schedule):
        problem = _problem(schedule)
    return (problem, "one such as '0 3 * * *'") if problem else None


def zone_problem(zone: Any) -> tuple[str, str] | None:
    """Return why a value is no time zone; None for what can't be judged."""
    if zone == "" or (literal(zone) and not _is_zone(zone)):
        problem = f'the API server refuses the time zone "{shown(zone)}"'
        return problem, "a zone such as Europe/Berlin"
    return None


def zone_in_schedule_problem(schedule: Any) -> tuple[str, str] | None:
    """Return why a schedule must not name a time zone, which is refused since Kubernetes 1.29."""
    if literal(schedule) and "TZ" in schedule:
        return "the API server refuses a time zone in the schedule", "Move it to the key timeZone."
    return None


def _is_zone(zone: str) -> bool:
    """Tell whether there is such a time zone; any is, where none are installed."""
    if zone.lower() == "local":
        return False
    return _is_installed(zone) or not _is_installed("Europe/Berlin")


@lru_cache(maxsize=1 << 8)
def _is_installed(zone: str) -> bool:
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - only a CronJob may have one

    try:
        ZoneInfo(zone)
    except (LookupError, ValueError, OSError):
        return False
    return True


def _problem(schedule: str) -> str:
    """Return why a schedule can't be read, empty if it can."""
    if schedule.startswith(("TZ=", "CRON_TZ=")):
        return ""  # which is reported as that
    if schedule.startswith("@"):
        good = schedule[1:] in _MACROS or _EVERY.fullmatch(schedule)
        return "" if good else f"{_named(schedule)} is no time that the API server knows"
    fields = schedule.split()
    if len(fields) != len(_FIELDS):
        return f"{_named(schedule)} has {len(fields)} fields, not five"
    for text, (name, low, high) in zip(fields, _FIELDS, strict=True):
        if not all(_fits(part, name, low, high) for part in text.split(",") if part):
            return f'"{shown(text)}" in {_named(schedule)} is no {name}'
    return ""


def _named(schedule: str) -> str:
    return f'the schedule "{shown(schedule)}"'


def _fits(part: str, name: str, low: int, high: int) -> bool:
    match = _RANGE.fullmatch(part)
    if match is None:
        return False
    first, last, every = match.groups()
    numbers = [_number(text, name) for text in (first, last) if text is not None]
    if any(number is None or not low <= number <= high for number in numbers):
        return False
    ordered = [number for number in numbers if number is not None]
    return ordered == sorted(ordered) and (every is None or int(every) > 0)


def _number(text: str, name: str) -> int | None:
    return int(text) if text.isdecimal() else _NAMES.get(name, {}).get(text.lower())

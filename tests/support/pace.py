"""The pace of the machine: limits of processor time are ratios to some work of the same minute."""

import time

# The limits are written in seconds of a machine on which the work below takes so long.
_USUAL = 0.02
_SLOWEST = 8.0
_TRIES = 3

ENDLESS = 60
"""Seconds of the processor after which a process is killed: on no machine may it take so long."""


def slowness() -> float:
    """Return how many times slower than usual this machine is at the moment, from 1 to 8.

    Machines are shared: the same work may take four times as much of the processor an hour later,
    most of all such as makes many objects, as reading YAML does.
    """
    start = time.process_time()
    rows = [{"key": str(number), "items": [number, (number,)]} for number in range(40_000)]
    seconds = time.process_time() - start
    assert rows
    return min(max(1.0, seconds / _USUAL), _SLOWEST)


def timed(measure, most):
    """Return the least of up to three times that `measure()` takes, and its result of that run.

    `measure` returns processor seconds and a result. What is returned is in usual seconds, by the
    pace before or after, whichever is slower. The first run that takes at most `most` ends it: a
    noisy minute spoils one of the three, and a reader that has become slow is slow in all.
    """
    least, best = float("inf"), None
    for _ in range(_TRIES):
        pace = slowness()
        seconds, result = measure()
        usual = seconds / max(pace, slowness())
        if usual < least:
            least, best = usual, result
        if least <= most:
            break
    return least, best

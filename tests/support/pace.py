"""The pace of the machine: limits of processor time are ratios to some work of the same minute."""

import time

# The limits are written in seconds of a machine on which the work below takes so long.
_USUAL = 0.02
_MOST = 8.0


def slowness() -> float:
    """Return how many times slower than usual this machine is at the moment, at least 1.

    Machines are shared: the same work may take four times as much of the processor an hour later,
    most of all such as makes many objects, as reading YAML does.
    """
    start = time.process_time()
    rows = [{"key": str(number), "items": [number, (number,)]} for number in range(40_000)]
    seconds = time.process_time() - start
    assert rows
    return min(max(1.0, seconds / _USUAL), _MOST)

"""Work that is counted, not timed."""

import sys


def calls(work):
    """Return how many functions of Python a piece of work calls."""
    count = 0

    def seen(_frame, event, _argument):
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(seen)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kure_hooks.engines.durations import canonical

# What Go's Duration.String() answers, and below a millisecond what the CRDs take instead.
GO = {
    "60m": "1h0m0s",
    "1h": "1h0m0s",
    "90s": "1m30s",
    "1.5h": "1h30m0s",
    "500ms": "500ms",
    "24h": "24h0m0s",
    "0s": "0s",
    "0h": "0s",
    "10m": "10m0s",
    "1h1ms": "1h0m0.001s",
    "1.5ms": "1.5ms",
    "1500ms": "1.5s",
    "0.1s": "100ms",
    "59.999s": "59.999s",
    "30s1m": "1m30s",
    "0.5ms": "0.5ms",
    "0.0000000001s": "0s",
    "2562047h": "2562047h0m0s",
}

CRD = re.compile(r"([0-9]+(\.[0-9]+)?(ms|s|m|h))+")
NUMBERS = st.decimals(0, 10_000, places=3).map(str)
DURATIONS = st.lists(
    st.tuples(NUMBERS, st.sampled_from(["ms", "s", "m", "h"])).map("".join), min_size=1, max_size=3
).map("".join)


@pytest.mark.parametrize(("written", "expected"), GO.items())
def test_durations_are_written_as_go_writes_them(written, expected):
    assert canonical(written) == expected


@given(DURATIONS)
def test_the_canonical_form_is_valid_and_its_own(duration):
    once = canonical(duration)
    assert CRD.fullmatch(once)
    assert canonical(once) == once

"""The types of texts that several documents share: what they take, and what they refuse."""

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kure_hooks.decoding.types import Duration, SourceTimeout, Url
from kure_hooks.engines.durations import canonical
from kure_hooks.stack.source_rules import repository

URLS = [
    "https://github.com/acme/fleet.git",
    "https://me:secret@git.example.com:65535/fleet?ref=[1]#x",
    "https://[2001:db8::1]:8443/fleet",
    "https://charts.${DOMAIN:=example.com}/stable",
    "https://bücher.example/straße",
    "https://kubernetes.default.svc",
    "ssh://git@github.com:22/acme/fleet.git",
    "ssh://git@github.com:acme/fleet.git",
    "oci://ghcr.io/acme/fleet",
    "git@github.com:acme/fleet.git",
    "file:///srv/fleet",
]
NO_URLS = [
    "https://g[[[[[[github.com/acme/fleet.git",
    "https://[github.com/acme/fleet.git",
    "https://github.com]/acme/fleet.git",
    "https://[2001:db8::zz]/fleet",
    "https://github.com:acme/fleet.git",
    "https://github.com:65536/fleet",
    "https://github.com:99999999999/fleet",
    "https://github.com:/fleet",
    "https:///fleet",
    "https://git hub.com/fleet",
    "https://a@b@c{/fleet",
    "ssh://[git@github.com:acme/fleet.git",
    "github.com/acme/fleet",
]
DURATIONS = ["10m", "90s", "1h30m", "1.5h", "876000h", "999999h9999999m999999999s1ms", "0h1ms"]
NO_DURATIONS = [
    *("0s", "0h0m0s", "0.000s", "-1m", "1d", "10", ""),
    *("9999999h", "1h1h", "1m1m1m1m1m", "0.0000000001ms", f"{'9' * 5_000}h", f"0.{'0' * 5_000}1s"),
]


def takes(kind, text):
    return re.search(kind.__metadata__[0].pattern, text) is not None


@pytest.mark.parametrize("url", URLS)
def test_an_address_that_go_can_read_is_a_url(url):
    assert takes(Url, url)


@pytest.mark.parametrize("url", NO_URLS)
def test_an_address_without_a_host_or_with_an_impossible_port_is_none(url):
    assert not takes(Url, url)


@given(st.text(alphabet=string.ascii_lowercase + "[]@:/.?#${}%1é ", max_size=40))
def test_every_address_has_a_repository(text):
    """Whatever is no URL is refused, so that comparing addresses never fails."""
    for url in (text, f"https://{text}", f"git@{text}"):
        assert repository(url) == repository(url).casefold()


@pytest.mark.parametrize("duration", DURATIONS)
def test_a_duration_is_one_that_go_can_count(duration):
    assert takes(Duration, duration)
    assert takes(SourceTimeout, duration) is ("h" not in duration)
    assert 0 < nanoseconds(canonical(duration)) < 1 << 63


@pytest.mark.parametrize("duration", NO_DURATIONS)
def test_nobody_waits_no_time_or_for_longer_than_go_can_count(duration):
    assert not takes(Duration, duration)
    assert not takes(SourceTimeout, duration)


@given(st.from_regex(Duration.__metadata__[0].pattern))
def test_every_duration_is_above_zero(duration):
    assert 0 < nanoseconds(canonical(duration)) < 1 << 63


def nanoseconds(duration):
    units = {"h": 3_600_000_000_000, "m": 60_000_000_000, "s": 1_000_000_000, "ms": 1_000_000}
    parts = re.findall(r"([0-9]+)(?:\.([0-9]+))?(ms|s|m|h)", duration)
    return sum(
        units[unit] * int(whole) + units[unit] * int(rest or 0) // 10 ** len(rest)
        for whole, rest, unit in parts
    )

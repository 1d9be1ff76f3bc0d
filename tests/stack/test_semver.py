"""Versions and ranges as Masterminds/semver 3.4 reads them; the table was run through it."""

import pytest

from kure_hooks.stack.semver import is_range

RANGES = [
    *("1", "v1.2.3", "1.2.3-rc.1+4", "1.x", "*", "x", "1.2.X", "~1.2", "^1", "~>1", "=>1", "=<2"),
    *(">=1.2 <2", ">= 1.2, < 2", ">1 || <3", "1.2.3 - 2.3.4", ">= 1.0.0-0", " 1 ", "01.2", "=1"),
    "18446744073709551615.0.0",
    "1.x.18446744073709551616",  # not read behind what stands for any
]
NO_RANGES = [
    *("latest", "main", "", "1.2.3.4", "1..2", ">> 1", "1.0.0 || ", "1|2", "1.2.3-01", "stable-1"),
    *("18446744073709551616.0.0", "9" * 5_000, "1 - ", "v", "1.2.3-", "1,", "sha256:abc"),
]


@pytest.mark.parametrize("text", RANGES)
def test_a_version_and_a_range_are_taken(text):
    assert is_range(text)


@pytest.mark.parametrize("text", NO_RANGES, ids=range(len(NO_RANGES)))
def test_anything_else_is_none(text):
    assert not is_range(text)


def test_a_variable_may_become_one():
    assert is_range("${version}")

"""Patterns with braces (gobwas/glob 0.2, executed), and the work that they may take."""

import pytest

from kure_hooks.gitops.patterns import PatternError, effort, is_taken
from tests.support.counting import calls


@pytest.mark.parametrize(
    ("pattern", "path", "is_for"),
    [
        ("*.{yaml,yml}", "a/b.yml", True),
        ("*.{yaml,yml}", "a/b.json", False),
        ("{a,b{c,d}}.yaml", "bd.yaml", True),
        ("{a}{b}{c}", "abc", True),
        ("{" + ",".join(f"file-{at}.yaml" for at in range(190)) + "}", "file-189.yaml", True),
        ("{a}" * 300 + "*", "a" * 301, True),
    ],
)
def test_braces_stand_for_each_of_their_parts(pattern, path, is_for):
    assert is_taken(pattern, path) is is_for


@pytest.mark.parametrize(
    "pattern",
    ["{a}" * 60_000, "{a,b}" * 20, "{a,[}", "{a}" * 5_000 + "{b,c}" * 7, "a" * 1_001],
    ids=["many", "doubled", "broken", "both", "long"],
)
def test_a_pattern_that_stands_for_too_many_is_none(pattern):
    def work():
        with pytest.raises(PatternError):
            is_taken(pattern, "a")

    assert calls(work) < 30_000
    assert calls(work) < 200  # the answer is kept
    assert effort(pattern) == 0


def test_a_pattern_is_taken_apart_once_for_all_paths():
    pattern = "{a,b,c}/{a,b,c}/{a,b,c}"
    is_taken(pattern, "a")
    few, more = (
        calls(lambda size=size: [is_taken(pattern, f"x{at}") for at in range(size)])
        for size in (100, 200)
    )
    assert more < few * 2.2
    assert effort(pattern) == 27 * 5

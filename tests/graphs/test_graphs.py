"""What holds for every format of pictures."""

from pathlib import Path

import pytest
from hypothesis import given

from kure_hooks.graphs import GRAPHS, render
from tests.graphs.pictures import FEW, LONG, NASTY, WIDE, graphs, graphs_of, walk
from tests.reports.outcomes import IN_SYNC

GOLDEN = Path(__file__).parent / "golden"
ENDINGS = {"dot": "dot", "mermaid": "mmd", "svg": "svg", "text": "txt"}
EVERY = pytest.mark.parametrize("name", sorted(GRAPHS))


@EVERY
@pytest.mark.parametrize(("case", "given"), [("few", FEW), ("nasty", NASTY), ("none", [])])
def test_the_same_clusters_in_every_format(name, case, given, update_golden):
    """To fix: pytest tests/graphs --update-golden, and look at what changed."""
    golden = GOLDEN / f"{case}.{ENDINGS[name]}"
    picture = render(name, given)
    if update_golden:
        golden.write_text(picture)
    assert picture == golden.read_text()


@EVERY
@pytest.mark.parametrize("given", [FEW, NASTY, [WIDE], [LONG], []], ids=str.split("f n w l e"))
def test_a_picture_is_deterministic_text_that_ends_its_last_line(name, given):
    picture = render(name, given)
    assert picture == render(name, list(given))
    assert picture.endswith("\n")
    assert "\r" not in picture
    picture.encode()


@EVERY
@given(graph=graphs())
def test_nothing_in_a_picture_steers_a_terminal(name, graph):
    assert not {"\x1b", "\u202e", "\x00"} & set(render(name, [graph]))


@EVERY
def test_drift_is_a_word_in_every_format(name):
    calm = render(name, graphs_of(IN_SYNC))
    words = render(name, FEW).count("drifted") - calm.count("drifted")
    assert words >= sum(part.drifted for part in walk(FEW[0].cluster)) > 0

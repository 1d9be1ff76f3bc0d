from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from kure_hooks.graphs.sheet import lanes

numbers = st.integers(0, 20)


def spans(needs):
    """Return first and last row of the lines to each row."""
    found = {}
    for row, needed in needs:
        found.setdefault(needed, {needed}).add(row)
    return {needed: (min(rows), max(rows)) for needed, rows in found.items()}


@given(needs=st.lists(st.tuples(numbers, numbers)))
def test_lines_that_meet_run_in_lanes_of_their_own(needs):
    found = lanes(needs)
    assert found.keys() == spans(needs).keys()
    for (one, (top, bottom)), (other, (first, last)) in combinations(spans(needs).items(), 2):
        if found[one] == found[other]:
            assert bottom < first or last < top


def test_lines_that_do_not_meet_share_a_lane():
    assert lanes([(1, 0), (3, 2), (5, 4)]) == {0: 0, 2: 0, 4: 0}


def test_short_lines_run_inside_long_ones():
    assert lanes([(9, 0), (4, 3)]) == {3: 0, 0: 1}


def test_all_lines_to_one_row_share_its_lane():
    assert lanes([(row, 0) for row in range(1, 60)]) == {0: 0}

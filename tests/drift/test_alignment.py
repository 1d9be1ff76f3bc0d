from hypothesis import given
from hypothesis import strategies as st

from kure_hooks.drift.alignment import Edit, edits, positions

# Items that repeat, and items that most lists have once.
ITEMS = st.lists(st.sampled_from("abcd"), max_size=40) | st.lists(
    st.sampled_from("abcdefghijklmnopqrstuvwxyz"), max_size=40
)


def replaced(old, new, found):
    """Return what the edits make of a sequence."""
    done, at = [], 0
    for edit in found:
        done += [*old[at : edit.old_start], *new[edit.new_start : edit.new_end]]
        at = edit.old_end
    return [*done, *old[at:]]


@given(ITEMS, ITEMS)
def test_edits_turn_one_sequence_into_the_other(old, new):
    found = edits(old, new)
    assert replaced(old, new, found) == new
    ends = [(0, 0), *((edit.old_end, edit.new_end) for edit in found)]
    for (old_end, new_end), edit in zip(ends, found, strict=False):
        kept = edit.old_start - old_end
        assert kept == edit.new_start - new_end
        assert kept > 0 or edit is found[0]
        assert edit.size > 0


@given(ITEMS, ITEMS)
def test_positions_turn_one_sequence_into_the_other(old, new):
    found = positions(old, new)
    assert replaced(old, new, found) == new
    assert all(
        old[edit.old_start : edit.old_end] != [*new[edit.new_start : edit.new_end]]
        for edit in found
    )


@given(ITEMS)
def test_equal_sequences_need_no_edit(items):
    assert edits(items, items) == positions(items, items) == []


def test_what_came_and_what_went_is_told_apart():
    assert edits("abc", "axbc") == [Edit(1, 1, 1, 2)]
    assert edits("axbc", "abc") == [Edit(1, 2, 1, 1)]
    assert edits("abc", "axc") == [Edit(1, 2, 1, 2)]
    assert edits("", "ab") == [Edit(0, 0, 0, 2)]
    assert edits("ab", "") == [Edit(0, 2, 0, 0)]


def test_an_edit_is_as_large_as_its_longer_side():
    assert [Edit(0, 3, 0, 1).size, Edit(0, 1, 0, 3).size, Edit(1, 1, 1, 2).size] == [3, 3, 1]


def test_what_both_sides_have_once_is_kept_between_repeated_items():
    old, new = "x}y}z}", "x}q}y}z}"
    assert edits(old, new) == [Edit(2, 2, 2, 4)]


def test_most_of_what_moved_is_kept():
    """The longest rising part of the anchors stays; an item that moved far does not."""
    assert edits("abcdefg", "gabcdef") == [Edit(0, 0, 0, 1), Edit(6, 7, 7, 7)]
    assert edits("abcdefg", "bcdefga") == [Edit(0, 1, 0, 0), Edit(7, 7, 6, 7)]


def test_what_both_sides_have_once_is_kept_where_more_that_repeats_could_be():
    old, new = "a" * 60 + "m" + "b" * 60, "b" * 60 + "m" + "a" * 60
    assert edits(old, new) == [Edit(0, 60, 0, 60), Edit(61, 121, 61, 121)]


def test_items_of_one_side_only_do_not_hide_what_repeats():
    old = [item for number in range(900) for item in (f"- user-{number}", "  role: admin")]
    new = [item.replace("user", "member") for item in old]
    assert [edit.size for edit in edits(old, new)] == [1] * 900


def test_the_shortest_way_is_found_where_it_is_short():
    old = ["a", "b"] * 200
    new = [*old[:100], "a", *old[100:300], *old[301:]]
    assert sum(edit.size for edit in edits(old, new)) == 2


def test_a_search_that_takes_long_still_finds_most_of_what_is_equal():
    """Every third item goes, more often than the search is patient; the rest is kept."""
    old = [number * number % 7 for number in range(3_000)]
    new = [item for number, item in enumerate(old) if number % 3]
    assert replaced(old, new, edits(old, new)) == new
    kept = 3_000 - sum(edit.old_end - edit.old_start for edit in edits(old, new))
    assert kept > 1_500


def fewest(old, new):
    """Return how many items have to go and to come at least, by the textbook's table."""
    row = [*range(len(new) + 1)]
    for at, item in enumerate(old, start=1):
        last, row = row, [at]
        for beside, other in enumerate(new, start=1):
            equal = last[beside - 1] if item == other else len(old) + len(new)
            row.append(min(equal, last[beside] + 1, row[-1] + 1))
    return row[-1]


@given(st.lists(st.sampled_from("ab"), max_size=16), st.lists(st.sampled_from("ab"), max_size=16))
def test_the_fewest_edits_are_found_where_nothing_is_unique(old, new):
    old, new = [*"abab", *old, *"baba"], [*"bbaa", *new, *"aabb"]
    found = edits(old, new)
    taken = sum(edit.old_end - edit.old_start + edit.new_end - edit.new_start for edit in found)
    assert taken == fewest(old, new)


def test_what_follows_an_anchor_is_matched_too():
    assert edits("1UababV2", "3UababV4") == [Edit(0, 1, 0, 1), Edit(7, 8, 7, 8)]
    assert edits("1UababV2", "3UxababV4") == [Edit(0, 1, 0, 1), Edit(2, 2, 2, 3), Edit(7, 8, 8, 9)]


def test_the_matches_of_several_anchors_come_in_order():
    assert edits("pAqBrCs", "tAuBvCw") == [
        Edit(0, 1, 0, 1),
        Edit(2, 3, 2, 3),
        Edit(4, 5, 4, 5),
        Edit(6, 7, 6, 7),
    ]

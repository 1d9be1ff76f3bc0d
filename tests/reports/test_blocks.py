"""What is shown when there is no room for everything."""

from hypothesis import given, settings
from hypothesis import strategies as st

from kure_hooks.reports.fitting import Block, fitted

NOTE = "**Left out for want of room:** "


def rank(number):
    return number, (False, 0, "")


def leaf(text, number, noun="thing"):
    return Block(text, rank=rank(number), noun=noun)


def test_everything_is_shown_in_the_order_of_the_text():
    blocks = [Block("(", ")", inside=[leaf("a", 2), leaf("b", 1)]), leaf("c", 0)]
    assert fitted(blocks, 5) == "(ab)c"


def test_the_lowest_ranks_are_shown_and_the_others_counted():
    blocks = [leaf(each * 50, number) for each, number in (("a", 2), ("b", 0), ("c", 1))]
    blocks.append(leaf("d" * 50, 3, "other"))
    text = fitted(blocks, 190)
    note = f"{NOTE}1 of 3 things, 1 of 1 other. The whole report has them.\n"
    assert text == "b" * 50 + "c" * 50 + note


def test_nothing_follows_what_has_no_room():
    blocks = [leaf("a", 0), leaf("b" * 500, 1), leaf("c", 2)]
    assert fitted(blocks, 300).startswith(f"a{NOTE}")


def test_a_frame_is_shown_with_the_first_of_its_inside_only():
    blocks = [Block("<", ">", inside=[leaf("a" * 400, 1)]), leaf("b", 0)]
    assert fitted(blocks, 300).startswith("b**")
    assert fitted(blocks, 403) == "<" + "a" * 400 + ">b"


def test_a_block_says_that_something_of_it_is_missing():
    inner = Block("[", "]", inside=[leaf("a", 1), leaf("b" * 400, 2)])
    blocks = [Block("<", ">", rank=rank(0), noun="file", rest="...", inside=[inner])]
    assert fitted(blocks, 300).startswith("<[a]...>**Left")
    assert fitted(blocks, 500) == "<[a" + "b" * 400 + "]>"


def test_bytes_count_not_characters():
    assert fitted([leaf("ü" * 200, 0)], 399).startswith(NOTE)
    assert fitted([leaf("ü" * 200, 0)], 400) == "ü" * 200


LEAVES = st.builds(leaf, st.text("aü", max_size=60), st.integers(0, 3), st.sampled_from("xyz"))
TREES = st.recursive(
    LEAVES,
    lambda inner: st.builds(
        lambda number, inside: Block("<", ">", number, "frame", "...", inside),
        st.none() | st.integers(0, 3).map(rank),
        st.lists(inner, min_size=1, max_size=4),
    ),
    max_leaves=25,
)


def everything(blocks):
    for block in blocks:
        yield block
        yield from everything(block.inside)


@given(st.lists(TREES, min_size=1), st.integers(200, 1500), st.integers(0, 500))
@settings(deadline=None)
def test_it_fits_and_more_room_never_shows_less(blocks, size, more):
    """Every leaf is told from the others by its number."""
    for number, block in enumerate(everything(blocks)):
        object.__setattr__(block, "head", f"{{{number}}}{block.head}")
    small, large = fitted(blocks, size), fitted(blocks, size + more)
    assert len(small.encode()) <= size
    assert len(large.encode()) <= size + more
    numbers = [f"{{{number}}}" for number, _ in enumerate(everything(blocks))]
    assert {each for each in numbers if each in small} <= {
        each for each in numbers if each in large
    }

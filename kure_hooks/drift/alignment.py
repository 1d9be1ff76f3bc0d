"""The alignment of two sequences, in work that grows no faster than their length.

The longest common subsequence takes quadratic time in the worst case. This search always finds a
common subsequence, though not always the longest one: equal beginnings and ends first, then items
that both sequences have exactly once (the anchors of the "patience" algorithm), then the greedy
search of E. W. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), between them.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

# After so many edits the greedy search settles on the best way so far and begins again at its end.
# Every beginning gets at least as far as it has edits, so that the work for an item is bounded.
_PATIENCE = 32


class Edit(NamedTuple):
    """A range of one sequence to replace by a range of the other one; either may be empty."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int

    @property
    def size(self) -> int:
        """The number of items that it replaces, removes or adds."""
        return max(self.old_end - self.old_start, self.new_end - self.new_start)


class _Match(NamedTuple):
    """A run of equal items: its start in both sequences and its length."""

    old: int
    new: int
    size: int


# The runs of a way through both sequences, the last one first.
_Way = tuple[_Match, "_Way"] | None


def edits(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Edit]:
    """Return the edits, in order, that turn one sequence into the other; none for equal ones."""
    numbers = {item: number for number, item in enumerate(dict.fromkeys(chain(old, new)))}
    olds = list(map(numbers.__getitem__, old))
    news = list(map(numbers.__getitem__, new))
    found = []
    old_end = new_end = 0
    for match in (*_matches(olds, news), _Match(len(olds), len(news), 0)):
        if match.old > old_end or match.new > new_end:
            found.append(Edit(old_end, match.old, new_end, match.new))
        old_end, new_end = match.old + match.size, match.new + match.size
    return found


def positions(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Edit]:
    """Return the edits of a comparison place by place, each of one item but for the last one."""
    both = min(len(old), len(new))
    found = [Edit(at, at + 1, at, at + 1) for at in range(both) if old[at] != new[at]]
    if len(old) != len(new):
        found.append(Edit(both, len(old), both, len(new)))
    return found


def _matches(old: Sequence[int], new: Sequence[int]) -> Iterator[_Match]:
    start, end = _ends(old, new)
    yield _Match(0, 0, start)
    old_last, new_last = len(old) - end, len(new) - end
    anchors = _anchors(old[start:old_last], new[start:new_last])
    at, beside = start, start
    for one, other in anchors:
        yield from _between(old, new, (at, start + one), (beside, start + other))
        yield _Match(start + one, start + other, 1)
        at, beside = start + one + 1, start + other + 1
    yield from _between(old, new, (at, old_last), (beside, new_last))
    yield _Match(old_last, new_last, end)


def _ends(old: Sequence[int], new: Sequence[int]) -> tuple[int, int]:
    """Return how many items both begin and end with, none of them counted twice."""
    most = min(len(old), len(new))
    start = next((at for at in range(most) if old[at] != new[at]), most)
    most -= start
    return start, next((at for at in range(most) if old[-1 - at] != new[-1 - at]), most)


def _anchors(old: Sequence[int], new: Sequence[int]) -> list[tuple[int, int]]:
    """Return the places of items that each side has once, as many as are in order on both."""
    once = _places(new)
    pairs = [(at, once[item]) for item, at in _places(old).items() if item in once]
    return _rising(pairs)


def _places(items: Sequence[int]) -> dict[int, int]:
    """Return the place of every item that is there once."""
    once = {item for item, count in Counter(items).items() if count == 1}
    return {item: at for at, item in enumerate(items) if item in once} if once else {}


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest part of the pairs in which the second numbers rise like the first."""
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for number, (_, place) in enumerate(pairs):
        length = bisect_left(ends, place)
        before.append(last[length - 1] if length else -1)
        ends[length : length + 1] = [place]
        last[length : length + 1] = [number]
    chain = []
    number = last[-1] if last else -1
    while number >= 0:
        chain.append(pairs[number])
        number = before[number]
    return chain[::-1]


def _between(
    old: Sequence[int], new: Sequence[int], olds: tuple[int, int], news: tuple[int, int]
) -> Iterator[_Match]:
    """Yield the matches of two ranges, of which only items that both have are worth a look."""
    one, other = old[slice(*olds)], new[slice(*news)]
    common = {*one}.intersection(other)
    rest = [at for at, item in enumerate(one, olds[0]) if item in common]
    beside = [at for at, item in enumerate(other, news[0]) if item in common]
    for match in _search([old[at] for at in rest], [new[at] for at in beside]):
        yield from _runs(rest, beside, match)


def _runs(rest: Sequence[int], beside: Sequence[int], match: _Match) -> Iterator[_Match]:
    """Yield a match of items that were picked out, in runs of those that stand together."""
    start, end = match.old, match.old + match.size
    apart = match.new - start
    for at in range(start + 1, end):
        if rest[at] - rest[at - 1] > 1 or beside[at + apart] - beside[at + apart - 1] > 1:
            yield _Match(rest[start], beside[start + apart], at - start)
            start = at
    yield _Match(rest[start], beside[start + apart], end - start)


def _search(old: Sequence[int], new: Sequence[int]) -> Iterator[_Match]:
    at, beside = 0, 0
    while at < len(old) and beside < len(new):
        at, beside, way = _advance(old, new, at, beside)
        runs = []
        while way:
            run, way = way
            runs.append(run)
        yield from reversed(runs)


def _advance(old: Sequence[int], new: Sequence[int], at: int, beside: int) -> tuple[int, int, _Way]:
    """Return how far the best way from a place gets, to the end or in so many edits.

    A diagonal is the difference of the places on both sides; `farthest` holds, for the diagonals
    reached with the last number of edits, the place on the first side and the way there.
    """
    farthest: dict[int, tuple[int, _Way]] = {at - beside: _slide(old, new, at, at - beside, None)}
    for _ in range(_PATIENCE):
        if any(
            place == len(old) and place - diagonal == len(new)
            for diagonal, (place, _) in farthest.items()
        ):
            break
        reached: dict[int, tuple[int, _Way]] = {}
        for diagonal, (place, way) in farthest.items():
            if place < len(old):
                _keep(reached, diagonal + 1, place + 1, way)
            if place - diagonal < len(new):
                _keep(reached, diagonal - 1, place, way)
        farthest = {
            diagonal: _slide(old, new, place, diagonal, way)
            for diagonal, (place, way) in reached.items()
        }
    diagonal = max(farthest, key=lambda each: (2 * farthest[each][0] - each, -each))
    place, way = farthest[diagonal]
    return place, place - diagonal, way


def _keep(reached: dict[int, tuple[int, _Way]], diagonal: int, place: int, way: _Way) -> None:
    if diagonal not in reached or reached[diagonal][0] < place:
        reached[diagonal] = (place, way)


def _slide(
    old: Sequence[int], new: Sequence[int], place: int, diagonal: int, way: _Way
) -> tuple[int, _Way]:
    """Follow a diagonal as long as both sides are equal."""
    start = place
    most = min(len(old), len(new) + diagonal)
    while place < most and old[place] == new[place - diagonal]:
        place += 1
    return place, (_Match(start, start - diagonal, place - start), way) if place > start else way

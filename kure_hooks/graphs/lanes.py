"""Lanes for the lines of dependencies, side by side, so that no two are mistaken for one."""

from collections.abc import Iterable


def lanes(needs: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Return a lane, counted from 0, for each row that others wait for.

    All lines to one row share its lane. Lanes of two rows whose lines meet in any row differ; the
    shortest lines run innermost.
    """
    spans: dict[int, tuple[int, int]] = {}
    for row, needed in needs:
        first, last = spans.get(needed, (needed, needed))
        spans[needed] = min(first, row), max(last, row)
    taken: list[list[tuple[int, int]]] = []
    found: dict[int, int] = {}
    for needed, span in sorted(spans.items(), key=_shortest_first):
        lane = next((n for n, others in enumerate(taken) if _free(span, others)), len(taken))
        if lane == len(taken):
            taken.append([])
        taken[lane].append(span)
        found[needed] = lane
    return found


def _shortest_first(item: tuple[int, tuple[int, int]]) -> tuple[int, int]:
    needed, (first, last) = item
    return last - first, needed


def _free(span: tuple[int, int], others: Iterable[tuple[int, int]]) -> bool:
    return all(last < span[0] or span[1] < first for first, last in others)

"""Detect renamed files."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from kure_hooks.drift.objects import Held
from kure_hooks.drift.paths import FieldPath, keyed, leaves
from kure_hooks.manifests import Identity, lasting

# An object is another one's successor when so much of both is the same.
_ALIKE = 0.6
_SAME = 2.0

# Comparing every object with every other one takes too long for a fleet that moved as a whole. An
# object is compared with so many on either side of its place, since new names often sort as the old
# ones did, and with as many that share the most values which few have.
_NEIGHBOURS = 8

# The path of a value and the value as text.
_Leaf = tuple[FieldPath, str]


def renames(gone: Sequence[Held], come: Sequence[Held]) -> dict[str, str]:
    """Return old paths by new ones, for files that hold the same object or one nearly alike.

    `gone` and `come` are what the files hold. The same object counts more than any likeness,
    also with another hash of its content in its name; among equals the first in order of paths
    wins. A file is part of one rename at most.
    """
    likeness = [*_same(gone, come), *_alike(gone, come)]
    found: dict[str, str] = {}
    taken: set[str] = set()
    for _, new, old in sorted(likeness, key=lambda each: (-each[0], each[1], each[2])):
        if new not in found and old not in taken:
            found[new] = old
            taken.add(old)
    return found


def _same(gone: Sequence[Held], come: Sequence[Held]) -> Iterator[tuple[float, str, str]]:
    places = {lasting(old.key): old.path for old in gone if isinstance(old.key, Identity)}
    for new in come:
        if isinstance(new.key, Identity) and (place := places.get(lasting(new.key))):
            yield _SAME, new.path, place


def _alike(gone: Sequence[Held], come: Sequence[Held]) -> Iterator[tuple[float, str, str]]:
    """Compare the objects of equal kind that are not the same ones on both sides."""
    both = {old.key for old in gone} & {new.key for new in come}
    for olds, news in zip(*_by_kind(gone, come, both), strict=True):
        old_leaves = [Counter(_content(old)) for old in olds]
        holders = _holders(old_leaves)
        for place, new in enumerate(news):
            has = Counter(_content(new))
            for number in _candidates(place, has, holders, len(olds)):
                likeness = _likeness(old_leaves[number], has)
                if likeness >= _ALIKE:
                    yield likeness, new.path, olds[number].path


def _holders(leaves_of_objects: Sequence[Counter[_Leaf]]) -> dict[_Leaf, list[int]]:
    """Return, for each leaf, the first objects that have it; one more than are few."""
    holders: defaultdict[_Leaf, list[int]] = defaultdict(list)
    for number, content in enumerate(leaves_of_objects):
        for leaf in content:
            if len(holders[leaf]) <= _NEIGHBOURS:
                holders[leaf].append(number)
    return holders


def _candidates(
    place: int, has: Counter[_Leaf], holders: Mapping[_Leaf, list[int]], count: int
) -> Iterable[int]:
    """Return the numbers of those old objects, of so many, that a new one is compared with."""
    if count <= 2 * _NEIGHBOURS:
        return range(count)
    near = range(max(place - _NEIGHBOURS, 0), min(place + _NEIGHBOURS + 1, count))
    few = (holders.get(leaf, ()) for leaf in has)
    sharing = Counter(number for those in few if len(those) <= _NEIGHBOURS for number in those)
    return {*near, *(number for number, _ in sharing.most_common(_NEIGHBOURS))}


def _likeness(had: Counter[_Leaf], has: Counter[_Leaf]) -> float:
    """Return which part of the leaves of two objects is the same; 0 where it can't be enough."""
    total = had.total() + has.total()
    if 2 * min(had.total(), has.total()) < _ALIKE * total:
        return 0
    return 2 * (had & has).total() / max(total, 1)


def _by_kind(
    gone: Sequence[Held], come: Sequence[Held], both: set[Any]
) -> tuple[list[list[Held]], list[list[Held]]]:
    kinds: dict[str, tuple[list[Held], list[Held]]] = defaultdict(lambda: ([], []))
    for side, objects in enumerate((gone, come)):
        for each in objects:
            if not isinstance(each.key, Identity) or each.key not in both:
                kinds[each.kind][side].append(each)
    return [old for old, _ in kinds.values()], [new for _, new in kinds.values()]


def _content(held: Held) -> Iterator[_Leaf]:
    """Yield every leaf but those that all objects of the kind share."""
    for path, value in leaves(keyed(held.manifest)):
        if path[:1] not in (("apiVersion",), ("kind",)):  # an empty object is a leaf without a path
            yield path, repr(value)

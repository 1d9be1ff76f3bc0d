"""Which file that is gone became which new one."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

from kure_hooks.drift.keyed import keyed, leaves
from kure_hooks.drift.objects import Held
from kure_hooks.manifests import Identity

# An object is another one's successor when so much of both is the same.
_ALIKE = 0.6
_SAME = 2.0

# Comparing every file with every other one is for a rename, not for a fleet that moved as a whole.
_MOST_COMPARISONS = 40_000


def renames(gone: Sequence[Held], come: Sequence[Held]) -> dict[str, str]:
    """Return old paths by new ones, for files that hold the same object or one nearly alike.

    `gone` and `come` are what the files hold. The same object counts more than any likeness; among
    equals the first in order of paths wins. A file is part of one rename at most.
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
    places = {old.key: old.path for old in gone if isinstance(old.key, Identity)}
    for new in come:
        if new.key in places:
            yield _SAME, new.path, places[new.key]


def _alike(gone: Sequence[Held], come: Sequence[Held]) -> Iterator[tuple[float, str, str]]:
    """Compare the objects of equal kind that are not the same ones on both sides."""
    both = {old.key for old in gone} & {new.key for new in come}
    for olds, news in zip(*_by_kind(gone, come, both), strict=True):
        if len(olds) * len(news) > _MOST_COMPARISONS:
            continue
        old_leaves = [Counter(_content(each)) for each in olds]
        new_leaves = [Counter(_content(each)) for each in news]
        for (old, had), (new, has) in product(
            zip(olds, old_leaves, strict=True), zip(news, new_leaves, strict=True)
        ):
            likeness = 2 * (had & has).total() / max(had.total() + has.total(), 1)
            if likeness >= _ALIKE:
                yield likeness, new.path, old.path


def _by_kind(
    gone: Sequence[Held], come: Sequence[Held], both: set[Any]
) -> tuple[list[list[Held]], list[list[Held]]]:
    kinds: dict[str, tuple[list[Held], list[Held]]] = defaultdict(lambda: ([], []))
    for side, objects in enumerate((gone, come)):
        for each in objects:
            if not isinstance(each.key, Identity) or each.key not in both:
                kinds[str(each.manifest.get("kind"))][side].append(each)
    return [old for old, _ in kinds.values()], [new for _, new in kinds.values()]


def _content(held: Held) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield every leaf but those that all objects of the kind share."""
    for path, value in leaves(keyed(held.manifest)):
        if path[0] not in ("apiVersion", "kind"):
            yield path, repr(value)

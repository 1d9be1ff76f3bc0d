"""Pair the objects of one side with those of the other, across the files of a cluster."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

from kure_hooks.drift.objects import Held
from kure_hooks.manifests import Identity, lasting


@dataclass(frozen=True)
class Pairs:
    """The objects that are on both sides, and those that are only on one."""

    both: Sequence[tuple[Held, Held]]
    before: Sequence[Held]
    after: Sequence[Held]


def pair(
    before: Sequence[Held], after: Sequence[Held], renamed: Mapping[str, str] | None = None
) -> Pairs:
    """Pair objects by identity: in the same file first, which may have been renamed, then anywhere.

    Those whose names differ only by a hash of their content come next.
    `renamed` maps the new path of a file to its old one. An object without a name pairs only with
    the one at its place in the same file; what is left of a renamed file, with its equal in kind.
    """
    old_paths = renamed or {}
    pairs = Pairs((), before, after)
    pairs = _joined(
        pairs,
        lambda old: (old.path, old.key),
        lambda new: (old_paths.get(new.path, new.path), new.key),
    )
    pairs = _joined(pairs, _identity, _identity)
    pairs = _joined(pairs, _lasting, _lasting)
    return _joined(
        pairs,
        lambda old: (old.path, old.kind),
        lambda new: (old_paths.get(new.path), new.kind),
    )


_Key = Callable[[Held], Hashable]


def _joined(pairs: Pairs, key_of_old: _Key, key_of_new: _Key) -> Pairs:
    """Pair what is left by two keys that must be equal and not None."""
    waiting: dict[Hashable, list[Held]] = defaultdict(list)
    for old in reversed(pairs.before):
        waiting[key_of_old(old)].append(old)
    waiting.pop(None, None)
    both = [*pairs.both]
    left = []
    for new in pairs.after:
        candidates = waiting.get(key_of_new(new))
        if candidates:
            both.append((candidates.pop(), new))
        else:
            left.append(new)
    unpaired = {old for candidates in waiting.values() for old in candidates}
    kept = [old for old in pairs.before if old in unpaired or key_of_old(old) is None]
    return Pairs(both, kept, left)


def _lasting(held: Held) -> Hashable:
    return lasting(held.key) if isinstance(held.key, Identity) else None


def _identity(held: Held) -> Hashable:
    return held.key if isinstance(held.key, Identity) else None

"""Changes of objects between two versions of a cluster, whose objects are paired across files."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

from msgspec import structs

from kure_hooks.drift.consequences import Consequences, Controllers
from kure_hooks.drift.fields import differing
from kure_hooks.drift.masking import Mask
from kure_hooks.drift.objects import Held
from kure_hooks.drift.result import FieldChange, ObjectChange, Risk, State
from kure_hooks.manifests import Identity, lasting, same

_Key = Callable[[Held], Hashable]


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


@dataclass(frozen=True)
class Judges:
    """The judgement of changes: how much each matters, and what of it may be shown."""

    controllers: Controllers
    consequences: Consequences
    mask: Mask


def object_changes(
    pairs: Pairs, renamed: Mapping[str, str], judges: Judges
) -> Mapping[str, list[ObjectChange]]:
    """Return the changes by the path of their file, sorted by name; no changes for other paths.

    `renamed` maps new paths to old ones: an object that moved along with its file hasn't moved.
    """
    found: defaultdict[str, list[ObjectChange]] = defaultdict(list)
    for old, new in pairs.both:
        fields = _fields(old, new, judges)
        judged = judges.consequences.of if old.key == new.key else judges.consequences.of_old
        after = judged(old.path, old.manifest)._asdict()
        if old.path not in (new.path, renamed.get(new.path)):
            here = ObjectChange(new.name, State.MOVED_HERE, fields, old.path, **after)
            found[new.path].append(here)
            found[old.path].append(ObjectChange(old.name, State.MOVED_AWAY, other=new.path))
        elif old.key != new.key:
            found[new.path].append(ObjectChange(new.name, State.RENAMED, fields, old.name, **after))
        elif fields or after["risks"]:
            found[new.path].append(ObjectChange(new.name, State.CHANGED, fields, **after))
    for old in pairs.before:
        after = judges.consequences.of_old(old.path, old.manifest)._asdict()
        found[old.path].append(ObjectChange(old.name, State.REMOVED, **after))
    for new in pairs.after:
        after = judges.consequences.of_new(new.path, new.manifest)._asdict()
        found[new.path].append(ObjectChange(new.name, State.ADDED, **after))
    for changes in found.values():
        changes.sort(key=lambda each: (each.name, each.state))
    return found


def changes_owners(pairs: Pairs, controllers: Controllers) -> bool:
    """Return whether controllers may delete anything, so that consequences are worth their time."""
    return bool(pairs.before) or any(
        old.path != new.path
        or old.key != new.key
        or controllers.is_build(new.path)
        or controllers.applies_otherwise(old.manifest, new.manifest)
        for old, new in pairs.both
    )


def _fields(old: Held, new: Held, judges: Judges) -> tuple[FieldChange, ...]:
    if same(old.manifest, new.manifest):
        return ()
    before, after = old.manifest, new.manifest
    if old.suspicious or new.suspicious:
        before = judges.mask.hide(old.manifest, new.manifest, second=False)
        after = judges.mask.hide(new.manifest, old.manifest, second=True)
    reaches_cluster = (old.marked or new.marked) and not judges.controllers.is_build(new.path)
    fields = differing(before, after, judges.controllers.switches if reaches_cluster else None)
    if not judges.controllers.cascades_otherwise(old.manifest, new.manifest):
        # Another spelling of a finalizer is no other fate of what was applied.
        fields = (_without(Risk.CASCADE, field) for field in fields)
    if old.key == new.key and not judges.controllers.replaces(new.manifest):
        return tuple(fields)
    # One object goes and another one comes: nothing is changed that could be immutable.
    return tuple(_without(Risk.IMMUTABLE, field) for field in fields)


def _without(risk: Risk, field: FieldChange) -> FieldChange:
    return structs.replace(field, risks=tuple(each for each in field.risks if each is not risk))

"""Changes of objects between two versions of a file."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from msgspec import structs

from kure_hooks.drift.consequences import Consequences, Controllers
from kure_hooks.drift.fields import differing
from kure_hooks.drift.masking import Mask
from kure_hooks.drift.objects import Held
from kure_hooks.drift.pairs import Pairs
from kure_hooks.drift.result import FieldChange, ObjectChange, Risk, State
from kure_hooks.manifests import same


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

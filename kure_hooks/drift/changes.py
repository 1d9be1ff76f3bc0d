"""What happened to each object."""

from collections import defaultdict
from collections.abc import Mapping

from msgspec import structs

from kure_hooks.drift.fields import differing
from kure_hooks.drift.masking import Mask
from kure_hooks.drift.objects import Held
from kure_hooks.drift.owners import Owners
from kure_hooks.drift.pairs import Pairs
from kure_hooks.drift.result import FieldChange, ObjectChange, Risk, State
from kure_hooks.drift.risks import of_removal
from kure_hooks.manifests import same
from kure_hooks.origin import Origin


def object_changes(
    pairs: Pairs, renamed: Mapping[str, str], origins: Mapping[str, Origin], mask: Mask
) -> Mapping[str, list[ObjectChange]]:
    """Return the changes by the path of their file, sorted by name; no changes for other paths.

    `renamed` maps new paths to old ones: an object that moved along with its file hasn't moved.
    """
    owners = Owners(origins, [*(old for old, _ in pairs.both), *pairs.before])
    found: defaultdict[str, list[ObjectChange]] = defaultdict(list)
    for old, new in pairs.both:
        fields = _fields(old, new, mask)
        risks = owners.risks(old.path, new.path)
        if old.path not in (new.path, renamed.get(new.path)):
            here = ObjectChange(new.name, State.MOVED_HERE, fields, old.path, risks)
            found[new.path].append(here)
            found[old.path].append(ObjectChange(old.name, State.MOVED_AWAY, other=new.path))
        elif old.key != new.key:
            risks = (*of_removal(old.manifest), *risks)
            found[new.path].append(ObjectChange(new.name, State.RENAMED, fields, old.name, risks))
        elif fields or risks:
            found[new.path].append(ObjectChange(new.name, State.CHANGED, fields, risks=risks))
    for old in pairs.before:
        risks = of_removal(old.manifest)
        found[old.path].append(ObjectChange(old.name, State.REMOVED, risks=risks))
    for new in pairs.after:
        found[new.path].append(ObjectChange(new.name, State.ADDED))
    for changes in found.values():
        changes.sort(key=lambda each: (each.name, each.state))
    return found


def _fields(old: Held, new: Held, mask: Mask) -> tuple[FieldChange, ...]:
    if same(old.manifest, new.manifest):
        return ()
    before, after = old.manifest, new.manifest
    if old.suspicious or new.suspicious:
        before = mask.hide(old.manifest, new.manifest, second=False)
        after = mask.hide(new.manifest, old.manifest, second=True)
    fields = differing(before, after)
    if old.key == new.key:
        return tuple(fields)
    # One object goes and another one comes: nothing is changed that could be immutable.
    return tuple(_without(Risk.IMMUTABLE, each) for each in fields)


def _without(risk: Risk, field: FieldChange) -> FieldChange:
    return structs.replace(field, risks=tuple(each for each in field.risks if each is not risk))

"""The fields of an object that differ, found by a walk of both versions side by side.

A field is told with the risks that its change has for a running cluster.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from kure_hooks.drift.alignment import Edit, edits, positions
from kure_hooks.drift.hunks import unified
from kure_hooks.drift.paths import FieldPath, ListKey, by_key, is_set, keyed, merge_key, path_text
from kure_hooks.drift.result import FieldChange, Risk
from kure_hooks.manifests import CLAIM, Manifest, canonical, same
from kure_hooks.objects.immutable import IMMUTABLE
from kure_hooks.yamlio.scalars import is_plain_text

# Some of them are the API server's to choose, which makes a change a risk and not an error.
_ASSIGNED = {"Service": ("spec.clusterIP", "spec.clusterIPs")}
_IMMUTABLE: Mapping[str, tuple[str, ...]] = _ASSIGNED | {
    kind: tuple(field.path for field in fields) for (_, kind), fields in IMMUTABLE.items()
}
# Objects of many kinds stop doing anything by it: CronJobs, and those of GitOps tools.
_SUSPEND = "spec.suspend"

Switches = Callable[[Manifest, FieldPath, FieldPath], Risk | None]
"""See Controllers.switches."""


def field_risks(
    manifest: Manifest, path: FieldPath, old: Any, new: Any, switches: Switches
) -> tuple[Risk, ...]:
    """Return the risks of changing a field from one value to another; None is no value."""
    immutable = _IMMUTABLE.get(str(manifest.get("kind")), ())
    before, after = (dict(_below(path, keyed(value))) for value in (old, new))
    touched = before.keys() | after.keys()
    names = {
        ".".join(map(str, steps))
        for steps in touched
        if not _is_claim_type(steps, before.get(steps), after.get(steps))
    }
    found = {risk for steps in touched if (risk := switches(manifest, steps, path))}
    if any(f"{name}.".startswith(f"{of}.") for of in immutable for name in names):
        found.add(Risk.IMMUTABLE)
    if _SUSPEND in names:
        found.add(Risk.SUSPEND)
    if any(
        _is_zero(after.get(steps)) and not _is_zero(before.get(steps))
        for steps in touched
        if _scales(steps)
    ):
        found.add(Risk.ZERO)
    return tuple(risk for risk in Risk if risk in found)


def _is_claim_type(steps: FieldPath, *values: Any) -> bool:
    """Tell whether a field is a key of a claim template with the API server's default."""
    if steps[:2] != ("spec", "volumeClaimTemplates") or len(steps) != len(("", "", "claim", "key")):
        return False
    given = CLAIM.get(str(steps[-1]))
    return given is not None and all(value in (None, given) for value in values)


def _is_zero(value: Any) -> bool:
    return value == 0 and not isinstance(value, bool)


def _scales(steps: FieldPath) -> bool:
    """Tell whether a field is a number of replicas, of a workload or in a kustomization."""
    if steps in (("spec", "replicas"), ("spec", "minReplicas")):
        return True
    return "kustomize" in steps and steps[-3::2] == ("replicas", "count")


def _below(path: FieldPath, value: Any) -> Iterator[tuple[FieldPath, Any]]:
    """Yield path and value of a field and of every field below it."""
    yield path, value
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _below((*path, key), each)


# A list with more differences than this is told as a whole; nobody reads on.
_MOST_ITEMS = 200

# Stands for the value of a field that one side does not have.
_ABSENT = object()

# A JSON null, since None stands for a side without the field.
NULL = object()

_LONGEST = 80


class _Difference(NamedTuple):
    """A field with its value on both sides; `items` is set for a list told as a whole."""

    path: FieldPath
    old: Any
    new: Any
    items: int = 0


def differing(
    before: Manifest, after: Manifest, switches: Switches | None = None
) -> Iterator[FieldChange]:
    """Yield the fields that differ between two versions of an object, sorted by their paths.

    Values of different JSON types differ: 1, 1.0, true and "1" are four values. Items of lists that
    Kubernetes merges by a key pair by that key, others by their order. The work grows no faster
    than the objects. Fields have their risks where `switches` is given; without, the object is none
    of a cluster.
    """
    for path, old, new, items in _mappings(before, after, ()):
        values = _value(old), _value(new)
        yield FieldChange(
            path_text(path),
            *(_counted(old, new, items) if items else side_by_side(*values)),
            _lines(old, new),
            field_risks(after, path, *values, switches) if switches else (),
        )


def _walk(old: Any, new: Any, path: FieldPath) -> Iterator[_Difference]:
    if isinstance(old, dict) and isinstance(new, dict):
        yield from _mappings(old, new, path)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _lists(old, new, path)
    elif old is _ABSENT or new is _ABSENT or not same(old, new):
        yield _Difference(path, old, new)


def _mappings(
    old: Mapping[Any, Any], new: Mapping[Any, Any], path: FieldPath
) -> Iterator[_Difference]:
    """Compare two mappings by their keys, which are steps, in the order of their texts."""
    for key in sorted(old.keys() | new.keys(), key=str):
        yield from _walk(old.get(key, _ABSENT), new.get(key, _ABSENT), (*path, key))


def _lists(old: list[Any], new: list[Any], path: FieldPath) -> Iterator[_Difference]:
    under = path[-1]
    if is_set(old, under) and is_set(new, under):
        yield from _limited(list(_sets(old, new, path)), old, new, path)
        return
    if key := merge_key(old, new):
        yield from _mappings(by_key(old, key), by_key(new, key), path)
        return
    texts = [canonical(item) for item in old], [canonical(item) for item in new]
    found = min(positions(*texts), edits(*texts), key=_extent)
    if _extent(found) > _MOST_ITEMS:
        yield _Difference(path, old, new, _extent(found))
        return
    for edit in found:
        yield from _replaced(old, new, edit, path)


def _extent(found: Sequence[Edit]) -> int:
    return sum(edit.size for edit in found)


def _replaced(old: list[Any], new: list[Any], edit: Edit, path: FieldPath) -> Iterator[_Difference]:
    """Compare the items of an edit in pairs; those left over came or went."""
    for step in range(edit.size):
        at, beside = edit.old_start + step, edit.new_start + step
        was = old[at] if at < edit.old_end else _ABSENT
        now = new[beside] if beside < edit.new_end else _ABSENT
        index = beside if was is _ABSENT else at
        yield from _walk(was, now, (*path, ListKey(str(index))))


def _sets(old: list[str], new: list[str], path: FieldPath) -> Iterator[_Difference]:
    """Yield what a set lost and got; an item of a set has no place of its own."""
    lost, got = Counter(old) - Counter(new), Counter(new) - Counter(old)
    for item in sorted((lost + got).elements()):
        yield _Difference(path, *((item, _ABSENT) if item in lost else (_ABSENT, item)))


def _limited(
    found: list[_Difference], old: list[Any], new: list[Any], path: FieldPath
) -> list[_Difference]:
    return found if len(found) <= _MOST_ITEMS else [_Difference(path, old, new, len(found))]


def _counted(old: list[Any], new: list[Any], items: int) -> tuple[str, str]:
    return f"{len(old)} items", f"{len(new)} items, {items} of them differ"


def _value(side: Any) -> Any:
    """Return a side's value as risks and texts take it: None where it has none."""
    if side is _ABSENT:
        return None
    return NULL if side is None else side


def _lines(old: Any, new: Any) -> tuple[str, ...]:
    """Return the difference of two texts of which one has several lines."""
    if (
        not isinstance(old, str)
        or not isinstance(new, str)
        or "\n" not in old.strip() + new.strip()
    ):
        return ()
    return tuple(unified(old, new))


def side_by_side(old: Any, new: Any) -> tuple[str | None, str | None]:
    """Return both values as one line; None stands for a side that has none.

    What is long is cut to what is around the first difference. A text is quoted where it could be
    taken for a value of another type by some reader, unless the other side is a text as well, and
    where only blanks or line breaks differ.
    """
    before, after = _text(old, new), _text(new, old)
    if before and after and before.strip() == after.strip():
        before, after = _quoted(old), _quoted(new)
    start = _start(before or "", after or "")
    return before and _excerpt(before, start), after and _excerpt(after, start)


def _text(value: Any, other: Any) -> str | None:
    if value is None:
        return None
    if value is NULL:
        return "null"
    if not isinstance(value, str) or (not isinstance(other, str) and _is_mistakable(value)):
        return _quoted(value)
    return value.replace("\n", " ")


def _quoted(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _is_mistakable(text: str) -> bool:
    """Tell whether some reader of YAML could take a text, which is not empty, for another type."""
    return text[:1] in ("[", "{") or (text != "" and not is_plain_text(text))


def _start(before: str, after: str) -> int:
    """Return where to begin so that the first difference is seen, with what is before it."""
    pairs = enumerate(zip(before, after, strict=False))
    first = next((at for at, (one, other) in pairs if one != other), min(len(before), len(after)))
    most = max(len(before), len(after)) - _LONGEST
    return max(min(first - _LONGEST // 2, most), 0)


def _excerpt(text: str, start: int) -> str:
    head = "..." if start else ""
    tail = "..." if len(text) > start + _LONGEST else ""
    return f"{head}{text[start + len(head) : start + _LONGEST - len(tail)]}{tail}"

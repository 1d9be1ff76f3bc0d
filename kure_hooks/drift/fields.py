"""Which fields of an object differ; loaded only when there is drift, for deepdiff."""

from collections.abc import Iterator, Sequence
from typing import Any

from deepdiff import DeepDiff

from kure_hooks.drift.hunks import unified
from kure_hooks.drift.keyed import keyed
from kure_hooks.drift.result import FieldChange
from kure_hooks.drift.risks import of_field
from kure_hooks.drift.values import NULL, side_by_side
from kure_hooks.manifests import Manifest


def differing(before: Manifest, after: Manifest) -> Iterator[FieldChange]:
    """Yield the fields that differ between two versions of an object, sorted by their paths."""
    kind = str(after.get("kind", ""))
    difference = DeepDiff(
        *_unequal(keyed(before), keyed(after)),
        view="tree",
        verbose_level=2,
        threshold_to_diff_deeper=0,
    )
    changes = {change for group in difference.values() for change in group}
    steps = [(tuple(map(_step, change.path(output_format="list"))), change) for change in changes]
    for path, change in sorted(steps, key=lambda each: each[0]):
        old, new = _value(change.t1), _value(change.t2)
        yield FieldChange(
            path_text(path[:-1] if path[-1] in (f"[{old}]", f"[{new}]") else path),
            *side_by_side(old, new),
            _lines(old, new),
            of_field(kind, path, old, new),
        )


def path_text(steps: Sequence[str]) -> str:
    """Return a path as people write it: `spec.containers[web].image`, keys with dots quoted."""
    text = ""
    for step in steps:
        if step.startswith("[") and step.endswith("]"):
            text += step
        elif "." in step:
            text += f'["{step}"]'
        else:
            text += f".{step}" if text else step
    return text


def _unequal(before: Any, after: Any) -> tuple[Any, Any]:
    """Leave out the keys whose values are equal, so that there is little left to search."""
    if not isinstance(before, dict) or not isinstance(after, dict):
        return before, after
    absent = object()
    kept = [key for key in before if before[key] != after.get(key, absent)]
    pairs = {key: _unequal(before[key], after[key]) for key in kept if key in after}
    old = {key: pairs[key][0] if key in pairs else before[key] for key in kept}
    added = {key: each for key, each in after.items() if key not in before}
    return old, {key: new for key, (_, new) in pairs.items()} | added


def _step(step: Any) -> str:
    return f"[{step}]" if isinstance(step, int) else str(step)


def _value(side: Any) -> Any:
    """Return a side's value; None where it has none."""
    if type(side).__name__ == "NotPresent":
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

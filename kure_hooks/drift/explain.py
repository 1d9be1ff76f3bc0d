"""What changed in a file, by object and field; loaded only when there is drift, for deepdiff."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from deepdiff import DeepDiff

from kure_hooks.drift.keyed import keyed
from kure_hooks.drift.masking import HIDDEN, is_hidden
from kure_hooks.drift.result import FieldChange, ObjectChange
from kure_hooks.errors import InputError
from kure_hooks.manifests import Identity, Manifest, identity
from kure_hooks.yamlio import read

_LONGEST = 80


def explain(path: str, checked_in: bytes, generated: bytes) -> tuple[tuple[ObjectChange, ...], str]:
    """Return the objects that differ, and a note where the checked-in file can't be compared.

    No objects and no note means that only formatting or comments differ.
    """
    try:
        before = _objects(path, checked_in)
    except (InputError, KeyError, TypeError, AttributeError):
        return (), "the checked-in file holds no readable Kubernetes objects"
    after = _objects(path, generated)
    return tuple(_changes(before, after)), ""


def _objects(path: str, data: bytes) -> dict[Identity, Manifest]:
    """Return the objects of a file; a kustomization.yaml has no name and goes by its kind."""
    objects = {}
    for document in read(data, path):
        manifest = document.value
        named = {**manifest, "metadata": {"name": "", **(manifest.get("metadata") or {})}}
        objects[identity(named)] = manifest
    return objects


def _changes(
    before: Mapping[Identity, Manifest], after: Mapping[Identity, Manifest]
) -> Iterator[ObjectChange]:
    for who in sorted(before.keys() | after.keys()):
        if who not in after:
            yield ObjectChange(str(who).strip(), "not generated")
        elif who not in before:
            yield ObjectChange(str(who).strip(), "not checked in")
        elif fields := tuple(_fields(who, before[who], after[who])):
            yield ObjectChange(str(who).strip(), "changed", fields)


def _fields(who: Identity, before: Manifest, after: Manifest) -> Iterator[FieldChange]:
    difference = DeepDiff(keyed(before), keyed(after), view="tree", verbose_level=2)
    changes = {change for group in difference.values() for change in group}
    steps = [(tuple(map(_step, change.path(output_format="list"))), change) for change in changes]
    for path, change in sorted(steps, key=lambda each: each[0]):
        yield FieldChange(
            _path(path), _shown(who.kind, path, change.t1), _shown(who.kind, path, change.t2)
        )


def _step(step: Any) -> str:
    return f"[{step}]" if isinstance(step, int) else str(step)


def _path(steps: Sequence[str]) -> str:
    text = ""
    for step in steps:
        if step.startswith("[") and step.endswith("]"):
            text += step
        elif "." in step:
            text += f'["{step}"]'
        else:
            text += f".{step}" if text else step
    return text


def _shown(kind: str, path: tuple[str, ...], value: Any) -> str | None:
    if type(value).__name__ == "NotPresent":
        return None
    if is_hidden(kind, path, value):
        return HIDDEN
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = " ".join(text.split("\n"))
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."

"""The shape of a Kubernetes object, and lists of objects taken apart.

A list is what kustomize 5.8 takes for one: every kind that ends in List and has items.
"""

from collections.abc import Iterator
from typing import Any

from kure_hooks.decoding.refusals import refusals
from kure_hooks.decoding.strings import parts_of, string_problem, string_problems
from kure_hooks.manifests import Manifest, objects_of
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem


def faults(manifest: Any) -> Iterator[Problem]:
    """Yield why a value is no Kubernetes object: where, what is wrong and what is expected."""
    if not isinstance(manifest, dict):
        yield (), "this is no Kubernetes object", "a mapping with apiVersion, kind and metadata"
        return
    required = (_required(manifest, (), "apiVersion"), _required(manifest, (), "kind"))
    nameless = [problem for problem in required if problem]
    yield from nameless
    if _is_list(manifest):
        yield from _item_faults(manifest.get("items") or [])
        return
    metadata = manifest.get("metadata")
    if problem := _required(metadata if isinstance(metadata, dict) else {}, ("metadata",), "name"):
        yield problem
    if not isinstance(metadata, dict):
        return
    if not isinstance(metadata.get("namespace", ""), str):
        yield ("metadata", "namespace"), *string_problem(metadata["namespace"])
    for key in ("labels", "annotations"):
        if not isinstance(metadata.get(key) or {}, dict):
            yield ("metadata", key), "this is no mapping", "a mapping"
    if not nameless:
        parts = parts_of(manifest)
        yield from string_problems(manifest, parts)
        yield from refusals(manifest, parts)


def items(manifest: Manifest, pointer: Pointer = ()) -> list[tuple[Pointer, Manifest]]:
    """Return the objects of a faultless value and the pointer to each.

    These are the items of a list, else the object itself, which stands at `pointer`.
    """
    objects = objects_of(manifest, pointer)
    return [placed for placed in objects if not _is_list(placed[1])]  # these have no items


def _item_faults(items: Any) -> Iterator[Problem]:
    if not isinstance(items, list):
        yield ("items",), "this is no list", "a list of objects"
        return
    for index, item in enumerate(items):
        for pointer, problem, expected in faults(item):
            yield ("items", index, *pointer), problem, expected


def _is_list(manifest: Manifest) -> bool:
    kind = manifest.get("kind")
    return kind == "List" or (
        isinstance(kind, str) and kind.endswith("List") and "items" in manifest
    )


def _required(value: Manifest, pointer: Pointer, key: str) -> Problem | None:
    """Return the problem of a required string, None if it is there."""
    text = value.get(key)
    if key not in value:
        return (*pointer, key), "this required key is missing", "a string"
    if text is None or text == "":
        return (*pointer, key), "this required key has no value", "a string"
    return None if isinstance(text, str) else ((*pointer, key), *string_problem(text))

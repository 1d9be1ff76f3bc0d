"""What a value has to be for a Kubernetes object, and lists of objects taken apart."""

from collections.abc import Iterator
from typing import Any

from kure_hooks.manifests import Manifest
from kure_hooks.yamlio import Pointer

_NO_TEXT = "this required key is missing or no text"


def faults(manifest: Any) -> Iterator[tuple[Pointer, str, str]]:
    """Yield why a value is no Kubernetes object: where, what is wrong and what is expected."""
    if not isinstance(manifest, dict):
        yield (), "this is no Kubernetes object", "a mapping with apiVersion, kind and metadata"
        return
    for key in ("apiVersion", "kind"):
        if not _is_text(manifest.get(key)):
            yield (key,), _NO_TEXT, "expected a text"
    if manifest.get("kind") == "List":
        yield from _item_faults(manifest.get("items") or [])
        return
    metadata = manifest.get("metadata")
    if not isinstance(metadata, dict) or not _is_text(metadata.get("name")):
        yield ("metadata", "name"), _NO_TEXT, "expected a text"
        return
    if not isinstance(metadata.get("namespace", ""), str):
        yield ("metadata", "namespace"), "this is no text", "expected a text"
    for key in ("labels", "annotations"):
        if not isinstance(metadata.get(key) or {}, dict):
            yield ("metadata", key), "this is no mapping", "expected a mapping"


def items(manifest: Manifest) -> list[Manifest]:
    """Return the objects of a faultless value: those of a List, else the object itself."""
    if manifest["kind"] != "List":
        return [manifest]
    return [each for item in manifest.get("items") or () for each in items(item)]


def _item_faults(items: Any) -> Iterator[tuple[Pointer, str, str]]:
    if not isinstance(items, list):
        yield ("items",), "this is no list", "expected a list of objects"
        return
    for index, item in enumerate(items):
        for pointer, problem, expected in faults(item):
            yield ("items", index, *pointer), problem, expected


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)

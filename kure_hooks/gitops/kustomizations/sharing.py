"""Labels and annotations that kustomize 5.8 sets in several places of an object at once.

It makes them one value there: whatever changes it in one place later changes it in all, until an
operation of a JSON 6902 patch has read and written the object anew.
"""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from kure_hooks.gitops.kustomizations.fields import FieldError, Spec, replaced, with_fields
from kure_hooks.gitops.kustomizations.items import Item, is_same
from kure_hooks.gitops.kustomizations.refusals import UnfollowedError
from kure_hooks.manifests import Manifest, value_at
from kure_hooks.yamlio import Pointer


def with_entry(item: Item, fields: Sequence[Spec], key: str, text: str) -> Item:
    """Return an item with one key of the mappings in some of its fields set."""
    made: list[Pointer] = []
    kept: list[Pointer] = []

    def change(value: Any, at: Pointer) -> Any:
        if not isinstance(value, dict):
            raise FieldError(key)
        places = made if value.get(key) is None and key not in value else kept
        places.append((*at, key))
        return value if value.get(key) == text else {**value, key: text}

    manifest = with_fields(item.manifest, fields, change, {})
    for group in item.shared:
        if not group.isdisjoint(kept):
            for pointer in group:
                manifest = replaced(manifest, pointer, text)
    item = is_same(item, manifest)
    if len(made) > 1:
        item = replace(item, shared=(*item.shared, frozenset(made)))
    return item


def with_shared(item: Item, manifest: Manifest) -> Item:
    """Return an item with what a merge has made of it.

    A value that it has in several places, and that was changed in one, is changed in all.
    """
    groups: list[frozenset[Pointer]] = []
    for group in item.shared:
        left = frozenset(pointer for pointer in group if value_at(manifest, *pointer) is not None)
        old = {value_at(item.manifest, *pointer) for pointer in left}
        new = {value_at(manifest, *pointer) for pointer in left} - old
        if len(new) > 1:
            reason = f"has a patch of {item.kind} {item.name} that changes one label in two ways"
            raise UnfollowedError(reason)
        for value in new:
            for pointer in left:
                manifest = replaced(manifest, pointer, value)
        if len(left) > 1:
            groups.append(left)
    return replace(is_same(item, manifest), shared=tuple(groups))

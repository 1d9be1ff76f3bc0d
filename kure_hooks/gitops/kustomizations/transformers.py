"""The transformers of kustomize 5.8 that change every object, in the order that it runs them.

A label or an annotation that it sets in several places of an object is one value there: whatever
changes it in one place later changes it in all, until an operation of a JSON 6902 patch has read
and written the object anew.
"""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from msgspec.structs import replace

from kure_hooks.gitops.kustomizations import specs
from kure_hooks.gitops.kustomizations.fields import FieldError, Spec, replaced, steps, with_fields
from kure_hooks.gitops.kustomizations.items import Item, is_cluster_scoped, is_same
from kure_hooks.gitops.kustomizations.refusals import UnfollowedError
from kure_hooks.gitops.kustomizations.schema import Image, Label, Replica
from kure_hooks.kustomize.images import Renaming, in_containers
from kure_hooks.kustomize.patches import MAX_DEPTH
from kure_hooks.manifests import Manifest, value_at
from kure_hooks.yamlio import Pointer

_BINDINGS = ("RoleBinding", "ClusterRoleBinding")
_KEPT_NAMES = ("CustomResourceDefinition", "Namespace")
_DEFINITION = "CustomResourceDefinition"


def in_namespace(item: Item, namespace: str) -> Item:
    """Return an item in a namespace; one outside of namespaces names it where it has to.

    A Namespace itself is renamed; of the subjects of a binding those named `default` are moved.
    """
    manifest = item.manifest
    if not is_cluster_scoped(manifest):
        manifest = {**manifest, "metadata": {**manifest["metadata"], "namespace": namespace}}
    if manifest["kind"] in _BINDINGS:
        manifest = _with_subjects(manifest, namespace)
    if manifest["kind"] == "Namespace" and manifest["apiVersion"] == "v1":
        manifest = {**manifest, "metadata": {**manifest["metadata"], "name": namespace}}
    manifest = with_fields(manifest, specs.NAMESPACES, lambda *_: namespace, "")
    return is_same(item.remembered(), manifest)


def _with_subjects(manifest: Manifest, namespace: str) -> Manifest:
    subjects = manifest.get("subjects")
    if not isinstance(subjects, list):
        return manifest
    moved = [
        {**subject, "namespace": namespace}
        if isinstance(subject, dict) and subject.get("name") == "default"
        else subject
        for subject in subjects
    ]
    return {**manifest, "subjects": moved}


def with_prefix(item: Item, prefix: str) -> Item:
    """Return an item whose name begins with a prefix; some kinds keep their names."""
    if _keeps_name(item):
        return item
    item = replace(item.remembered(), prefixes=(*item.prefixes, prefix))
    return item.named(f"{prefix}{item.name}")


def with_suffix(item: Item, suffix: str) -> Item:
    """Return an item whose name ends with a suffix; some kinds keep their names."""
    if _keeps_name(item):
        return item
    item = replace(item.remembered(), suffixes=(*item.suffixes, suffix))
    return item.named(f"{item.name}{suffix}")


def _keeps_name(item: Item) -> bool:
    original = item.original
    is_service = (original.group, original.kind) == ("apiregistration.k8s.io", "APIService")
    return original.kind in _KEPT_NAMES or is_service


def labelled(item: Item, label: Label) -> Item:
    """Return an item with the labels of an entry of `labels`.

    Raises UnfollowedError for a field deeper than objects are.
    """
    if any((field.path or "").count("/") > MAX_DEPTH for field in label.fields or ()):
        raise UnfollowedError(f"sets a label in a field behind more than {MAX_DEPTH} others")
    fields = [
        Spec(
            steps(field.path or ""),
            field.kind or "",
            field.group or "",
            field.version or "",
            create=bool(field.create),
        )
        for field in label.fields or ()
    ]
    if label.include_selectors:
        fields += specs.ALL_LABELS
    else:
        fields += specs.TEMPLATE_LABELS if label.include_templates else ()
        fields += specs.CLAIM_LABELS if label.include_volume_claim_templates else ()
        fields += specs.OWN_LABELS
    return with_entries(item, label.pairs or {}, fields)


def with_entries(item: Item, texts: Mapping[str, str | None], fields: Sequence[Spec]) -> Item:
    """Return an item with labels or annotations in some of its fields."""
    for key in sorted(texts):
        item = with_entry(item, fields, key, texts[key] or "")
    return item


def scaled(item: Item, replica: Replica) -> Item:
    """Return an item with the number of replicas of an entry of `replicas` that is for it."""
    if not has_replicas(item, replica.name or ""):
        return item
    count = replica.count or 0
    return is_same(item, with_fields(item.manifest, specs.REPLICAS, lambda *_: count, ""))


def has_replicas(item: Item, name: str) -> bool:
    """Tell whether an entry of `replicas` with a name is for an item."""
    return any(
        known.name == name and known.kind == spec.kind
        for known in item.ids()
        for spec in specs.REPLICAS
    )


def with_image(item: Item, image: Image) -> Item:
    """Return an item with an image renamed: in containers at any depth, and in volumes of pods."""
    if item.kind == _DEFINITION:
        return item
    renaming = Renaming(
        image.name or "",
        image.new_name or "",
        image.new_tag or "",
        image.digest or "",
        image.tag_suffix or "",
    )
    pattern = renaming.pattern
    if pattern is None:
        raise UnfollowedError(f"renames the image {image.name}, which is a pattern")
    change = partial(_renamed, renaming, pattern)
    manifest = in_containers(item.manifest, change)
    return is_same(item, with_fields(manifest, specs.IMAGES, change, None))


def _renamed(renaming: Renaming, pattern: re.Pattern[str], value: Any, _: Pointer) -> Any:
    if isinstance(value, dict | list):
        raise FieldError("image")
    if not isinstance(value, str) or not pattern.fullmatch(value):
        return value
    return renaming.renamed(value)


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

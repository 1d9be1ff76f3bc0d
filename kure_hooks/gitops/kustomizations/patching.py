"""Patches in a build of kustomize 5.8: the objects that they are for, and what becomes of them."""

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from operator import is_
from typing import Any

from msgspec import structs

from kure_hooks.decoding import nearest
from kure_hooks.gitops.kustomizations.items import Index, Item, is_cluster_scoped, refuse_doubles
from kure_hooks.gitops.kustomizations.refusals import RefusedError, UnfollowedError
from kure_hooks.gitops.kustomizations.schema import PatchOptions, Target
from kure_hooks.gitops.kustomizations.transformers import with_shared
from kure_hooks.kustomize.merging import merged
from kure_hooks.kustomize.patches import Patch, PatchError, TooMuchError, apply, parse
from kure_hooks.kustomize.targets import identify, matches
from kure_hooks.manifests import Manifest
from kure_hooks.yamlio import Pointer

_NOTHING = PatchOptions()


@dataclass(frozen=True, slots=True)
class Step:
    """One patch in the file of kustomize's: its text, its target, and where it is written.

    kustomize `remembers` the names that objects had before operations, or not. It `copies` an
    object to merge that has no target, or not.
    """

    text: str
    pointer: Pointer
    target: Target | None = None
    options: PatchOptions | None = None
    remembers: bool = True
    copies: bool = False


class Patching:
    """The patches of one file, applied one after the other.

    `lost` gets the reasons for which objects can't be known; these are left out. `complete` is
    whether all objects are there, so that one that a patch is for is missed. `spend` takes the work
    on all objects, so much for each, from what is left, and tells whether there was any.
    """

    def __init__(
        self, *, complete: bool, lose: Callable[[str], None], spend: Callable[[float], bool]
    ) -> None:
        self.complete = complete
        self.lose = lose
        self.spend = spend
        self._items: Sequence[Item] | None = None
        self._index = Index(())

    def patched(self, items: Sequence[Item], step: Step) -> list[Item]:
        """Return the items with a patch applied; RefusedError where kustomize refuses it."""
        has_target = step.target is not None
        try:
            patch = _parsed(step.text, has_target=has_target)
        except PatchError as error:
            return self._unread(items, step, error)
        if step.target is not None:
            return self._targeted(items, step, step.target, patch)
        merged = list(items)
        self._look_at(items)
        for merge in patch.merges:
            self._merge(merged, step, _in_texts(merge) if step.copies else merge)
        self._items = merged
        return merged

    def _look_at(self, items: Sequence[Item]) -> None:
        """Have an index of the items: that of the last merge, if nothing else changed any."""
        last = self._items
        if last is None or len(items) != len(last) or not all(map(is_, items, last)):
            self._index = Index(items)
            self._items = list(items)

    def _unread(self, items: Sequence[Item], step: Step, error: PatchError) -> list[Item]:
        self.lose(f"has a patch that is not followed: {error.problem}")
        if step.target is None:
            return []
        return [item for item in items if matches(_keys(step.target), item.targeted()) is False]

    def _targeted(
        self, items: Sequence[Item], step: Step, target: Target, patch: Patch
    ) -> list[Item]:
        keys = _keys(target)
        kept: list[Item] = []
        for item in items:
            answer = matches(keys, item.targeted())
            if answer is None:
                self.lose(f"has a patch whose target may mean {item.kind} {item.name}")
            elif answer:
                kept += self._changed(item, step, patch)
            else:
                kept.append(item)
        if patch.merges:
            refuse_doubles(kept)
        return kept

    def _changed(self, item: Item, step: Step, patch: Patch) -> Iterator[Item]:
        if patch.operations:
            yield from self._operated(item, step, patch.operations)
        elif not patch.deletes:
            for merge in patch.merges:
                manifest = {**_in_texts(merge), "apiVersion": item.api_version}
                yield from self._with_merge(item, step, manifest)

    def _operated(self, item: Item, step: Step, operations: Sequence[Manifest]) -> Iterator[Item]:
        if step.remembers:
            item = item.remembered()
        manifest = deepcopy(item.manifest)
        metadata = manifest["metadata"]
        if item.earlier and metadata.get("annotations") is None:
            metadata["annotations"] = {}  # kustomize keeps the earlier names there
        try:
            apply(operations, manifest)
        except PatchError as error:
            problem = f"{error.problem} of {item.kind} {item.name}"
            expected = "Correct the path, or take the operation out."
            raise RefusedError(problem, expected, step.pointer) from error
        except TooMuchError:
            self.lose(f"has a patch of {item.kind} {item.name} that copies too much")
            return
        metadata = manifest.get("metadata")
        if not isinstance(metadata, dict) or not _has_names(manifest):
            self.lose(f"has a patch that takes the names of {item.kind} {item.name}")
            return
        annotations = metadata.pop("annotations", None) or {}
        if not isinstance(annotations, dict) or not all(map(_is_worded, annotations.values())):
            self.lose(
                f"has a patch that makes no texts of the annotations of {item.kind} {item.name}"
            )
            return
        if annotations:
            metadata["annotations"] = {key: _text(text) for key, text in annotations.items()}
        yield structs.replace(item, manifest=manifest, shared=())

    def _merge(self, items: list[Item], step: Step, merge: Manifest) -> None:
        """Merge an object into the one of the items whose names it has."""
        targets = self._index.named(identify(merge, cluster_scoped=is_cluster_scoped(merge)))
        if len(targets) != 1:
            if not self.complete and not targets:
                return
            raise _missed(merge, items, targets, step.pointer)
        changed = (
            () if merge.get("$patch") == "delete" else self._with_merge(targets[0], step, merge)
        )
        made = list(changed)
        self._items = None  # until all of the patch is merged
        self._index.put(items, targets[0], made)

    def _with_merge(self, item: Item, step: Step, merge: Manifest) -> Iterator[Item]:
        options = step.options or _NOTHING
        try:
            manifest = merged(item.manifest, merge)
        except PatchError as error:
            self.lose(
                f"has a patch of {item.kind} {item.name} that is not followed: {error.problem}"
            )
            return
        if options.allow_name_change or options.allow_kind_change:
            item = item.remembered()
        if options.allow_name_change:
            metadata = {**manifest["metadata"], "name": merge["metadata"]["name"]}
            manifest = {**manifest, "metadata": metadata}
        if options.allow_kind_change:
            manifest = {**manifest, "kind": merge["kind"]}
        try:
            yield with_shared(item, manifest)
        except UnfollowedError as error:
            self.lose(error.reason)


@lru_cache(maxsize=512)
def _parsed(text: str, *, has_target: bool) -> Patch:
    return parse(text, has_target=has_target)


def _keys(target: Target) -> dict[str, str]:
    keys = structs.asdict(target)
    for key in ("label", "annotation"):
        keys[f"{key}Selector"] = keys.pop(f"{key}_selector")
    return {key: text for key, text in keys.items() if text}


def _in_texts(merge: Manifest) -> Manifest:
    """Return an object to merge with its labels and annotations as kustomize copies them.

    All are texts then, so that null is `null` and deletes nothing.
    """
    metadata = merge.get("metadata")
    if not isinstance(metadata, dict):
        return merge
    copied = dict(metadata)
    for key in ("labels", "annotations"):
        texts = metadata.get(key)
        if isinstance(texts, dict) and texts:
            copied[key] = {name: _text(text) for name, text in texts.items()}
        else:
            copied.pop(key, None)
    return {**merge, "metadata": copied}


def _text(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value) if isinstance(value, int) else value


def _is_worded(value: Any) -> bool:
    return isinstance(value, str | int)


def _has_names(manifest: Manifest) -> bool:
    names = (manifest.get("apiVersion"), manifest.get("kind"), manifest["metadata"].get("name"))
    return all(isinstance(name, str) and name for name in names)


def _missed(
    merge: Manifest, items: Sequence[Item], targets: Sequence[Item], pointer: Pointer
) -> RefusedError:
    metadata = merge["metadata"]
    name, namespace = metadata["name"], metadata.get("namespace")
    label = f"{merge['kind']} {f'{namespace}/' if namespace else ''}{name}"
    if targets:
        problem = f"the patch is for {label}, and {len(targets)} objects have had this name"
        return RefusedError(problem, "Give the patch a target.", pointer)
    near = nearest(name, {item.name for item in items if item.kind == merge["kind"]} - {name})
    problem = f"the patch is for {label}, which is not there"
    return RefusedError(problem, near or "Name an object of this build.", pointer)

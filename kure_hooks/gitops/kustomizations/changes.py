"""Changes that a file of kustomize's makes to all that it takes in (kustomize 5.8)."""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from kure_hooks.decoding import nearest
from kure_hooks.gitops.kustomizations import transformers
from kure_hooks.gitops.kustomizations.entries import Entries
from kure_hooks.gitops.kustomizations.fields import FieldError
from kure_hooks.gitops.kustomizations.items import SCANNED, Item, refuse_doubles
from kure_hooks.gitops.kustomizations.loading import BYTES
from kure_hooks.gitops.kustomizations.patching import Patching, Step
from kure_hooks.gitops.kustomizations.reading import File
from kure_hooks.gitops.kustomizations.refusals import RefusedError, UnfollowedError
from kure_hooks.gitops.kustomizations.schema import Kustomization, Label, Patch, Replica
from kure_hooks.gitops.kustomizations.specs import ANNOTATIONS
from kure_hooks.objects.built import Change
from kure_hooks.yamlio import Pointer

Guard = Callable[..., None]
"""Takes a step, or says at a pointer why it can't be taken."""


class Changes:
    """The transformers of one file, in the order of kustomize.

    `items` are changed in place, and `read` gets each file that is read. Where the fields stand in
    an object of Flux or Argo CD, items remember what changes them.
    """

    def __init__(
        self,
        items: list[Item],
        entries: Entries,
        guard: Guard,
        read: Callable[[str], None],
        patching: Patching,
    ) -> None:
        self.items = items
        self.entries = entries
        self.guard = guard
        self.read = read
        self.patching = patching
        self.spend = patching.spend
        self._file: File | None = None

    def make(self, fields: Kustomization, file: File) -> None:
        """Make all changes of the fields of a file."""
        self._file = file
        for index, text in enumerate(fields.patches_strategic_merge or ()):
            pointer: Pointer = ("patchesStrategicMerge", index)
            self._take(pointer, self._merge, pointer, text)
        for index, patch in enumerate(fields.patches or ()):
            self._take(("patches", index), self._patch, ("patches", index), patch)
        if fields.namespace:
            self._each(("namespace",), transformers.in_namespace, fields.namespace)
            self.guard(("namespace",), refuse_doubles, self.items)
        if fields.name_prefix:
            self._each(("namePrefix",), transformers.with_prefix, fields.name_prefix)
        if fields.name_suffix:
            self._each(("nameSuffix",), transformers.with_suffix, fields.name_suffix)
        self._decorate(fields)
        for index, patch in enumerate(fields.patches_json6902 or ()):
            pointer = ("patchesJson6902", index)
            self._take(pointer, self._patch, pointer, patch)
        for index, replica in enumerate(fields.replicas or ()):
            self._take(("replicas", index), self._scale, replica)
        for key, images in (("images", fields.images), ("imageTags", fields.image_tags)):
            for index, image in enumerate(images or ()):
                self._each((key, index), transformers.with_image, image)

    def _take(self, pointer: Pointer, step: Callable[..., Any], *arguments: Any) -> None:
        """Take a step, or say why it can't be taken."""
        before = list(self.items)
        self.guard(pointer, step, *arguments)
        self._note(before, pointer)

    def _note(self, before: list[Item], pointer: Pointer) -> None:
        """Let the items that another object changes remember it."""
        if self._file is None or not self._file.inside:
            return
        former: list[Item | None] = [*before]
        if len(before) != len(self.items):  # some are gone, or taken for others
            known = {_names(item): item for item in before}
            former = [known.get(_names(item)) for item in self.items]
        at = self._file.at(*pointer)
        for index, (old, item) in enumerate(zip(former, self.items, strict=True)):
            if old is not None and old.manifest is not item.manifest:
                change = Change(str(pointer[0]), at, old.manifest)
                self.items[index] = replace(item, changes=(*old.changes, change))

    def _decorate(self, fields: Kustomization) -> None:
        """Add labels and annotations."""
        for index, label in enumerate(fields.labels or ()):
            work = len(label.pairs or ()) * (1 + len(label.fields or ()))
            self._each(("labels", index), transformers.labelled, label, work=work)
        if fields.common_labels:
            label = Label(pairs=fields.common_labels, include_selectors=True)
            work = len(fields.common_labels)
            self._each(("commonLabels",), transformers.labelled, label, work=work)
        if fields.common_annotations:
            texts, change = fields.common_annotations, transformers.with_entries
            self._each(("commonAnnotations",), change, texts, ANNOTATIONS, work=len(texts))

    def _each(
        self, pointer: Pointer, change: Callable[..., Item], *arguments: Any, work: int = 1
    ) -> None:
        """Change each object, which is so much work for one; one that has another shape is lost."""
        if not self.spend(work):
            return
        items: list[Item] = []
        for item in self.items:
            try:
                items.append(change(item, *arguments))
            except FieldError as error:
                self.patching.lose(
                    f"has {item.kind} {item.name}, in which {pointer[0]} finds another {error}"
                )
            except UnfollowedError as error:
                self.patching.lose(error.reason)
        before, self.items[:] = list(self.items), items
        self._note(before, pointer)

    def _scale(self, replica: Replica) -> None:
        name = replica.name or ""
        if not self.spend(1):
            return
        if any(transformers.has_replicas(item, name) for item in self.items):
            self._each(("replicas",), transformers.scaled, replica)
        elif self.patching.complete:
            near = nearest(name, {item.name for item in self.items if _is_scaled(item)})
            problem = f"nothing that has replicas is named {name}"
            raise RefusedError(problem, near or "Name an object of this build.")

    def _merge(self, pointer: Pointer, text: str) -> None:
        if "\n" not in text and self.entries.is_file(self.entries.path(text)):
            text = self._text(text)
        elif ":" not in text:
            raise self.entries.missing(text, self.entries.path(text))
        self._apply(Step(text, pointer, copies=True))

    def _patch(self, pointer: Pointer, patch: Patch) -> None:
        text = (patch.patch or "").strip() if pointer[0] == "patches" else patch.patch or ""
        if bool(text) == bool(patch.path):
            problem = "the patch has both path and patch" if text else "the patch has no text"
            raise RefusedError(problem, "Set one of path and patch.")
        remembers = pointer[0] == "patches"
        if patch.path:
            try:
                text = self._text(patch.path)
            except RefusedError as error:
                error.pointer = (*pointer, "path")
                raise
        step = Step(text, pointer, patch.target, patch.options, remembers=remembers)
        self._apply(step)

    def _apply(self, step: Step) -> None:
        """Apply a patch: one without a target finds its object by name."""
        work = 1 / SCANNED if step.target is None else 1 + len(step.text) / BYTES
        if self.spend(work):
            self.items[:] = self.patching.patched(self.items, step)

    def _text(self, entry: str) -> str:
        content = self.entries.content(entry)
        self.read(self.entries.file(entry))
        try:
            return content.decode()
        except UnicodeDecodeError as error:
            raise UnfollowedError(f"has a patch, {entry}, which is no UTF-8") from error


def _names(item: Item) -> tuple[str, ...]:
    """Return the names that an item came with; a patch may change its apiVersion."""
    original = item.original
    return original.kind, original.namespace, original.name


def _is_scaled(item: Item) -> bool:
    return any(transformers.has_replicas(item, names.name) for names in item.ids())

"""Objects in the files that a kustomization names, as kustomize 5.8 takes them in."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import yaml
from msgspec import Struct

from kure_hooks.files.tree import MAX_LARGE
from kure_hooks.findings import Finding, Location
from kure_hooks.gitops.budget import weight
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.kustomizations.items import Item, is_local
from kure_hooks.manifests import Manifest
from kure_hooks.objects.written import Object
from kure_hooks.yamlio import Document, Pointer, kustomize, read
from kure_hooks.yamlio.scalars import Scalar

REFUSED = ("YA001", "YA002", "YA003", "YA004", "YA011")
"""Faults of a file that kustomize refuses too; other limits are those of kure-hooks."""

BYTES = 1_000
"""So many bytes make as much work as an object."""

_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# A float of this size has an exponent in JSON.
_EXPONENT = 1e21

# A line that is not indented, and what follows it up to one that is.
_INDENTED = re.compile(r"(?:(?<=\n)|\A)([^ \t\n].*)(\n+)(?=[ \t])")


class Loaded(Struct, frozen=True):
    """The objects of a file.

    `problem` is why kustomize refuses it, `unknown` why some of them can't be known; `weight` is
    the work of one change of all of them, in usual objects.

    Both are the end of a sentence that begins with the name of the file.
    """

    objects: tuple[Object, ...] = ()
    problem: str = ""
    at: Location | None = None
    unknown: str = ""
    weight: int = 1

    def items(self, place: Location) -> list[Item]:
        """Return the objects as items that a place brings."""
        return [
            Item(each.manifest, each.document, each.pointer, each, place) for each in self.objects
        ]


class Loader:
    """The objects of files; each file is looked at once."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self._known: dict[str, Loaded] = {}

    def loaded(self, path: str) -> Loaded:
        """Return what kustomize takes in from a file that is there."""
        if path not in self._known:
            self._known[path] = self._load(path)
        return self._known[path]

    def _load(self, path: str) -> Loaded:
        for fault in self.files.faults(path):
            return _of_fault(fault)
        known = {(id(each.document), each.pointer): each for each in self.files.objects(path)}
        objects: list[Object] = []
        documents: Sequence[Document] = self.files.documents(path)
        if self.files.is_disputed(path):
            documents = as_built(self.files.tree.read(path, MAX_LARGE), path)
        for document in documents:
            for pointer, manifest in _manifests(document.value, ()):
                if problem := _problem(manifest):
                    return Loaded(problem=problem, at=document.at(*pointer))
                if unknown := _unknown(manifest):
                    return Loaded(unknown=unknown)
                if not is_local(manifest):
                    given = known.get((id(document), pointer))
                    objects.append(given or Object(document, pointer, manifest))
        total = 1 + sum(weight(item.manifest) for item in objects)
        return Loaded(tuple(objects), weight=total)


def _of_fault(fault: Finding) -> Loaded:
    problem = f"can't be read: {fault.problem}"
    if fault.rule in REFUSED:
        return Loaded(problem=problem, at=fault.at)
    return Loaded(unknown=problem)


def _manifests(value: Any, pointer: Pointer) -> Iterator[tuple[Pointer, Any]]:
    """Yield the objects of a document: itself, or those of a list at any depth."""
    if value in (None, {}, []):
        return
    kind = value.get("kind") if isinstance(value, dict) else None
    if not isinstance(kind, str) or not kind.endswith("List") or "items" not in value:
        yield pointer, value
        return
    items = value["items"]
    if isinstance(items, list):
        for index, item in enumerate(items):
            yield from _manifests(item, (*pointer, "items", index))
    elif items is not None:
        yield (*pointer, "items"), items


def _problem(manifest: Any) -> str:
    """Return why kustomize refuses an object, empty where it takes it in."""
    if not isinstance(manifest, dict):
        return "has something that is no Kubernetes object"
    kind = manifest.get("kind")
    if not kind:
        return "has an object without a kind"
    metadata = manifest.get("metadata")
    if metadata is not None and not isinstance(metadata, dict):
        return "has an object whose metadata is no mapping"
    if not str(kind).endswith("List") and (metadata or {}).get("name") in (None, ""):
        return f"has an object of kind {kind} without metadata.name"
    return ""


def _unknown(manifest: Manifest) -> str:
    """Return why an object that kustomize takes in is not followed, empty where it is."""
    metadata = manifest.get("metadata") or {}
    names = (manifest.get("apiVersion"), manifest["kind"], metadata.get("name"))
    if not all(isinstance(name, str) and name for name in names):
        return "has an object without apiVersion, or with names that are no texts"
    if not isinstance(metadata.get("namespace", ""), str | None):
        return "has an object whose namespace is no text"
    for key in ("labels", "annotations"):
        texts = metadata.get(key)
        if texts is not None and not _are_texts(texts):
            return f"has an object with {key} that are no texts"
    return ""


def _are_texts(texts: Any) -> bool:
    return isinstance(texts, dict) and all(isinstance(text, str) for text in texts.values())


def as_built(data: bytes, path: str) -> list[Document]:
    """Return the documents of a file that can be read, with the scalars that kustomize builds."""
    documents = read(data, path, _scalar, most=MAX_LARGE)
    folded = _folded(data)
    if folded:
        for document in documents:
            _refold(document.value, document, folded)
    return documents


def _scalar(text: str) -> Scalar:
    value = kustomize(text)
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXPONENT:
        return int(value)
    return value


def _folded(data: bytes) -> dict[tuple[int, int], str]:
    """Return the texts that kustomize changes when it folds them again, by their places.

    It writes an empty line more before each line that is indented.
    """
    if b">" not in data:
        return {}
    texts = {
        (event.start_mark.line, event.start_mark.column): event.value
        for event in yaml.parse(data, Loader=_Parser)
        if isinstance(event, yaml.ScalarEvent) and event.style == ">" and event.start_mark
    }
    changed = {place: _INDENTED.sub(r"\1\n\2", text) for place, text in texts.items()}
    return {place: text for place, text in changed.items() if text != texts[place]}


def _refold(value: Any, document: Document, folded: dict[tuple[int, int], str]) -> None:
    """Put folded texts into a value of a document."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        pairs = part.items() if isinstance(part, dict) else enumerate(part)
        marks = document.marks.get(id(part), {})
        for key, item in list(pairs):
            place = marks[key][:2] if key in marks else None
            if isinstance(item, dict | list):
                waiting.append(item)
            elif place in folded:
                part[key] = folded[place]

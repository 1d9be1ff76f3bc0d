"""The Kubernetes objects of a file, refused where their schema's address can't be trusted.

A validator turns kind and apiVersion into the address of a schema, so `../` or a template in them
would let a manifest choose the schema that judges it.
"""

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct, structs

from kure_hooks.errors import InputError
from kure_hooks.files.tree import MAX_LARGE
from kure_hooks.findings import Finding, Location, Severity, of_rule
from kure_hooks.kustomize import is_kustomization
from kure_hooks.kustomize.files import GROUP
from kure_hooks.manifests import Identity, named, objects_of, text_at, value_at
from kure_hooks.yamlio import Document, Pointer, skim
from kure_hooks.yamlio.document import json_pointer, key_path

ENDINGS = (".yaml", ".yml", ".json")
"""The endings of files that may hold Kubernetes objects."""

# So many of apiVersion, kind and metadata make a document an object, right or wrong.
_ENOUGH = 2
# Documents of stack files: they are what manifests are generated from.
_INPUTS = ("stack.gokure.dev/", "generators.gokure.dev/")
_KIND = re.compile(r"[A-Z][A-Za-z0-9]{0,62}")
_API_VERSION = re.compile(r"([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/)?[a-z0-9]{1,63}")
_ADDRESS = (
    ("apiVersion", _API_VERSION, "a string such as apps/v1"),
    ("kind", _KIND, "a name such as Deployment"),
)
# Go's JSON decoder takes keys in any case, and the last of several wins (kubeconform v0.8.0).
_SPELLING = {key.casefold(): key for key in ("apiVersion", "kind", "items")}
# Kubernetes tools written in Go split files at any line that starts with three dashes.
_GLUED_SEPARATOR = re.compile(rb"^---[^ \t\r\n]", re.MULTILINE)


class Object(Struct, frozen=True):
    """One object: a whole document, or an item of a document of kind List."""

    document: Document
    pointer: Pointer
    manifest: Any

    @property
    def api_version(self) -> str:
        """Group and version, or the version alone for the core group."""
        return text_at(self.manifest, "apiVersion")

    @property
    def kind(self) -> str:
        """The kind as written."""
        return text_at(self.manifest, "kind")

    @property
    def name(self) -> str:
        """metadata.generateName where there is one, else metadata.name; empty if not a text."""
        metadata = self.manifest.get("metadata")
        if not isinstance(metadata, dict):
            return ""
        name = metadata.get("generateName") or metadata.get("name")
        return name if isinstance(name, str) else ""

    @property
    def label(self) -> str:
        """The kind, namespace and name that people call it by; less where it lacks some."""
        if not isinstance(self.manifest, dict):
            return ""
        kind = self.manifest.get("kind")
        brief = f"{kind} {self.name}".strip() if isinstance(kind, str) else ""
        return str(named(self.manifest) or brief)

    @property
    def who(self) -> Identity | None:
        """The identity of the object, None for one without a kind or a name."""
        return named(self.manifest)

    @property
    def decrypted(self) -> Mapping[str, Any]:
        """The manifest as it comes to the cluster: without what SOPS keeps beside it."""
        manifest: Mapping[str, Any] = self.manifest
        if isinstance(manifest.get("sops"), dict):
            return {key: value for key, value in manifest.items() if key != "sops"}
        return manifest

    def at(self, *pointer: str | int) -> Location:
        """Return where the key at a pointer into this object stands, or its nearest parent."""
        return self.document.key_at(*self.pointer, *pointer)

    def finding(
        self,
        steps: Pointer,
        problem: str,
        expected: str,
        rule: str,
        severity: Severity = Severity.ERROR,
    ) -> Finding:
        """Return a finding about the key at the end of a path into this object."""
        key = ": ".join(filter(None, (f"{self.kind} {self.name}".strip(), key_path(steps))))
        finding = Finding(self.at(*steps), key, problem, expected, severity, rule=rule)
        return self.owning(finding, steps)

    def owning(self, finding: Finding, steps: Pointer) -> Finding:
        """Return a finding with the object, and the path into it, that it is about."""
        return structs.replace(finding, object=self.label, pointer=json_pointer(steps))


class Source(Struct, frozen=True):
    """A file and its objects."""

    name: str
    objects: tuple[Object, ...]


def load_all(
    files: Mapping[str, bytes], scanned: Container[str] = ()
) -> tuple[list[Source], list[Finding]]:
    """Return the files that can be judged, and what there is to say about the others.

    Documents of `scanned` files that are no objects are left out.
    """
    sources: list[Source] = []
    findings: list[Finding] = []
    for name, data in sorted(files.items()):
        try:
            sources.append(load(name, data, partly=name in scanned))
        except InputError as error:
            findings += error.findings
    return sources, findings


def load(name: str, data: bytes, *, partly: bool = False) -> Source:
    """Return the objects of a file, which findings call `name`.

    With `partly`, documents that have neither apiVersion nor kind, and those of stack files, are
    left out. Raises InputError
    for a file that is not YAML or has a document that is no object.
    """
    objects: list[Object] = []
    faults = list(_separator_faults(data, name))
    documents = skim(data, name, most=MAX_LARGE)
    for whole, items in _wholes(name, documents, partly=partly):
        faults += [fault for each in (whole, *(items or ())) for fault in address_faults(each)]
        objects += [whole] if items is None else items
    if faults:
        raise InputError(faults)
    return Source(name, tuple(objects))


def written(name: str, data: bytes) -> list[Object]:
    """Return all that may be objects in a file, whatever their addresses.

    Raises InputError for a file that is not YAML.
    """
    return in_documents(name, skim(data, name, most=MAX_LARGE))


def in_documents(name: str, documents: Iterable[Document]) -> list[Object]:
    """Return all that may be objects in the documents of a file, whatever their addresses."""
    wholes = _wholes(name, documents, partly=True)
    return [item for whole, items in wholes for item in ([whole] if items is None else items)]


def _wholes(
    name: str, documents: Iterable[Document], *, partly: bool
) -> Iterator[tuple[Object, list[Object] | None]]:
    """Yield each document, with its items where it is a List."""
    for document in documents:
        if not partly or _is_meant(document.value):
            whole = Object(document, (), _addressed(document.value, name))
            yield whole, _items(whole)


def _addressed(value: Any, name: str) -> Any:
    """Return a document, one of kustomize's with the apiVersion and kind that it may leave out."""
    if not is_kustomization(name) or not isinstance(value, dict):
        return value
    version = "v1alpha1" if value.get("kind") == "Component" else "v1beta1"
    return {"apiVersion": f"{GROUP}/{version}", "kind": "Kustomization", **value}


def _is_meant(value: Any) -> bool:
    """Tell whether a document is there for the API server, right or wrong.

    One that lacks its apiVersion or its kind is, if it has metadata: values of charts have a kind.
    """
    if not isinstance(value, dict):
        return False
    words = ("apiVersion" in value, "kind" in value, isinstance(value.get("metadata"), dict))
    if not any(words[:2]) or sum(words) < _ENOUGH:
        return False
    return not str(value.get("apiVersion")).startswith(_INPUTS)


def _items(whole: Object) -> list[Object] | None:
    """Return the items of a list, as kubectl and kustomize apply them; None for other kinds."""
    manifest = whole.manifest
    kind = manifest.get("kind") if isinstance(manifest, dict) else None
    if not isinstance(kind, str) or not kind.lower().endswith("list"):
        return None
    items = manifest.get("items")
    if kind.lower() == "list" and not isinstance(items, list):
        return []
    is_named = value_at(manifest, "metadata", "name") is not None
    if kind.lower() != "list" and (is_named or not _are_objects(items)):
        return None
    listed = objects_of({**manifest, "kind": "SecretList" if kind == "SecretList" else "List"})
    return [Object(whole.document, pointer, item) for pointer, item in listed]


def _are_objects(items: Any) -> bool:
    """Tell whether what a custom resource may have for other ends are the items of a list."""
    return isinstance(items, list) and all(
        isinstance(item, dict) and not item.keys().isdisjoint(("kind", "metadata"))
        for item in items
    )


@of_rule("VA003")
def _separator_faults(data: bytes, name: str) -> Iterator[Finding]:
    for match in _GLUED_SEPARATOR.finditer(data):
        at = Location(name, data.count(b"\n", 0, match.start()) + 1, 1)
        yield Finding(at, "", "this line starts with ---", "--- alone, or indentation")


def address_faults(each: Object) -> Iterator[Finding]:
    """Yield why nothing may look for the schema of an object: what tells it is no address."""
    if not isinstance(each.manifest, dict):
        expected = "a mapping with apiVersion and kind"
        yield Finding(
            each.at(),
            key_path(each.pointer),
            "this is no Kubernetes object",
            expected,
            rule="VA004",
        )
        return
    for key in each.manifest:
        right = _SPELLING.get(key.casefold(), key)
        if key != right:
            yield _fault(each, key, "unknown key", str(right))
    for key, pattern, expected in _ADDRESS:
        value = each.manifest.get(key)
        if value is None:
            yield _fault(each, key, "this required key is missing", expected)
        elif not isinstance(value, str) or not pattern.fullmatch(value):
            yield _fault(each, key, "this is not valid", expected)


def _fault(each: Object, key: str, problem: str, expected: str) -> Finding:
    path = key_path((*each.pointer, key))
    return each.owning(Finding(each.at(key), path, problem, expected, rule="VA004"), (key,))

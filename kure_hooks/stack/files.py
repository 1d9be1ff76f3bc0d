"""The documents of a stack's files: each is read once, and their faults are collected."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from msgspec import Struct, field, structs

from kure_hooks import registry
from kure_hooks.decoding import decode, nearest
from kure_hooks.decoding.faults import LOST, salvage
from kure_hooks.errors import InputError, ReadError
from kure_hooks.files.paths import join_relative, parent
from kure_hooks.files.tree import MAX_FILE, Tree
from kure_hooks.findings import Finding, Location
from kure_hooks.registry import KindEntry
from kure_hooks.stack.documents import APPLICATION_API, STACK_API
from kure_hooks.stack.missing import unreadable
from kure_hooks.yamlio import Document, read, strict
from kure_hooks.yamlio.place import Place
from kure_hooks.yamlio.scalars import shown

T = TypeVar("T")
Part = TypeVar("Part", bound=Struct)
Parsed = dict[str, tuple[bytes, list[Document]]]
"""Bytes and documents of files by their paths."""

MISSING = "this required key is missing"

MAX_FILES = 10_000
MAX_BYTES = 64 << 20


class Files(Struct):
    """The files of one stack, each read once; `findings` grows while they are read and decoded.

    All faults of all files are told in one run, so that nothing ends at a fault: a part goes on
    with what is left of a value, and a file is read when a reference leads to it, once for all
    references. The faults therefore arise at every depth, beside the values, and what is found
    later depends on them: checks across parts leave out what is known (`add_across`), and a cluster
    is sound where nothing was added while it was built. If each step returned its faults, nearly
    all functions from `load` down to the `spec` of an application would return pairs that their
    callers join, and a file's faults would belong to whoever asked first. So the reader of the
    files collects them, and is all that loaders share; whatever judges a value without reading
    files returns its faults.

    `unusable` are the files that can't be read or parsed, `layered` the applications that a profile
    or overrides complete. `whole` tells that nothing of the documents was left out to make
    something of the rest. `parsed` are files that were parsed before, which the clusters of a set
    share.
    """

    tree: Tree
    findings: list[Finding] = field(default_factory=list)
    documents: dict[str, list[Document]] = field(default_factory=dict)
    unusable: set[str] = field(default_factory=set)
    layered: set[Location] = field(default_factory=set)
    whole: bool = True
    parsed: Parsed = field(default_factory=dict)
    _bytes: int = 0

    def read(
        self, path: str, wanted_by: Place | None = None, reference: str = ""
    ) -> list[Document]:
        """Return the documents of a file; none, and a finding, when it can't be read.

        `reference` is what names it, and stands at `wanted_by`.
        """
        if path not in self.documents:
            self.documents[path] = self._read(path, wanted_by, reference)
        return self.documents[path]

    def named(self, reference: str, place: Place) -> tuple[str, list[Document]]:
        """Return the path that `reference` names, seen from its document, and the documents.

        The path is empty when the file can't be used, which is a finding.
        """
        path = self._inside(reference, place)
        documents = self.read(path, place, reference) if path else []
        return "" if path in self.unusable else path, documents

    def content(self, reference: str, place: Place, limit: int) -> tuple[str, bytes]:
        """Return the path that `reference` names, as `named` does, and the file's bytes."""
        path = self._inside(reference, place)
        if not path:
            return "", b""
        try:
            return path, self._data(path, limit)
        except ReadError as error:
            self.findings.append(unreadable(error, place, reference, self.tree, rule="ST002"))
            return "", b""

    def _inside(self, reference: str, place: Place) -> str:
        """Return the path of a reference; empty, and a finding, where that is no file of ours."""
        path = join_relative(parent(place.document.path), reference)
        if not path:
            problem = "leaves the repository" if path is None else "is the repository's root"
            expected = "Name a file of this repository."
            self.findings.append(place.fault(f"{reference} {problem}", expected, rule="ST002"))
        return path or ""

    def decode(self, place: Place, wanted: type[T]) -> T | None:
        """Return the typed value at a place, or None and its findings."""
        try:
            return decode(place.document, wanted, place.pointer)
        except InputError as error:
            self.findings += error.findings
            return None

    def usable(self, place: Place, wanted: type[Part]) -> Part | None:
        """Return the typed value at a place without its faulty parts, which are findings.

        None, when nothing is left; see `salvage`. `whole` tells afterwards whether all is there.
        """
        decoded = self.decode(place, wanted)
        if decoded is not None:
            return decoded
        salvaged, whole = salvage(place.value, wanted)
        self.whole = self.whole and whole
        return None if salvaged is LOST else salvaged

    def add_across(self, findings: Iterable[Finding]) -> None:
        """Add findings of checks across parts, but for values that are known to be faulty."""
        known = {(finding.at, finding.key) for finding in self.findings}
        self.findings += [each for each in findings if (each.at, each.key) not in known]

    def is_known(self, place: Place, wanted: type[Struct], *keys: str) -> bool:
        """Tell whether a finding about missing keys exists: they, or unknown ones, are there.

        A key without a value is no finding: it is the same as none.
        """
        fields = {field.encode_name for field in structs.fields(wanted)}
        return any(
            key not in fields or (key in keys and value is not None)
            for key, value in place.value.items()
        )

    def _read(self, path: str, wanted_by: Place | None, reference: str) -> list[Document]:
        try:
            return self._parsed(path, self._data(path))
        except InputError as error:
            self.findings += error.findings
        except ReadError as error:
            finding = Finding(
                Location(path), "", f"it {error.reason}", error.expected, rule="ST002"
            )
            if wanted_by:
                finding = unreadable(error, wanted_by, reference, self.tree, rule="ST002")
            self.findings.append(finding)
        self.unusable.add(path)
        return []

    def _parsed(self, path: str, data: bytes) -> list[Document]:
        known, documents = self.parsed.get(path, (None, []))
        if known != data:
            documents = read(data, path, strict)
            self.parsed[path] = data, documents
        return documents

    def _data(self, path: str, limit: int = MAX_FILE) -> bytes:
        data = self.tree.read(path, limit)
        self._bytes += len(data)
        if self._bytes > MAX_BYTES or len(self.documents) >= MAX_FILES:
            most = f"a stack has at most {MAX_FILES} files and {MAX_BYTES} bytes"
            raise ReadError(path, f"is one too many: {most}", "Split the stack.")
        return data


def beside_path(place: Place, noun: str, keys: Sequence[str]) -> Finding:
    """Return the finding about keys beside the `path` of a reference, at the first of them."""
    names = [str(key) for key in keys]
    listed = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    pronoun = "them" if keys[1:] else "it"
    problem = f"path names a file that holds the {noun}, so {listed} must be set in that file"
    expected = f"Remove {pronoun} here, or remove path."
    return place.below(keys[0]).fault(problem, expected, rule="ST005")


def kind_of(document: Document) -> tuple[str, str]:
    """Return apiVersion and kind, empty where they are missing or no texts."""
    value = document.value if isinstance(document.value, dict) else {}
    api, kind = value.get("apiVersion", ""), value.get("kind", "")
    return (api if isinstance(api, str) else "", kind if isinstance(kind, str) else "")


def is_application(document: Document) -> bool:
    """Tell whether a document is an application, whatever its kind."""
    return kind_of(document)[0] == APPLICATION_API or foreign(document) is not None


def foreign(document: Document) -> KindEntry | None:
    """Return the application kind of a document with an apiVersion that is the kind's own."""
    api, _ = kind_of(document)
    return None if api in {"", STACK_API, APPLICATION_API} else registry.kind_of_api(api)


def unknown(document: Document, kinds: Iterable[str]) -> Finding:
    """Return the finding for a document of no kind that is known where it stands."""
    api, kind = kind_of(document)
    place = Place(document)
    if api == APPLICATION_API:
        problem = f"this is an application of kind {shown(kind)}, not a cluster"
        return place.fault(
            problem, "Move it to a file of its own that a bundle names by path.", rule="ST003"
        )
    if isinstance(document.value, dict) and api not in {STACK_API, APPLICATION_API}:
        expected = f"apiVersion {STACK_API} or a plain cluster with name and node"
        return place.below("apiVersion").fault(
            f"unknown apiVersion {api!r}", expected, rule="ST003"
        )
    return place.below("kind").fault(f"unknown kind {kind!r}", nearest(kind, kinds), rule="ST003")

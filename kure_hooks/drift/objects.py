"""The objects that the two sides of a file hold, without those that are the same text in both."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from types import NoneType

from kure_hooks.drift.masking import is_suspicious
from kure_hooks.errors import InputError
from kure_hooks.files.mark import is_marked
from kure_hooks.files.tree import MAX_LARGE
from kure_hooks.manifests import Identity, Manifest, identity, objects_of
from kure_hooks.yamlio import kustomize, read

# `---` in the first column ends a document even inside a text (YAML 1.2.2, section 9.1.2).
_SEPARATOR = re.compile(rb"^(?=---(?:\s|$))", re.MULTILINE)

# Reading so many takes about a second; nothing is generated with nearly as many.
_MOST_DOCUMENTS = 10_000


@dataclass(frozen=True, eq=False)
class Held:
    """An object in a file.

    `key` is what it pairs by: its identity, or kind and number for one without a name, such as the
    first Kustomization of a kustomization.yaml, which never pairs across files. `suspicious` says
    that its text could hold a secret, `marked` that its file bears the mark of generated ones: the
    content of extra files is no object of a cluster, whatever it looks like.
    """

    path: str
    key: Identity | tuple[str, int]
    manifest: Manifest
    suspicious: bool
    marked: bool = False

    @property
    def name(self) -> str:
        """The name that people use for the object."""
        return str(self.key) if isinstance(self.key, Identity) else self.key[0]

    @property
    def kind(self) -> str:
        """The kind, in words where it has none; in a checked-in file it may be anything."""
        kind = self.manifest.get("kind")
        return kind if isinstance(kind, str) else "document without kind"


class UnreadableError(Exception):
    """A file is no YAML, or what it holds are no objects; the text says so."""


def held(path: str, data: bytes, other: bytes | None = None) -> list[Held]:
    """Return the objects of a file, without the documents that `other` has byte for byte.

    Lists are taken apart. Raises UnreadableError; no content of the file is part of its text.
    """
    _check_encoding(data)
    known = Counter(_documents(other)) if other is not None else Counter()
    differing = list(_others(_documents(data), known))
    if len(differing) > _MOST_DOCUMENTS:
        raise UnreadableError(f"more than {_MOST_DOCUMENTS} of its documents differ")
    found: list[tuple[Manifest, bool]] = []
    # The text of the whole file is looked at once, here or where it is shown: see `drift.texts`.
    of_file = bool(differing) and is_suspicious(data.decode())
    for document in differing:
        suspicious = of_file and is_suspicious(document.decode())
        found += [(each, suspicious) for each in _manifests(path, document)]
    return list(_keyed(path, found, marked=is_marked(data)))


def _others(documents: Iterable[bytes], known: Counter[bytes]) -> Iterator[bytes]:
    """Yield the documents but for as many of each as are known."""
    for document in documents:
        if known[document] > 0:
            known[document] -= 1
        else:
            yield document


def _check_encoding(data: bytes) -> None:
    try:
        data.decode()
    except UnicodeDecodeError as error:
        raise UnreadableError("it is not UTF-8") from error


def _documents(data: bytes) -> list[bytes]:
    return _SEPARATOR.split(data)


def _manifests(path: str, document: bytes) -> Iterator[Manifest]:
    try:
        documents = read(document, path, kustomize, most=MAX_LARGE)
    except InputError as error:
        # What the parser complains about may be the very value that must not be shown.
        raise UnreadableError("it is not valid YAML") from error
    for _, value in (each for entry in documents for each in objects_of(entry.value)):
        if not isinstance(value, dict):
            raise UnreadableError("it holds no readable Kubernetes objects")
        yield value


def _keyed(path: str, found: Iterable[tuple[Manifest, bool]], *, marked: bool) -> Iterator[Held]:
    unnamed: Counter[str] = Counter()
    for manifest, suspicious in found:
        named = Held(path, _identity(manifest) or ("", 0), manifest, suspicious, marked)
        if isinstance(named.key, Identity):
            yield named
        else:
            yield replace(named, key=(named.kind, unnamed[named.kind]))
            unnamed[named.kind] += 1


def _identity(manifest: Manifest) -> Identity | None:
    """Return the identity of an object, None where a part of it is missing or no text."""
    match manifest:
        case {"apiVersion": str(), "kind": str(), "metadata": {"name": str()} as metadata}:
            if isinstance(metadata.get("namespace"), (str, NoneType)):
                return identity(manifest)
    return None

"""Application documents: referred to by path or written in place, decoded by their kind."""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from kure_hooks.decoding import nearest
from kure_hooks.decoding.types import Name
from kure_hooks.package_code import decoding
from kure_hooks.stack.documents import ApplicationDocument, ApplicationMetadata, ApplicationRef
from kure_hooks.stack.files import (
    MISSING,
    Files,
    beside_path,
    foreign,
    is_application,
    kind_of,
)
from kure_hooks.stack.interface import Kind
from kure_hooks.stack.model import Application
from kure_hooks.yamlio import Document
from kure_hooks.yamlio.place import Place
from kure_hooks.yamlio.scalars import shown


class Applications:
    """Decodes applications; faults go to `files`."""

    def __init__(self, files: Files, kinds: Mapping[str, Kind]) -> None:
        self.files = files
        self.kinds = kinds

    def of(self, place: Place, reference: ApplicationRef) -> list[Application]:
        """Return the applications that one entry of a bundle stands for."""
        if reference.path is not None:
            return self._in_file(place, reference)
        missing = [key for key in ("name", "kind") if getattr(reference, key) is None]
        if missing and self.files.is_known(place, ApplicationRef, "path", *missing):
            return []
        for key in missing:
            expected = "Write path, or name, kind and spec."
            self.files.findings.append(place.below(key).fault(MISSING, expected, rule="TY004"))
        if missing:
            return []
        metadata = ApplicationMetadata(
            name=reference.name or "",
            namespace=reference.namespace,
            labels=reference.labels,
            annotations=reference.annotations,
        )
        return [self._application(place, reference.kind or "", metadata)]

    def application(self, document: Document) -> Application | None:
        """Return the application of a document, or None and its faults."""
        place = Place(document)
        if entry := foreign(document):
            return self._foreign(place, entry.name)
        decoded = self.files.usable(place, ApplicationDocument)
        if decoded is None:
            if kind := kind_of(document)[1]:
                self._spec(place, kind)
            return None
        return self._application(place, decoded.kind, decoded.metadata)

    def check_all(self) -> None:
        """Find the faults of all applications in the documents read so far, and in their files.

        This is for documents that can't be decoded: the next run shall not bring up more faults.
        """
        for document in [*chain.from_iterable(self.files.documents.values())]:
            if isinstance(document.value, (dict, list)) and not is_application(document):
                for place, entry in _entries(Place(document), document.value):
                    self._check(place, entry)

    def _check(self, place: Place, entry: dict[str, Any]) -> None:
        path, kind = entry.get("path"), entry.get("kind")
        if isinstance(path, str) and path:
            self._in_file(place, ApplicationRef(path=path))
        elif path is None and isinstance(kind, str):
            self._spec(place, kind)

    def _in_file(self, place: Place, reference: ApplicationRef) -> list[Application]:
        if others := [key for key in place.value if key != "path"]:
            self.files.findings.append(beside_path(place, "application", others))
        path, documents = self.files.named(reference.path or "", place.below("path"))
        if path and not any(map(is_application, documents)):
            problem = f"{path} has no application document"
            expected = "a document with apiVersion generators.gokure.dev/v1alpha1"
            self.files.findings.append(place.below("path").fault(problem, expected, rule="ST006"))
        applications = map(self.application, filter(is_application, documents))
        return [application for application in applications if application]

    def _foreign(self, place: Place, kind: str) -> Application | None:
        """Return the application that a document in a format of its own describes."""
        named = place.below("metadata", "name")
        if not named.exists:
            self.files.findings.append(named.fault(MISSING, rule="TY004"))
            return None
        name: str | None = self.files.decode(named, Name)
        spec = self._decoded(place, kind)
        return Application(
            name=name or "",
            namespace="",
            kind=kind,
            spec=spec,
            labels={},
            annotations={},
            place=place,
            head=place.below("metadata"),
            augments=spec is not None and self.kinds[kind].augments(spec),
        )

    def _application(self, place: Place, kind: str, metadata: ApplicationMetadata) -> Application:
        """Return an application; one without a usable `spec` still has a name."""
        spec = self._spec(place, kind)
        return Application(
            name=metadata.name,
            namespace=metadata.namespace or "",
            kind=kind,
            spec=spec,
            labels=metadata.labels,
            annotations=metadata.annotations,
            place=place,
            head=place if place.pointer else place.below("metadata"),
            augments=spec is not None and self.kinds[kind].augments(spec),
        )

    def _spec(self, place: Place, name: str) -> Any:
        """Return the faultless `spec` of an application of that kind, or None and its faults."""
        kind = self.kinds.get(name)
        if kind is None:
            problem = f'the application kind "{shown(name)}" is unknown'
            self.files.findings.append(
                place.below("kind").fault(problem, nearest(name, self.kinds), rule="ST012")
            )
            return None
        if "spec" not in place.value:
            self.files.findings.append(place.below("spec").fault(MISSING, rule="TY004"))
            return None
        return self._decoded(place.below("spec"), name)

    def _decoded(self, place: Place, name: str) -> Any:
        """Return the faultless value at a place as the `spec` of a kind, or None and its faults."""
        kind = self.kinds[name]
        with decoding(kind, "Spec"):
            spec = self.files.decode(place, kind.Spec)
        problems = [] if spec is None else list(kind.problems(spec))
        self.files.findings += [
            place.below(*pointer).fault(problem, expected, rule="AP001")
            for pointer, problem, expected in problems
        ]
        return None if problems else spec


def _entries(place: Place, value: Any) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Yield the entries of all lists of applications."""
    children = value.items() if isinstance(value, dict) else enumerate(value)
    for step, child in children:
        if step == "applications" and isinstance(child, list):
            for index, entry in enumerate(child):
                if isinstance(entry, dict):
                    yield place.below(step, index), entry
        elif isinstance(child, (dict, list)):
            yield from _entries(place.below(step), child)

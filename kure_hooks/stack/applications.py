"""Application documents: referred to by path or written in place, decoded by their kind."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from kure_hooks.decoding import nearest
from kure_hooks.stack.documents import ApplicationDocument, ApplicationMetadata, ApplicationRef
from kure_hooks.stack.files import MISSING, Files, Place, is_application
from kure_hooks.stack.interface import Kind
from kure_hooks.stack.model import Application
from kure_hooks.yamlio import Document


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
        for key in missing:
            expected = "expected path, or name, kind and spec"
            self.files.findings.append(place.below(key).fault(MISSING, expected))
        if missing:
            return []
        metadata = ApplicationMetadata(
            name=reference.name or "",
            namespace=reference.namespace,
            labels=reference.labels,
            annotations=reference.annotations,
        )
        application = self._application(place, reference.kind or "", metadata)
        return [application] if application else []

    def application(self, document: Document) -> Application | None:
        """Return the application of a document, or None and its faults."""
        place = Place(document)
        decoded = self.files.decode(place, ApplicationDocument)
        return self._application(place, decoded.kind, decoded.metadata) if decoded else None

    def _in_file(self, place: Place, reference: ApplicationRef) -> list[Application]:
        if reference != ApplicationRef(path=reference.path):
            problem = "a reference by path can't have fields of its own"
            self.files.findings.append(place.fault(problem, "path alone"))
        path, documents = self.files.named(reference.path or "", place.below("path"))
        faulty = any(each.at.path == path for each in self.files.findings)
        if not any(map(is_application, documents)) and path and documents and not faulty:
            problem = f"{path} has no application document"
            expected = "a document with apiVersion generators.gokure.dev/v1alpha1"
            self.files.findings.append(place.below("path").fault(problem, expected))
        found = (self.application(each) for each in documents if is_application(each))
        return [application for application in found if application]

    def _application(
        self, place: Place, kind: str, metadata: ApplicationMetadata
    ) -> Application | None:
        known = self.kinds.get(kind)
        if known is None:
            problem = f'the application kind "{kind}" is unknown'
            expected = f"expected {nearest(kind, self.kinds)}"
            self.files.findings.append(place.below("kind").fault(problem, expected))
            return None
        spec = self._spec(place, known)
        return spec and Application(
            name=metadata.name,
            namespace=metadata.namespace or "",
            kind=kind,
            spec=spec,
            labels=metadata.labels,
            annotations=metadata.annotations,
            at=place.at,
        )

    def _spec(self, place: Place, kind: Kind) -> Any:
        written: dict[str, Any] = place.document.value
        for step in place.pointer:
            written = written[step]  # type: ignore[index] # a pointer's steps fit its document
        if "spec" not in written:
            self.files.findings.append(place.below("spec").fault(MISSING))
            return None
        wanted: type[Struct] = kind.Spec
        spec = self.files.decode(place.below("spec"), wanted)
        if spec is not None:
            self.files.findings += [
                place.below("spec", *pointer).fault(problem, expected)
                for pointer, problem, expected in kind.problems(spec)
            ]
        return spec

"""Application documents: referred to by path or written in place, decoded by their kind."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from kure_hooks.config.helm import Capabilities
from kure_hooks.decoding import decode, nearest
from kure_hooks.decoding.types import Name
from kure_hooks.errors import InputError
from kure_hooks.findings import Finding
from kure_hooks.package_code import decoding, optional
from kure_hooks.stack.documents import ApplicationDocument, ApplicationMetadata, ApplicationRef
from kure_hooks.stack.files import (
    MISSING,
    Files,
    beside_path,
    foreign,
    is_application,
    kind_of,
)
from kure_hooks.stack.interface import Kind, spec_type
from kure_hooks.stack.model import Application
from kure_hooks.stack.overrides import Layer, Scopes
from kure_hooks.yamlio import Document
from kure_hooks.yamlio.document import key_path
from kure_hooks.yamlio.place import Place
from kure_hooks.yamlio.scalars import shown

if TYPE_CHECKING:  # few clusters have one
    from kure_hooks.stack.profiles import PlacedProfile

_NO_SCOPES = Scopes()
_UNKNOWN = Capabilities()


class Applications:
    """Decodes applications of a cluster with a profile or without; faults go to `files`.

    Each application is told the `capabilities` of clusters.
    """

    def __init__(
        self,
        files: Files,
        kinds: Mapping[str, Kind],
        profile: "PlacedProfile | None" = None,
        capabilities: Capabilities = _UNKNOWN,
    ) -> None:
        self.files = files
        self.kinds = kinds
        self.profile = profile
        self.capabilities = capabilities

    def of(
        self, place: Place, reference: ApplicationRef, scopes: Scopes = _NO_SCOPES
    ) -> list[Application]:
        """Return the applications that one entry of a bundle stands for."""
        if reference.path is not None:
            return self._in_file(place, reference, scopes)
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
        if reference.overrides is not None:
            problem = "the application is written here, so nothing has to be merged into it"
            at = place.below("overrides")
            self.files.findings.append(at.key_fault(problem, "Write it in `spec`.", rule="ST046"))
        layers = scopes.layers(metadata.name)
        return [self._application(place, reference.kind or "", metadata, layers)]

    def application(
        self, document: Document, scopes: Scopes = _NO_SCOPES, own: Sequence[Layer] = ()
    ) -> Application | None:
        """Return the application of a document, or None and its faults.

        The layers of its reference are its `own`, which are stronger than those of the scopes.
        """
        place = Place(document)
        if entry := foreign(document):
            return self._foreign(place, entry.name, scopes, own)
        decoded = self.files.usable(place, ApplicationDocument)
        if decoded is None:
            if kind := kind_of(document)[1]:
                self._spec(place, kind)
            return None
        layers = (*scopes.layers(decoded.metadata.name), *own)
        return self._application(place, decoded.kind, decoded.metadata, layers)

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
            for document in self._documents(place, path)[1]:
                if Place(document).at not in self.files.layered:
                    self.application(document)
        elif path is None and isinstance(kind, str) and place.at not in self.files.layered:
            self._spec(place, kind)

    def _in_file(
        self, place: Place, reference: ApplicationRef, scopes: Scopes
    ) -> list[Application]:
        path, documents = self._documents(place, reference.path or "")
        own: list[Layer] = []
        if reference.overrides is not None:
            own = self._own(place.below("overrides"), path, len(documents))
        applications = (self.application(document, scopes, own) for document in documents)
        return [application for application in applications if application]

    def _documents(self, place: Place, reference: str) -> tuple[str, list[Document]]:
        """Return the path that an entry of a bundle names, and the applications in the file."""
        if others := [key for key in place.value if key not in ("path", "overrides")]:
            self.files.findings.append(beside_path(place, "application", others))
        path, documents = self.files.named(reference, place.below("path"))
        documents = [document for document in documents if is_application(document)]
        if path and not documents:
            problem = f"{path} has no application document"
            expected = "a document with apiVersion generators.gokure.dev/v1alpha1"
            self.files.findings.append(place.below("path").fault(problem, expected, rule="ST006"))
        return path, documents

    def _own(self, place: Place, path: str, number: int) -> list[Layer]:
        """Return the layer of a reference, which has to lead to one application."""
        if number > 1:
            problem = f"{path} has {number} applications, and nothing says which one this is for"
            expected = "Write it in `overrides` of the bundle, by the name of the application."
            self.files.findings.append(place.key_fault(problem, expected, rule="ST046"))
            return []
        return [Layer("override of the reference", place)]

    def _foreign(
        self, place: Place, kind: str, scopes: Scopes, own: Sequence[Layer]
    ) -> Application | None:
        """Return the application that a document in a format of its own describes."""
        named = place.below("metadata", "name")
        if not named.exists:
            self.files.findings.append(named.fault(MISSING, rule="TY004"))
            return None
        name: str | None = self.files.decode(named, Name)
        layers = (*scopes.layers(name or ""), *own)
        body = self._layered(place, place, kind, layers)
        spec = self._decoded(body, kind)
        return Application(
            name=name or "",
            namespace="",
            kind=kind,
            spec=spec,
            labels={},
            annotations={},
            place=body,
            head=place.below("metadata"),
            augments=spec is not None and self.kinds[kind].augments(spec),
            profile=self.profile.profile if self.profile else None,
            layers=self._with_profile(layers),
            capabilities=self.capabilities,
        )

    def _application(
        self, place: Place, kind: str, metadata: ApplicationMetadata, layers: Sequence[Layer]
    ) -> Application:
        """Return an application; one without a usable `spec` still has a name."""
        body, spec = place.below("spec"), None
        if self._has_spec(place, kind):
            body = self._layered(place, body, kind, layers)
            spec = self._decoded(body, kind)
        return Application(
            name=metadata.name,
            namespace=metadata.namespace or "",
            kind=kind,
            spec=spec,
            labels=metadata.labels,
            annotations=metadata.annotations,
            place=body.above(1),
            head=place if place.pointer else place.below("metadata"),
            augments=spec is not None and self.kinds[kind].augments(spec),
            profile=self.profile.profile if self.profile else None,
            layers=self._with_profile(layers),
            capabilities=self.capabilities,
        )

    def _with_profile(self, layers: Sequence[Layer]) -> tuple[Layer, ...]:
        return (*layers, self.profile.layer) if self.profile else tuple(layers)

    def _layered(self, place: Place, body: Place, kind: str, layers: Sequence[Layer]) -> Place:
        """Return the place of a `spec` with its overrides and with what the profile adds."""
        profile, asks = self.profile, optional(self.kinds[kind], "gaps")
        if not isinstance(body.value, dict) or not (layers or (profile and asks)):
            return body
        from kure_hooks.stack.merging import filled, merged  # noqa: PLC0415 - few have layers

        self.files.layered.add(place.at)
        keys = optional(self.kinds[kind], "MERGE_KEYS") or {}
        body, faults = merged(body, [layer.place for layer in layers], keys)
        self.files.findings += faults
        if profile and asks:
            pairs = asks(body.value, profile.profile)
            body = filled(body, ((gap, profile.place.below(*source)) for gap, source in pairs))
        return body

    def _has_spec(self, place: Place, name: str) -> bool:
        """Tell whether an application has a known kind and a `spec`; else there is a finding."""
        if self.kinds.get(name) is None:
            problem = f'the application kind "{shown(name)}" is unknown'
            self.files.findings.append(
                place.below("kind").fault(problem, nearest(name, self.kinds), rule="ST012")
            )
            return False
        if "spec" not in place.value:
            self.files.findings.append(place.below("spec").fault(MISSING, rule="TY004"))
            return False
        return True

    def _spec(self, place: Place, name: str) -> None:
        """Find the faults of the `spec` of an application of that kind."""
        if self._has_spec(place, name):
            self._decoded(place.below("spec"), name)

    def _decoded(self, place: Place, name: str) -> Any:
        """Return the faultless value at a place as the `spec` of a kind, or None and its faults."""
        spec, faults = _judged(place, self.kinds[name])
        self.files.findings += map(self._about(place), faults)
        return None if faults else spec

    def _about(self, place: Place) -> Callable[[Finding], Finding]:
        """Return what names the application in findings about values of the profile."""
        at = place.above(1).at
        profile = self.profile.place if self.profile else None
        keys = tuple(key_path((*profile.pointer, key)) for key in profile.value) if profile else ()

        def about(finding: Finding) -> Finding:
            if profile is None or finding.at.path != profile.document.path:
                return finding
            if not finding.key.startswith(keys):  # the file has more than the profile
                return finding
            return replace(finding, problem=f"{finding.problem}, in the application at {at}")

        return about


def _judged(place: Place, kind: Kind) -> tuple[Any, Sequence[Finding]]:
    """Return the value at a place as the `spec` of a kind, None for no such one, and its faults."""
    with decoding(kind, "Spec"):
        try:
            spec = decode(place.document, spec_type(kind, place.value), place.pointer)
        except InputError as error:
            return None, error.findings
    return spec, [
        place.below(*pointer).fault(problem, expected, rule="AP001")
        for pointer, problem, expected in kind.problems(spec)
    ]


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

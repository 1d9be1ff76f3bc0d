"""Node and Bundle documents that the rest of a stack refers to by name or by path."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from msgspec import Struct, field

from kure_hooks.decoding import nearest
from kure_hooks.findings import Finding, Location
from kure_hooks.stack.documents import (
    PROFILE_KIND,
    STACK_API,
    BundleDoc,
    BundleDocument,
    NodeDoc,
    NodeDocument,
)
from kure_hooks.stack.files import MISSING, Files, beside_path, kind_of
from kure_hooks.yamlio import Document
from kure_hooks.yamlio.place import Place

if TYPE_CHECKING:  # few clusters have one
    from kure_hooks.stack.profiles import PlacedProfile

Part = NodeDoc | BundleDoc
Placed = tuple[Place, Any]
"""A NodeDoc or BundleDoc that has a name, and where it is written."""


class Parts(Struct):
    """The named parts of one stack file.

    `broken` are the names of those that can't be decoded. `wanted` are the parts that something
    refers to; `used` are the places of those, and of parts in other files, that the cluster at hand
    has already; `whole` tells whether every reference of the cluster at hand led to a part.
    `profiles` are those in other files, by the reference to them.
    """

    KINDS: ClassVar[tuple[str, ...]] = ("Node", "Bundle")

    named: dict[tuple[str, str], Placed]
    broken: set[tuple[str, str]] = field(default_factory=set)
    wanted: set[tuple[str, str]] = field(default_factory=set)
    used: set[Location] = field(default_factory=set)
    whole: bool = True
    profiles: "dict[str, PlacedProfile | None]" = field(default_factory=dict)

    @classmethod
    def of(cls, files: Files, documents: Sequence[Document]) -> "Parts":
        """Return the parts among the documents of a file; twice the same name is a finding."""
        parts = cls({})
        for document in documents:
            kind = kind_of(document)[1]
            placed = _part(files, document)
            if placed is None:
                parts.broken.add((kind, _name_of(document)))
                continue
            key = (kind, placed[1].name)
            if key in parts.named:
                other = _name(parts.named[key][0])
                problem = f"a {kind} {placed[1].name} is already defined at {other}"
                files.findings.append(
                    _name(placed[0]).fault(problem, "List each name once.", rule="ST021")
                )
            parts.named.setdefault(key, placed)
        return parts

    def profile(self, files: Files, cluster: str, place: Place) -> "PlacedProfile | None":
        """Return the profile that a cluster names at a place, None for none and a faulty one."""
        if not place.exists:
            return None
        from kure_hooks.stack import profiles  # noqa: PLC0415 - few clusters have one

        reference = place.value
        if isinstance(reference, dict):
            return profiles.in_place(files, cluster, place)
        if not isinstance(reference, str) or not reference:
            return None  # which is a finding already
        key = (PROFILE_KIND, reference)
        if key in self.named or key in self.broken:
            self.wanted.add(key)
            return self.named[key][1] if key in self.named else None
        if reference not in self.profiles:
            names = [name for kind, name in self.named if kind == PROFILE_KIND]
            self.profiles[reference] = profiles.in_file(files, reference, place, names)
        return self.profiles[reference]

    def start_cluster(self) -> None:
        """Forget what the cluster before used: clusters of one file may share parts."""
        self.used.clear()
        self.whole = True

    def resolve(self, files: Files, kind: str, given: Any, place: Place) -> list[Placed]:
        """Return what a reference stands for: parts of this file or of another, or itself."""
        found = self._found(files, kind, given, place)
        self.whole = self.whole and bool(found)
        return found

    def _found(self, files: Files, kind: str, given: Any, place: Place) -> list[Placed]:
        if isinstance(given, str):
            return self._by_name(files, kind, given, place)
        if given.path is not None:
            return self._by_path(files, kind, given, place)
        if given.name is None and files.is_known(place, type(given), "name"):
            return []
        if given.name is None:
            expected = f"name, or path of a file with the {kind}"
            files.findings.append(place.below("name").fault(MISSING, expected, rule="TY004"))
            return []
        if given == type(given)(name=given.name) and (kind, given.name) in self.named:
            return self._by_name(files, kind, given.name, place.below("name"))
        return [(place, given)]

    def unused(self) -> Iterator[Finding]:
        """Yield a finding for each part that nothing refers to."""
        for kind, name in self.named.keys() - self.wanted:
            place, _ = self.named[kind, name]
            problem = f"the {kind} {name} belongs to no cluster"
            where = (
                "as `profile` of a cluster"
                if kind == PROFILE_KIND
                else f"where a {kind.lower()} belongs"
            )
            expected = f"Write its name {where}."
            yield _name(place).fault(problem, expected, rule="ST007")

    def _by_name(self, files: Files, kind: str, name: str, place: Place) -> list[Placed]:
        if (kind, name) in self.broken:
            return []
        if (kind, name) not in self.named:
            known = [known_name for of, known_name in self.named if of == kind]
            problem = f"there is no {kind} document named {name} in this file"
            files.findings.append(place.fault(problem, nearest(name, known), rule="ST006"))
            return []
        self.wanted.add((kind, name))
        return self._once(files, [self.named[kind, name]], place)

    def _by_path(self, files: Files, kind: str, given: Part, place: Place) -> list[Placed]:
        if others := [key for key in place.value if key not in ("path", "name")]:
            files.findings.append(beside_path(place, kind.lower(), others))
            return []
        path, documents = files.named(given.path or "", place.below("path"))
        if documents and documents[0].path == place.document.path:
            files.findings.append(
                place.below("path").fault("a file can't refer to itself by path", rule="ST005")
            )
            return []
        of_kind = [document for document in documents if kind_of(document)[1] == kind]
        placed = [part for document in of_kind if (part := _part(files, document))]
        chosen = [part for part in placed if given.name in (None, part[1].name)]
        if path and not chosen and len(placed) == len(of_kind):
            named = f" named {given.name}" if given.name else ""
            problem = f"{path} has no {kind} document{named}"
            expected = f"a document with apiVersion {STACK_API} and kind {kind}"
            files.findings.append(place.below("path").fault(problem, expected, rule="ST006"))
        return self._once(files, chosen, place.below("path"))

    def _once(self, files: Files, placed: list[Placed], place: Place) -> list[Placed]:
        """Let each part be used once in a cluster, which also ends circles of references."""
        fresh = [part for part in placed if part[0].at not in self.used]
        for part in placed:
            if part not in fresh:
                problem = f"{part[1].name} is already used in this cluster"
                files.findings.append(
                    place.fault(problem, "Keep each document in one place.", rule="ST008")
                )
        self.used |= {part[0].at for part in fresh}
        return fresh


def _part(files: Files, document: Document) -> Placed | None:
    api, kind = kind_of(document)
    if (api, kind) == (STACK_API, PROFILE_KIND):
        from kure_hooks.stack.profiles import of_document  # noqa: PLC0415 - few files have one

        profile = of_document(files, document)
        return (profile.place, profile) if profile else None
    if api != STACK_API or kind not in Parts.KINDS:
        return None
    place = Place(document)
    if kind == "Node":
        node = files.usable(place, NodeDocument)
        return (place.below("spec"), _node(node)) if node else None
    bundle = files.usable(place, BundleDocument)
    return (place.below("spec"), _bundle(bundle)) if bundle else None


def _name(part: Place) -> Place:
    """Return the place of the name of a Node or Bundle document."""
    return Place(part.document, ("metadata", "name"))


def _name_of(document: Document) -> str:
    """Return the name of a document that can't be decoded, empty where it has none."""
    metadata = document.value.get("metadata") if isinstance(document.value, dict) else None
    return str(metadata.get("name", "")) if isinstance(metadata, dict) else ""


def _node(document: NodeDocument) -> NodeDoc:
    return NodeDoc(name=document.metadata.name, **_fields(document.spec))


def _bundle(document: BundleDocument) -> BundleDoc:
    metadata = document.metadata
    return BundleDoc(
        name=metadata.name,
        labels=metadata.labels,
        annotations=metadata.annotations,
        **_fields(document.spec),
    )


def _fields(body: Any) -> dict[str, Any]:
    return {name: getattr(body, name) for name in body.__struct_fields__}

"""The profiles that clusters name: in files, among the documents of a stack file, or in place."""

from collections.abc import Iterable

from msgspec import Struct

from kure_hooks.config.profile import Profile, ProfileDocument, problems
from kure_hooks.decoding import nearest
from kure_hooks.stack.documents import PROFILE_KIND, STACK_API
from kure_hooks.stack.files import Files, kind_of
from kure_hooks.stack.overrides import Layer
from kure_hooks.yamlio import Document
from kure_hooks.yamlio.place import Place

_ENDINGS = (".yaml", ".yml", ".json")


class PlacedProfile(Struct, frozen=True):
    """A profile, its name and where it is written."""

    name: str
    profile: Profile
    place: Place

    @property
    def layer(self) -> Layer:
        """The profile as a layer of applications."""
        return Layer(f"profile {self.name}", self.place)


def in_place(files: Files, name: str, place: Place) -> PlacedProfile | None:
    """Return what can be used of the profile at a place, None for nothing; faults go to `files`."""
    profile = files.usable(place, Profile)
    return _placed(files, name, profile, place) if profile else None


def of_document(files: Files, document: Document) -> PlacedProfile | None:
    """Return what can be used of the profile of a document; see `in_place`."""
    place = Place(document)
    whole = files.usable(place, ProfileDocument)
    return _placed(files, whole.metadata.name, whole.spec, place.below("spec")) if whole else None


def _placed(files: Files, name: str, profile: Profile, place: Place) -> PlacedProfile:
    files.findings += [
        place.below(*pointer).fault(problem, expected, rule="ST045")
        for pointer, problem, expected in problems(profile)
    ]
    return PlacedProfile(name, profile, place)


def in_file(
    files: Files, reference: str, place: Place, names: Iterable[str]
) -> PlacedProfile | None:
    """Return the profile in the file that a reference names, None for none that can be used.

    `names` are those of the profiles in the stack file, one of which may be meant.
    """
    if "/" not in reference and not reference.endswith(_ENDINGS):
        problem = f"there is no {PROFILE_KIND} document named {reference} in this file"
        expected = nearest(reference, names) or "Name a file such as ../profiles/eu.yaml."
        files.findings.append(place.fault(problem, expected, rule="ST006"))
        return None
    path, documents = files.named(reference, place)
    profiles = [item for item in documents if kind_of(item) == (STACK_API, PROFILE_KIND)]
    if len(profiles) == 1:
        return of_document(files, profiles[0])
    if path:
        problem = f"{path} has {'several' if profiles else 'no'} {PROFILE_KIND} documents"
        expected = f"Name a file with one document of apiVersion {STACK_API} and this kind."
        rule = "ST009" if profiles else "ST006"
        files.findings.append(place.fault(problem, expected, rule=rule))
    return None

"""The CRDs that a run judges custom resources by: their places, and the order of these."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from kure_hooks.errors import InputError, ReadError, UsageError
from kure_hooks.files.cache import Cache, user_directory
from kure_hooks.files.paths import is_below
from kure_hooks.files.tree import MAX_LARGE, Tree, WorkTree
from kure_hooks.findings import Skipped
from kure_hooks.objects.written import ENDINGS, Object
from kure_hooks.schemas.crds import DIRECTORY, defined, has_crds, parts
from kure_hooks.schemas.definitions import KIND, Definition, definitions
from kure_hooks.validators import Job
from kure_hooks.validators.schemas import Resource

_ARCHIVE = ".tgz"
_OF_CHART = "/crds/"
_NO_CRD = (
    "holds no CustomResourceDefinition of apiextensions.k8s.io/v1. Name a file that does, or a"
    " directory."
)


class Defined(Struct, frozen=True):
    """A version of a kind as the CRD in a file defines it."""

    definition: Definition
    path: str

    @property
    def resource(self) -> Resource:
        """The apiVersion and the kind."""
        return Resource(self.definition.api_version, self.definition.kind)


def of_repository(
    job: Job, objects: Sequence[Object], groups: Collection[str]
) -> tuple[dict[Resource, Defined], list[Skipped]]:
    """Return what the CRDs of a repository define, as far as objects of some groups may need it.

    Those that the settings name go first, then those among the objects that are judged, then those
    that `schemas add` recorded, then all others by their paths. Also return what can't be read of
    CRDs that nobody has named. Raises UsageError as `of_locations` does.
    """
    files = _Files(job.tree, groups) if job.tree else None
    named = files.of_locations(job.locations) if files else ()
    others, skipped = files.of_others(job.files) if files else ([], [])
    return _first((*named, *_of_objects(objects), *others)), skipped


def of_path(path: Path, groups: Collection[str]) -> dict[Resource, Defined]:
    """Return what the CRDs in a file or below a directory define.

    Raises UsageError for a file without CRDs, and for CRDs that can't be read.
    """
    if path.is_dir():
        files = _Files(WorkTree(path.resolve()), groups)
        kinds = list(_named(files.below(""), str(path)))
        return _first(Defined(one.definition, f"{path}/{one.path}") for one in kinds)
    try:
        with path.open("rb") as file:
            data = file.read(MAX_LARGE + 1)
        kinds = [one for part in parts(data) for one in _of_part(part, str(path))]
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror}. Name another file.") from error
    except InputError as error:
        raise UsageError(f"{path} can't be read: {error.findings[0].message}") from error
    if not kinds:
        raise UsageError(f"{path} {_NO_CRD}")
    return _first(kinds)


def of_tree(tree: Tree) -> tuple[list[Defined], list[Skipped]]:
    """Return what all CRDs of a tree define, and what can't be read of them."""
    return _Files(tree, ()).of_others(())


class _Files:
    """The CRDs in the files of a tree, as far as documents name one of some groups."""

    def __init__(self, tree: Tree, groups: Collection[str]) -> None:
        self._tree = tree
        self._groups = groups

    def of_locations(self, locations: Iterable[str]) -> Iterator[Defined]:
        """Yield what is at the locations of the settings, those without a template.

        Raises UsageError for a file without CRDs, and for CRDs that can't be read.
        """
        for location in locations:
            if "{{" in location:
                continue
            if list(self._tree.paths(location)) == [location]:
                yield from self._of_file(location)
            else:
                yield from _named(self.below(location), f"validate.schemaLocations: {location}")

    def of_others(self, judged: Collection[str]) -> tuple[list[Defined], list[Skipped]]:
        """Return what is in files that are not judged, and what can't be read of it."""
        defined: list[Defined] = []
        skipped: list[Skipped] = []
        paths = [path for path in self._tree.paths() if path not in judged]
        for path in sorted(paths, key=lambda path: (not is_below(path, DIRECTORY), path)):
            try:
                documents = list(self._documents(path))
            except ReadError:
                continue
            for place, part in documents:
                try:
                    defined += _of_part(part, place)
                except InputError as error:
                    reason = f"its CRD can't be read: {error.findings[0].problem}"
                    skipped.append(Skipped(path, reason))
        return defined, skipped

    def below(self, directory: str) -> Iterator[Defined]:
        """Yield what is below a directory; raises ReadError and InputError."""
        for path in self._tree.paths(directory):
            for part in self._parts(path):
                yield from _of_part(part, path)

    def _documents(self, path: str) -> Iterator[tuple[str, bytes]]:
        """Yield the documents of a file with its path, and those in the `crds` of an archive.

        Helm makes them before all else of a chart.
        """
        if not path.endswith(_ARCHIVE):
            yield from ((path, part) for part in self._parts(path))
            return
        from kure_hooks.files.unpacking import unpack  # noqa: PLC0415 - few repositories have any

        for name, data in sorted(unpack(self._tree.read(path, MAX_LARGE), path).items()):
            if _OF_CHART in name and name.lower().endswith(ENDINGS):
                yield from ((f"{path}/{name}", part) for part in parts(data, self._groups))

    def _parts(self, path: str) -> Iterator[bytes]:
        if path.lower().endswith(ENDINGS):
            yield from parts(self._tree.read(path, MAX_LARGE), self._groups)

    def _of_file(self, path: str) -> Sequence[Defined]:
        """Return what is in a file that the settings name."""
        place = f"validate.schemaLocations: {path}"
        try:
            data = self._tree.read(path, MAX_LARGE)
        except ReadError as error:
            raise UsageError(error.named(place)) from error
        if not has_crds(data):
            raise UsageError(f"{place} {_NO_CRD}")
        kinds = (one for part in parts(data, self._groups) for one in _of_part(part, path))
        return list(_named(kinds, place))


def _named(kinds: Iterator[Defined], place: str) -> Iterator[Defined]:
    """Yield what is at a place that somebody has named; raises UsageError where it can't be."""
    try:
        yield from kinds
    except ReadError as error:
        raise UsageError(f"{place}: {error}") from error
    except InputError as error:
        fault = error.findings[0]  # its line counts from the document
        raise UsageError(f"{place}: {fault.at.path} can't be read: {fault.message}") from error


def _of_part(part: bytes, path: str) -> Iterator[Defined]:
    cache = Cache(user_directory("definitions"))
    return (Defined(definition, path) for definition in defined(part, path, cache))


def _of_objects(objects: Iterable[Object]) -> Iterator[Defined]:
    for subject in objects:
        if subject.kind == KIND:
            for definition in definitions(subject.manifest):
                yield Defined(definition, subject.document.path)


def _first(kinds: Iterable[Defined]) -> dict[Resource, Defined]:
    """Return the first of each kind."""
    first: dict[Resource, Defined] = {}
    for one in kinds:
        first.setdefault(one.resource, one)
    return first

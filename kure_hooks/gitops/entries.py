"""The entries of clusters: where the controllers start, found in the files of a repository.

Controllers start with an object that somebody applied by hand. The repository shows it where a
FluxInstance names a directory, and where a Kustomization is in the directory that it applies.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from posixpath import normpath

from kure_hooks.engines.annotations import KUSTOMIZE
from kure_hooks.files.paths import is_below, parent
from kure_hooks.gitops import flux
from kure_hooks.gitops.applications import KINDS as OF_ARGOCD
from kure_hooks.gitops.builds import Builds
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.kustomizations.reading import names_in
from kure_hooks.gitops.payload import Payload, Resource, Way
from kure_hooks.gitops.sources import reference
from kure_hooks.gitops.urls import may_be_fork, same_repository
from kure_hooks.gitops.variables import OPEN
from kure_hooks.kustomize.files import directories
from kure_hooks.manifests import Identity, kind_of, text_at, value_at
from kure_hooks.objects.written import Object

_KINDS = flux.KINDS | OF_ARGOCD
_SYNC = (KUSTOMIZE, "Kustomization")
_INSTANCE = (flux.OPERATOR, "FluxInstance")
_RELEASE = (flux.HELM, "HelmRelease")


@dataclass(frozen=True, slots=True)
class Unit:
    """Objects that are applied together by whoever applies them: a build, or loose files."""

    directory: str
    files: frozenset[str]
    resources: tuple[Resource, ...]

    @property
    def objects(self) -> tuple[Resource, ...]:
        """The objects of GitOps tools among them."""
        return tuple(filter(_is_owner, self.resources))


@dataclass(frozen=True, slots=True)
class Entry:
    """The start of a cluster: its directory, and the Kustomizations that begin there.

    `instances` are the objects that made a controller write them.
    """

    directory: str
    objects: tuple[Resource, ...]
    instances: tuple[Resource, ...]


def find_units(files: Files, builds: Builds, reserve: int = 0) -> Iterator[Unit]:
    """Yield the outermost builds that have GitOps objects, then the loose files by directory.

    Only directories that may have such objects are built, and no more of them once no more than a
    `reserve` of the budget is left: that is for what owners apply.
    """
    written = _Written(files, builds)
    payloads, inner = _followed(written, builds, reserve)
    built = set(written.files)
    for directory, payload in payloads.items():
        built |= payload.files
        if directory in inner or not any(map(files.mentions, payload.files)):
            continue
        whole = builds.payload(directory, Way.FLUX)
        if any(map(_is_owner, whole.resources)):
            yield Unit(directory, frozenset(whole.files), whole.resources)
    loose: dict[str, list[str]] = {}
    for path in files.manifests:
        if path not in built:
            loose.setdefault(parent(path), []).append(path)
    for directory, paths in sorted(loose.items()):
        if not any(map(files.mentions, paths)):
            continue
        objects = tuple(_as_written(item) for path in paths for item in files.objects(path))
        if any(map(_is_owner, objects)):
            yield Unit(directory, frozenset(paths), objects)


def _followed(
    written: "_Written", builds: Builds, reserve: int
) -> tuple[dict[str, Payload], set[str]]:
    """Return the sorted payloads of directories, and the directories that are in others."""
    payloads: dict[str, Payload] = {}
    inner: set[str] = set()
    for directory in sorted(written.relevant, key=lambda path: (path in written.inner, path)):
        if directory not in inner and builds.budget.left > reserve:
            payload = payloads[directory] = builds.followed(directory, Way.FLUX)
            inner |= payload.directories - {directory}
    return dict(sorted(payloads.items())), inner


class _Written:
    """The directories that have a file of kustomize's, by what is written in those files alone.

    `relevant` are those that may have GitOps objects, themselves or in what they take in. `inner`
    are those that others take in, and `files` all that the others read.
    """

    def __init__(self, files: Files, builds: Builds) -> None:
        self.inner: set[str] = set()
        self.files: set[str] = set()
        read: dict[str, set[str]] = {}
        takers: dict[str, list[str]] = {}
        for directory in directories(files.paths):
            read[directory] = set(names_in(files, directory))
            for path in builds.entries(directory):
                if path in files.paths:
                    read[directory].add(path)
                elif path != directory:
                    self.inner.add(path)
                    takers.setdefault(path, []).append(directory)
        waiting = [path for path, paths in read.items() if any(map(files.mentions, paths))]
        self.relevant = set(waiting)
        while waiting:
            for taker in takers.get(waiting.pop(), ()):
                if taker not in self.relevant:
                    self.relevant.add(taker)
                    waiting.append(taker)
        for directory in read.keys() - self.relevant:
            self.files |= read[directory]


def _is_owner(resource: Resource) -> bool:
    """Tell whether an object makes a controller apply others; one without a spec is a patch."""
    has_spec = bool(value_at(resource.manifest, "spec"))
    return has_spec and kind_of(resource.manifest) in _KINDS and resource.who is not None


def _as_written(item: Object) -> Resource:
    return Resource(item.document, item.pointer, item.manifest, item.at(), item)


def find_entries(units: Sequence[Unit], builds: Builds, origin: str) -> Iterator[Entry]:
    """Yield the entries that the repository shows, each directory once."""
    starts: dict[str, list[Resource]] = {}
    instances: dict[str, list[Resource]] = {}
    for instance, start, directory in _of_instances(units):
        starts.setdefault(directory, []).append(start)
        instances.setdefault(directory, []).append(instance)
    begun = [reference(start.manifest) for objects in starts.values() for start in objects]
    candidates = _self_applied(units, builds, origin, begun)
    for directory, resource in _outermost(candidates, builds):
        starts.setdefault(directory, []).append(resource)
    for directory, objects in sorted(starts.items()):
        yield Entry(directory, tuple(objects), tuple(instances.get(directory, ())))


def _of_instances(units: Iterable[Unit]) -> Iterator[tuple[Resource, Resource, str]]:
    """Yield what makes flux-operator write a Kustomization, that, and the directory of it."""
    for unit in units:
        for resource in unit.objects:
            kind = kind_of(resource.manifest)
            instance = resource if kind == _INSTANCE else None
            if kind == _RELEASE:
                instance = flux.instance_of_chart(resource)
            start = flux.sync_of(instance) if instance else None
            directory = _path(start) if start else None
            if start is not None and directory is not None:
                yield resource, start, directory


def _self_applied(
    units: Iterable[Unit], builds: Builds, origin: str, begun: Sequence[Identity]
) -> list[tuple[str, Resource]]:
    """Return the Kustomizations that apply themselves, with their directories.

    A tenant's Kustomization may apply the root of its own repository: one that applies the root has
    to be of the source that most others have, and of more than any other entry begins with.
    """
    syncs = [item for unit in units for item in unit.objects if kind_of(item.manifest) == _SYNC]
    counts = Counter(reference(item.manifest) for item in syncs)
    most = max(counts.values(), default=0)
    candidates = [
        (directory, item)
        for item in syncs
        if (directory := _path(item)) is not None
        and _applies_itself(item, directory, builds, origin)
    ]
    # An instance tells its source for certain.
    counts.update(dict.fromkeys(begun, len(syncs)))
    homes = {reference(item.manifest) for directory, item in candidates if directory} | {*begun}
    return [
        (directory, item)
        for directory, item in candidates
        if directory or (counts[reference(item.manifest)] >= most and _is_home(item, homes, counts))
    ]


def _applies_itself(item: Resource, directory: str, builds: Builds, origin: str) -> bool:
    """Tell whether a Kustomization is in the directory that it applies, as a bootstrap makes it.

    That makes it beside its source, or under one name with it.
    """
    payload = builds.payload(directory, Way.FLUX)
    if source_file(item) not in payload.files:
        return False
    source = reference(item.manifest)
    beside = [other for other in payload.resources if other.who == source]
    if any(not _may_be(other, origin) for other in beside):
        return False
    return bool(beside) or source.name == item.name


def _is_home(item: Resource, homes: Collection[Identity], counts: Mapping[Identity, int]) -> bool:
    """Tell whether the source of an item is this repository, beside those of other entries."""
    source = reference(item.manifest)
    others = (counts.get(other, 0) for other in homes if other != source)
    return counts[source] > max(others, default=0)


def _may_be(source: Resource, origin: str) -> bool:
    """Tell whether a source may be this repository, or the one that it is a fork of."""
    url = text_at(source.manifest, "spec", "url")
    if not origin or not url or source.kind != "GitRepository":
        return True  # an artifact's URL tells nothing of the repository it is made of
    return same_repository(url, origin) or may_be_fork(url, origin)


def _outermost(
    candidates: Iterable[tuple[str, Resource]], builds: Builds
) -> Iterator[tuple[str, Resource]]:
    """Yield the Kustomizations that apply themselves and that no other such one applies.

    Of two that apply each other, the one of the inner directory starts the cluster: it is what a
    bootstrap applies, and the other one comes of it.
    """
    candidates = list(candidates)
    for directory, resource in candidates:
        file = source_file(resource)
        begun_by_others = False
        for other_directory, other in candidates:
            if other_directory == directory:
                continue
            holds = file in builds.payload(other_directory, Way.FLUX).files
            is_held = source_file(other) in builds.payload(directory, Way.FLUX).files
            if holds and (not is_held or is_below(other_directory, directory)):
                begun_by_others = True
        if not begun_by_others:
            yield directory, resource


def _path(kustomization: Resource) -> str | None:
    """Return the directory that a Kustomization applies, None where nobody knows it."""
    path = normpath((text_at(kustomization.manifest, "spec", "path") or ".").lstrip("/") or ".")
    if path.startswith("..") or OPEN in path:
        return None
    return "" if path == "." else path


def source_file(resource: Resource) -> str:
    """Return the path of the file that has an object, empty for one that no file has."""
    return resource.source.document.path if resource.source else ""

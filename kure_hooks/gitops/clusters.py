"""The entries of clusters: where the controllers start, found in the files of a repository.

Controllers start with an object that somebody applied by hand. The repository shows it where a
FluxInstance names a directory, where a Kustomization is in the directory that it applies, and where
an Application is in no directory that another one applies. All other GitOps objects that nothing
applies are taken for entries too, because their bootstrap may be elsewhere.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from posixpath import normpath

from kure_hooks.engines.annotations import KUSTOMIZE
from kure_hooks.files.memory import JoinedTree
from kure_hooks.files.paths import is_below, parent
from kure_hooks.files.tree import Tree, WorkTree
from kure_hooks.gitops import flux
from kure_hooks.gitops.applications import KINDS as OF_ARGOCD
from kure_hooks.gitops.applications import ApplicationReader
from kure_hooks.gitops.builds import Builds
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.payload import Resource, Way
from kure_hooks.gitops.repository import Cluster, Repository
from kure_hooks.gitops.sources import reference
from kure_hooks.gitops.urls import may_be_fork, same_repository
from kure_hooks.gitops.variables import OPEN
from kure_hooks.gitops.walking import Readers, walk
from kure_hooks.kustomize.files import directories
from kure_hooks.manifests import Identity, kind_of, text_at, value_at
from kure_hooks.objects.written import Object

_KINDS = flux.KINDS | OF_ARGOCD
_SYNC = (KUSTOMIZE, "Kustomization")
_INSTANCE = (flux.OPERATOR, "FluxInstance")
_BY_HAND = ("bootstrap", "talos", "terraform", "ansible", "example", "template", "test")
_RELEASE = (flux.HELM, "HelmRelease")


@dataclass(frozen=True, slots=True)
class _Unit:
    """Objects that are applied together by whoever applies them: a build, or loose files."""

    directory: str
    files: frozenset[str]
    resources: tuple[Resource, ...]

    @property
    def objects(self) -> tuple[Resource, ...]:
        """The objects of GitOps tools among them."""
        return tuple(filter(_is_owner, self.resources))


@dataclass(frozen=True, slots=True)
class _Entry:
    """The start of a cluster: its directory, and the Kustomizations that begin there.

    `instances` are the objects that made a controller write them.
    """

    directory: str
    objects: tuple[Resource, ...]
    instances: tuple[Resource, ...]


def readers_of(tree: Tree, *, origin: str = "", maps: Mapping[str, Path] | None = None) -> Readers:
    """Return the readers of a tree; see `read_repository`."""
    return _reading(tree, origin, maps)[0]


def _reading(tree: Tree, origin: str, maps: Mapping[str, Path] | None) -> tuple[Readers, Builds]:
    """Return the readers of a tree, and the builds that they share."""
    mapped = {url: f"@{directory.name}" for url, directory in (maps or {}).items()}
    if mapped:
        others = {mapped[url]: WorkTree(directory) for url, directory in (maps or {}).items()}
        tree = JoinedTree(tree, others)
    files = Files(tree)
    builds = Builds(files)
    applications = ApplicationReader(files, builds, origin, mapped)
    return Readers(files, builds, applications, origin, mapped), builds


def read_repository(
    tree: Tree, *, origin: str = "", maps: Mapping[str, Path] | None = None
) -> Repository:
    """Return the clusters that the files of a tree describe.

    `origin` is the URL of the repository at its host; `maps` are checkouts of other repositories by
    their URLs, whose files appear below `@` and the name of their directory.
    """
    readers, builds = _reading(tree, origin, maps)
    files = readers.files
    units = [unit for unit in _units(files, builds) if not unit.directory.startswith("@")]
    repository = Repository(files)
    for entry in _certain(units, builds, origin):
        cluster = walk(entry.directory or ".", entry.objects, readers, is_certain=True)
        lost = [item for item in entry.instances if _source_file(item) not in cluster.read]
        if lost:
            starts = (*entry.objects, *lost)
            cluster = walk(entry.directory or ".", starts, readers, is_certain=True)
        repository.clusters.append(cluster)
    _add_assumed(repository, units, readers)
    repository.clusters.sort(key=lambda cluster: cluster.name)
    for cluster in repository.clusters:
        cluster.repository = repository
    return repository


def _units(files: Files, builds: Builds) -> Iterator[_Unit]:
    """Yield the outermost builds that have GitOps objects, then the loose files by directory."""
    payloads = {path: builds.payload(path, Way.FLUX) for path in directories(files.paths)}
    inner = {
        path
        for directory, payload in payloads.items()
        for path in payload.directories
        if path != directory
    }
    built: set[str] = set()
    for directory, payload in payloads.items():
        built |= payload.files
        if directory not in inner and any(map(_is_owner, payload.resources)):
            yield _Unit(directory, frozenset(payload.files), payload.resources)
    loose: dict[str, list[str]] = {}
    for path in files.manifests:
        if path not in built:
            loose.setdefault(parent(path), []).append(path)
    for directory, paths in sorted(loose.items()):
        if not any(map(files.mentions, paths)):
            continue
        objects = tuple(_as_written(item) for path in paths for item in files.objects(path))
        if any(map(_is_owner, objects)):
            yield _Unit(directory, frozenset(paths), objects)


def _is_owner(resource: Resource) -> bool:
    """Tell whether an object makes a controller apply others; one without a spec is a patch."""
    has_spec = bool(value_at(resource.manifest, "spec"))
    return has_spec and kind_of(resource.manifest) in _KINDS and resource.who is not None


def _as_written(item: Object) -> Resource:
    return Resource(item.document, item.pointer, item.manifest, item.at(), item)


def _certain(units: Iterable[_Unit], builds: Builds, origin: str) -> Iterator[_Entry]:
    """Yield the entries that the repository shows, each directory once.

    A tenant's Kustomization may apply the root of its own repository: one that applies the root has
    to be of the source that most others have.
    """
    units = list(units)
    sources = Counter(reference(item.manifest) for unit in units for item in _syncs(unit))
    starts: dict[str, list[Resource]] = {}
    instances: dict[str, list[Resource]] = {}
    self_applied: list[tuple[str, Resource]] = []
    for unit in units:
        for resource in unit.objects:
            start = _start(resource)
            directory = _path(start) if start else None
            if start is None or directory is None or OPEN in directory:
                continue
            if start is not resource:
                starts.setdefault(directory, []).append(start)
                instances.setdefault(directory, []).append(resource)
                continue
            source = reference(resource.manifest)
            is_of_tenant = not directory and sources[source] < max(sources.values())
            payload = builds.payload(directory, Way.FLUX)
            beside = [item for item in payload.resources if item.who == source]
            # A bootstrap makes a Kustomization beside its source, under one name.
            has_source = bool(beside) or source.name == resource.name
            is_foreign = any(not _may_be(item, origin) for item in beside)
            if is_of_tenant or is_foreign or not has_source:
                continue
            if _source_file(resource) in payload.files:
                self_applied.append((directory, resource))
    begun = {reference(item.manifest) for objects in starts.values() for item in objects}
    sources.update(dict.fromkeys(begun, len(self_applied)))  # an instance tells it for certain
    begun |= {reference(resource.manifest) for directory, resource in self_applied if directory}
    self_applied = [
        (directory, resource)
        for directory, resource in self_applied
        if directory or _is_home(reference(resource.manifest), begun, sources)
    ]
    for directory, resource in _outermost(self_applied, builds):
        starts.setdefault(directory, []).append(resource)
    for directory, objects in sorted(starts.items()):
        yield _Entry(directory, tuple(objects), tuple(instances.get(directory, ())))


def _is_home(
    source: Identity, begun: Collection[Identity], sources: Mapping[Identity, int]
) -> bool:
    """Tell whether a source is this repository, beside those that other entries begin with."""
    others = (sources.get(other, 0) for other in begun if other != source)
    return sources[source] > max(others, default=0)


def _may_be(source: Resource, origin: str) -> bool:
    """Tell whether a source may be this repository, or the one that it is a fork of."""
    url = text_at(source.manifest, "spec", "url")
    if not origin or not url or source.kind != "GitRepository":
        return True  # an artifact's URL tells nothing of the repository it is made of
    return same_repository(url, origin) or may_be_fork(url, origin)


def _syncs(unit: _Unit) -> Iterator[Resource]:
    return (item for item in unit.objects if kind_of(item.manifest) == _SYNC)


def _outermost(
    candidates: Iterable[tuple[str, Resource]], builds: Builds
) -> Iterator[tuple[str, Resource]]:
    """Yield the Kustomizations that apply themselves and that no other such one applies.

    Of two that apply each other, the one of the inner directory starts the cluster: it is what a
    bootstrap applies, and the other one comes of it.
    """
    candidates = list(candidates)
    for directory, resource in candidates:
        file = _source_file(resource)
        begun_by_others = False
        for other_directory, other in candidates:
            if other_directory == directory:
                continue
            holds = file in builds.payload(other_directory, Way.FLUX).files
            is_held = _source_file(other) in builds.payload(directory, Way.FLUX).files
            if holds and (not is_held or is_below(other_directory, directory)):
                begun_by_others = True
        if not begun_by_others:
            yield directory, resource


def _start(resource: Resource) -> Resource | None:
    """Return the Kustomization with which the controllers start because of an object."""
    kind = kind_of(resource.manifest)
    if kind == _INSTANCE:
        return flux.sync_of(resource)
    if kind == _RELEASE:
        instance = flux.instance_of_chart(resource)
        return flux.sync_of(instance) if instance else None
    return resource if kind == _SYNC else None


def _path(kustomization: Resource) -> str | None:
    path = normpath((text_at(kustomization.manifest, "spec", "path") or ".").lstrip("/") or ".")
    if path.startswith(".."):
        return None
    return "" if path == "." else path


def _source_file(resource: Resource) -> str:
    return resource.source.document.path if resource.source else ""


def _add_assumed(repository: Repository, units: Iterable[_Unit], readers: Readers) -> None:
    """Add a cluster for each unit that no other reaches, and what stays unreached below entries."""
    reached = frozenset().union(*(cluster.read for cluster in repository.clusters))
    begun = [resource.at().path for item in repository.clusters for resource in item.entries]
    reached |= set(begun)
    rest = [unit for unit in units if not _is_reached(unit, reached)]
    walked: list[tuple[_Unit, Cluster]] = []
    for unit in rest:
        if _is_forgotten(unit, repository):
            repository.unreached += [item.source for item in unit.objects if item.source]
        else:
            certain = all(kind_of(item.manifest) in OF_ARGOCD for item in unit.objects)
            cluster = walk(unit.directory or ".", unit.resources, readers, is_certain=certain)
            walked.append((unit, cluster))
    for unit, cluster in walked:
        others = (other.read for _, other in walked if other is not cluster)
        mutual = cluster.read & unit.files
        if mutual or not _is_reached(unit, frozenset().union(*others)):
            repository.clusters.append(cluster)


def _is_forgotten(unit: _Unit, repository: Repository) -> bool:
    """Tell whether objects of Flux are no entry of their own, so that nothing applies them.

    Directories beside those of known clusters may be clusters whose bootstrap is elsewhere, and
    what a bootstrap directory has is applied by hand.
    """
    names = [cluster.name for cluster in repository.clusters if cluster.is_certain]
    if not names or any(kind_of(item.manifest) in OF_ARGOCD for item in unit.objects):
        return False
    if any(is_below(unit.directory, "" if name == "." else name) for name in names):
        return True
    beside = {parent(name) for name in names if name != "."}
    is_beside = any(is_below(unit.directory, above) for above in beside)
    return not is_beside and not any(word in unit.directory.lower() for word in _BY_HAND)


def _is_reached(unit: _Unit, files: frozenset[str]) -> bool:
    return all(_source_file(item) in files for item in unit.objects)

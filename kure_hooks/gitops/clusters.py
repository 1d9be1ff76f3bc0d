"""The entries of clusters: where the controllers start, found in the files of a repository.

Controllers start with an object that somebody applied by hand. The repository shows it where a
FluxInstance names a directory, where a Kustomization is in the directory that it applies, and where
an Application is in no directory that another one applies. All other GitOps objects that nothing
applies are taken for entries too, because their bootstrap may be elsewhere.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from posixpath import normpath

from kure_hooks.engines.annotations import KUSTOMIZE
from kure_hooks.files.paths import is_below, parent
from kure_hooks.files.tree import Tree
from kure_hooks.gitops import flux
from kure_hooks.gitops.applications import KINDS as OF_ARGOCD
from kure_hooks.gitops.applications import ApplicationReader
from kure_hooks.gitops.builds import Builds
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.payload import Resource, Way
from kure_hooks.gitops.repository import Cluster, Repository
from kure_hooks.gitops.walking import Readers, walk
from kure_hooks.kustomize.files import directories
from kure_hooks.manifests import kind_of, text_at
from kure_hooks.objects.written import Object

_KINDS = flux.KINDS | OF_ARGOCD
_SYNC = (KUSTOMIZE, "Kustomization")
_INSTANCE = (flux.OPERATOR, "FluxInstance")
_RELEASE = (flux.HELM, "HelmRelease")
_BOOTSTRAP = "flux-system"


@dataclass(frozen=True, slots=True)
class _Unit:
    """Objects that are applied together by whoever applies them: a build, or loose files."""

    directory: str
    files: frozenset[str]
    objects: tuple[Resource, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    """The start of a cluster: its directory, and the objects there."""

    directory: str
    objects: tuple[Resource, ...]


def read_repository(
    tree: Tree, *, origin: str = "", maps: Mapping[str, Tree] | None = None
) -> Repository:
    """Return the clusters that the files of a tree describe.

    `origin` is the URL of the repository at its host; `maps` are checkouts of other repositories by
    their URLs.
    """
    files = Files(tree)
    builds = Builds(files)
    readers = Readers(files, builds, ApplicationReader(files, builds, origin), origin)
    units = list(_units(files, builds))
    repository = Repository(files)
    for entry in _certain(units, builds):
        cluster = walk(entry.directory or ".", entry.objects, readers, is_certain=True)
        repository.clusters.append(cluster)
    _add_assumed(repository, units, readers)
    repository.clusters.sort(key=lambda cluster: cluster.name)
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
        if directory not in inner:
            objects = tuple(_owners(payload.resources))
            if objects:
                yield _Unit(directory, frozenset(payload.files), objects)
    loose: dict[str, list[str]] = {}
    for path in files.manifests:
        if path not in built and files.mentions(path):
            loose.setdefault(parent(path), []).append(path)
    for directory, paths in sorted(loose.items()):
        written = (item for path in paths for item in files.objects(path))
        objects = tuple(_owners(_as_written(item) for item in written))
        if objects:
            yield _Unit(directory, frozenset(paths), objects)


def _owners(resources: Iterable[Resource]) -> Iterator[Resource]:
    for resource in resources:
        if kind_of(resource.manifest) in _KINDS and resource.who is not None:
            yield resource


def _as_written(item: Object) -> Resource:
    return Resource(item.document, item.pointer, item.manifest, item.at(), item)


def _certain(units: Iterable[_Unit], builds: Builds) -> Iterator[_Entry]:
    """Yield the entries that the repository shows, each directory once."""
    starts: dict[str, list[Resource]] = {}
    for unit in units:
        for resource in unit.objects:
            for start in _starts(resource):
                directory = _path(start)
                if directory is None or OPEN_VARIABLE in directory:
                    continue
                payload = builds.payload(directory, Way.FLUX)
                if start is not resource:
                    starts.setdefault(directory, []).insert(0, start)
                    starts[directory].append(resource)
                elif _source_file(resource) in payload.files:
                    starts.setdefault(directory, []).append(start)
    for directory, objects in sorted(starts.items()):
        yield _Entry(directory, tuple(objects))


OPEN_VARIABLE = "${"


def _starts(resource: Resource) -> Iterator[Resource]:
    kind = kind_of(resource.manifest)
    if kind == _INSTANCE:
        sync = flux.sync_of(resource)
    elif kind == _RELEASE:
        sync = flux.instance_of_chart(resource)
    else:
        sync = resource if kind == _SYNC else None
    if sync is not None:
        yield sync


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
        if any(is_below(unit.directory, item.name) for item in repository.clusters):
            repository.unreached += [item.source for item in unit.objects if item.source]
        else:
            certain = all(kind_of(item.manifest) in OF_ARGOCD for item in unit.objects)
            cluster = walk(unit.directory or ".", unit.objects, readers, is_certain=certain)
            walked.append((unit, cluster))
    for unit, cluster in walked:
        others = (other.read for _, other in walked if other is not cluster)
        mutual = cluster.read & unit.files
        if mutual or not _is_reached(unit, frozenset().union(*others)):
            repository.clusters.append(cluster)


def _is_reached(unit: _Unit, files: frozenset[str]) -> bool:
    return all(_source_file(item) in files for item in unit.objects)

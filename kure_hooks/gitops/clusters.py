"""The clusters of a repository: those whose entries it shows, and those that it has for others.

All GitOps objects that nothing applies are taken for entries too, because their bootstrap may be
elsewhere; so is an Application that is in no directory that another one applies.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import count
from pathlib import Path

from kure_hooks.files.memory import JoinedTree
from kure_hooks.files.paths import is_below, parent
from kure_hooks.files.tree import Tree, WorkTree
from kure_hooks.gitops.applications import KINDS as OF_ARGOCD
from kure_hooks.gitops.applications import ApplicationReader
from kure_hooks.gitops.builds import Builds
from kure_hooks.gitops.entries import Unit, find_entries, find_units, source_file
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.left_out import Ignoring
from kure_hooks.gitops.program import Program
from kure_hooks.gitops.repository import Cluster, Repository
from kure_hooks.gitops.walking import Readers, walk
from kure_hooks.manifests import kind_of

_BY_HAND = ("bootstrap", "talos", "terraform", "ansible", "example", "template", "test")
_BREAK = re.compile(r"[/_.-]")


def readers_of(
    tree: Tree,
    *,
    origin: str = "",
    maps: Mapping[str, Path] | None = None,
    program: Program | None = None,
) -> Readers:
    """Return the readers of a tree; see `read_repository`."""
    return _reading(tree, origin, maps, program)[0]


def _reading(
    tree: Tree, origin: str, maps: Mapping[str, Path] | None, program: Program | None = None
) -> tuple[Readers, Builds]:
    """Return the readers of a tree, and the builds that they share."""
    mapped = _places(maps or {}, tree)
    if maps:
        others = {mapped[url]: WorkTree(directory) for url, directory in maps.items()}
        tree = JoinedTree(tree, others)
    files = Files(tree)
    builds = Builds(files, program)
    applications = ApplicationReader(files, builds, origin, mapped)
    ignoring = Ignoring(tree, mapped.values(), builds.budget)
    return Readers(files, builds, applications, ignoring, origin, mapped), builds


def _places(maps: Mapping[str, Path], tree: Tree) -> dict[str, str]:
    """Return for each URL the directory below which the files of its checkout appear.

    No two checkouts share one, and none hides a directory of the repository.
    """
    taken = {path.split("/")[0] for path in tree.paths()} if maps else set()
    places: dict[str, str] = {}
    for url, directory in maps.items():
        names = (f"@{directory.name}{number or ''}" for number in count())
        places[url] = next(name for name in names if name not in taken)
        taken.add(places[url])
    return places


def read_repository(
    tree: Tree,
    *,
    origin: str = "",
    maps: Mapping[str, Path] | None = None,
    program: Program | None = None,
) -> Repository:
    """Return the clusters that the files of a tree describe.

    `origin` is the URL of the repository at its host; `maps` are checkouts of other repositories by
    their URLs, whose files appear below `@` and the name of their directory. `program` builds the
    directories that our own reader of kustomize does not follow.
    """
    readers, builds = _reading(tree, origin, maps, program)
    files = readers.files
    others = frozenset(readers.mapped.values())
    reserve = builds.budget.left // 2
    found = find_units(files, builds, reserve)
    units = [unit for unit in found if unit.directory.split("/")[0] not in others]
    repository = Repository(files, is_whole=builds.budget.left > reserve)
    for entry in find_entries(units, builds, origin):
        cluster = walk(entry.directory or ".", entry.objects, readers, is_certain=True)
        lost = [item for item in entry.instances if source_file(item) not in cluster.read]
        if lost:
            starts = (*entry.objects, *lost)
            cluster = walk(entry.directory or ".", starts, readers, is_certain=True)
        repository.clusters.append(cluster)
    _add_assumed(repository, units, readers)
    repository.clusters.sort(key=lambda cluster: cluster.name)
    for cluster in repository.clusters:
        cluster.repository = repository
    repository.unbuilt = builds.unbuilt
    return repository


def _add_assumed(repository: Repository, units: Iterable[Unit], readers: Readers) -> None:
    """Add a cluster for each unit that no other reaches, and what stays unreached below entries."""
    reached = frozenset().union(*(cluster.read for cluster in repository.clusters))
    begun = [resource.at().path for item in repository.clusters for resource in item.entries]
    reached |= set(begun)
    rest = [unit for unit in units if not _is_reached(unit, reached)]
    walked: list[tuple[Unit, Cluster]] = []
    for unit in rest:
        if _is_forgotten(unit, repository):
            lost = (item for item in unit.objects if source_file(item) not in reached)
            repository.unreached += [item.source for item in lost if item.source]
        else:
            certain = all(kind_of(item.manifest) in OF_ARGOCD for item in unit.objects)
            cluster = walk(unit.directory or ".", unit.resources, readers, is_certain=certain)
            walked.append((unit, cluster))
    readings = Counter(path for _, cluster in walked for path in cluster.read)
    for unit, cluster in walked:
        files = {source_file(item) for item in unit.objects}
        by_others = all(readings[path] > (path in cluster.read) for path in files)
        if cluster.read & unit.files or not by_others:
            repository.clusters.append(cluster)


def _is_forgotten(unit: Unit, repository: Repository) -> bool:
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
    words = _BREAK.split(unit.directory.lower())
    return not is_beside and not any(word.startswith(_BY_HAND) for word in words)


def _is_reached(unit: Unit, files: frozenset[str]) -> bool:
    return all(source_file(item) in files for item in unit.objects)

"""The switch from old files to generated ones: what becomes of each old file."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kure_hooks.files.paths import base_name, join_relative, parent
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.payload import Resource
from kure_hooks.gitops.repository import Cluster
from kure_hooks.kustomize import BUILD_FILES
from kure_hooks.manifests import Identity


@dataclass(frozen=True)
class Switch:
    """The old files whose objects kure-hooks writes from now on.

    `taken` are written at their own paths, `emptied` have nothing else and can go, and of `shared`
    only the objects that are named go. `listing` are the kustomization files that name an emptied
    file, and `guarded` the owners that apply old files and prune what is gone there.
    """

    taken: Sequence[str] = ()
    emptied: Sequence[str] = ()
    shared: Mapping[str, Sequence[str]] = field(default_factory=dict)
    listing: Sequence[str] = ()
    guarded: Sequence[str] = ()


def switch(
    resources: Iterable[Resource],
    cluster: Cluster,
    syncs: Collection[Identity],
    generated: Collection[str],
) -> Switch:
    """Return what becomes of the files of a cluster.

    `resources` are the objects that a stack has now, `syncs` the owners that apply the entry, which
    has the generated files as well, and `generated` the paths of these.
    """
    files = cluster.files
    by_file: dict[str, set[Identity]] = {}
    for resource in resources:
        if resource.source is not None and resource.source.who is not None:
            by_file.setdefault(resource.source.document.path, set()).add(resource.source.who)
    emptied: list[str] = []
    shared: dict[str, Sequence[str]] = {}
    for path, names in sorted(by_file.items()):
        if path in generated:
            continue
        if all(item.who in names for item in files.objects(path)):
            emptied.append(path)
        else:
            shared[path] = sorted(map(str, names))
    gone = {*emptied, *shared}
    return Switch(
        taken=sorted(path for path in generated if path in files.paths),
        emptied=emptied,
        shared=shared,
        listing=sorted(set(_listing(emptied, files))),
        guarded=[str(owner.who) for owner in _guarded(cluster, syncs, gone)],
    )


def _guarded(
    cluster: Cluster, syncs: Collection[Identity], gone: Collection[str]
) -> Iterator[Owner]:
    """Yield the owners that would delete what is no longer in some files."""
    for owner in cluster.owners:
        sources = (resource.source for resource in owner.resources)
        paths = {source.document.path for source in sources if source is not None}
        if owner.prunes and owner.who not in syncs and not paths.isdisjoint(gone):
            yield owner


def _listing(emptied: Iterable[str], files: Files) -> Iterator[str]:
    """Yield the kustomization files that name one of some files."""
    gone = set(emptied)
    builds = (path for path in files.manifests if base_name(path) in BUILD_FILES)
    for path in builds:
        for document in files.documents(path):
            value = document.value if isinstance(document.value, dict) else {}
            named = value.get("resources")
            names = [item for item in named if isinstance(item, str)] if named else ()
            if any(join_relative(parent(path), item) in gone for item in names):
                yield path

"""The switch from old files to generated ones: what becomes of each old file."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kure_hooks.errors import UsageError
from kure_hooks.files.paths import base_name, is_below, join_relative, parent
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.payload import Resource
from kure_hooks.gitops.repository import Cluster
from kure_hooks.importing.candidates import Left
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
    owners: Iterable[Resource],
    carried: Sequence[Resource],
    cluster: Cluster,
    syncs: Collection[Identity],
    generated: Collection[str],
) -> Switch:
    """Return what becomes of the files of a cluster.

    `owners` are those that a stack has now, and `carried` the other objects, which an owner of
    their own applies from now on. `syncs` apply the entry, which has the generated owners as well,
    and `generated` are the paths of all that is written.
    """
    files = cluster.files
    by_file: dict[str, set[Identity]] = {}
    for resource in (*owners, *carried):
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
        guarded=list(_guarded(cluster, syncs, gone, _paths(carried))),
    )


def refuse_lost(left: Iterable[Left], output: str) -> None:
    """Raise UsageError where the generated tree would hide objects that stay as they are.

    Its kustomization.yaml lists what is generated, and what is not built is pruned.
    """
    lost = [str(item.who) for item in left if is_below(item.at.path, output)]
    if lost:
        raise UsageError(
            f"{output} would be written, which is where the cluster starts: what is there and not "
            f"in the stack would be deleted from the cluster ({', '.join(lost)}). Name another "
            "--cluster."
        )


def _guarded(
    cluster: Cluster,
    syncs: Collection[Identity],
    gone: Collection[str],
    moved: Collection[str],
) -> Iterator[str]:
    """Yield what would delete objects of files that are gone: their owners are others now.

    What applies the entry has the generated owners in it, but not the objects that moved.
    """
    for owner in cluster.owners:
        lost = moved if owner.who in syncs else gone
        if owner.prunes and not _paths(owner.resources).isdisjoint(lost):
            yield str(owner.who)
    if moved and not syncs:
        yield f"what applies {cluster.name}"


def _paths(resources: Iterable[Resource]) -> set[str]:
    sources = (resource.source for resource in resources)
    return {source.document.path for source in sources if source is not None}


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

"""The switch from old files to generated ones: what becomes of each old file."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kure_hooks.errors import UsageError
from kure_hooks.files.paths import is_below, join_relative, parent
from kure_hooks.findings import Finding
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.payload import Resource
from kure_hooks.gitops.repository import Cluster
from kure_hooks.importing.candidates import Left
from kure_hooks.importing.sets import is_set
from kure_hooks.kustomize import is_kustomization
from kure_hooks.manifests import Identity, value_at

_SHOWN = 5


@dataclass(frozen=True)
class Switch:
    """The old files whose objects kure-hooks writes from now on.

    `taken` are written at their own paths, `emptied` have nothing else and can go, and of `shared`
    only the objects that are named go. Other clusters apply what is in `common` as well, by their
    names, so that it stays. `listing` are the kustomization files that name an emptied
    file, and `guarded` the owners that apply old files and prune what is gone there. The bundles
    of `hollow` owners have nothing in their payloads once the files are gone.
    """

    taken: Sequence[str] = ()
    emptied: Sequence[str] = ()
    shared: Mapping[str, Sequence[str]] = field(default_factory=dict)
    common: Mapping[str, Sequence[str]] = field(default_factory=dict)
    listing: Sequence[str] = ()
    guarded: Sequence[str] = ()
    hollow: Sequence[str] = ()


def switch(
    owners: Sequence[Resource],
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
    elsewhere = _of_others(cluster)
    common = {path: elsewhere[path] for path in sorted(by_file) if path in elsewhere}
    emptied: list[str] = []
    shared: dict[str, Sequence[str]] = {}
    for path, names in sorted(by_file.items()):
        if path in generated or path in common:
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
        common=common,
        listing=sorted(set(_listing(emptied, files))),
        guarded=list(_guarded(cluster, syncs, gone, _paths(carried))),
        hollow=list(_hollow(cluster, {resource.who for resource in owners}, by_file)),
    )


def _of_others(cluster: Cluster) -> Mapping[str, Sequence[str]]:
    """Return the names of the other clusters of the repository by the files that they apply."""
    here = {id(resource) for resource in cluster.entries}
    names: dict[str, list[str]] = {}
    for other in cluster.repository.clusters if cluster.repository else ():
        if any(id(resource) in here for resource in other.entries):
            continue
        for path in sorted(other.read | _paths(other.entries)):
            names.setdefault(path, []).append(other.name)
    return names


def refuse_lost(
    left: Iterable[Left], unread: Iterable[Finding], listed: Iterable[str], output: str
) -> None:
    """Raise UsageError where the generated tree would hide what stays as it is.

    Its kustomization.yaml lists what is generated, and what is not built is pruned: the objects
    that are `left`, those of `unread` files, and files that are `listed` where it is written.
    """
    lost = [str(item.who) for item in left if is_below(item.at.path, output)]
    lost += [finding.at.path for finding in unread if is_below(finding.at.path, output)]
    lost = list(dict.fromkeys([*lost, *listed]))
    if lost:
        more = f" and {len(lost) - _SHOWN} more" if len(lost) > _SHOWN else ""
        raise UsageError(
            f"{output} would be written, which is where the cluster starts: what is there and not "
            f"in the stack would be deleted from the cluster ({', '.join(lost[:_SHOWN])}{more}). "
            "Name another --cluster."
        )


def unlisted(switch: Switch, files: Files) -> Iterator[str]:
    """Yield what kustomization files list that are written anew, and the stack does not have."""
    builds = [path for path in switch.taken if is_kustomization(path)]
    here = {*switch.emptied, *switch.shared, *switch.taken, *map(parent, builds)}
    for path in builds:
        yield from (item for item in _listed(path, files) if item not in here)


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
        applies = owner.prunes and not is_set(owner)
        if applies and not _paths(owner.resources).isdisjoint(lost):
            yield str(owner.who)
    if moved and not syncs:
        yield f"what applies {cluster.name}"


def _paths(resources: Iterable[Resource]) -> set[str]:
    sources = (resource.source for resource in resources)
    return {source.document.path for source in sources if source is not None}


def _hollow(
    cluster: Cluster,
    bundled: Collection[Identity | None],
    moved: Mapping[str, Collection[Identity]],
) -> Iterator[str]:
    """Yield the bundled owners that apply nothing but what the stack has now, by its files."""
    for owner in cluster.owners:
        if owner.who not in bundled or not owner.resources or not owner.is_certain:
            continue
        sources = [item.source for item in owner.resources]
        if all(source and source.who in moved.get(source.document.path, ()) for source in sources):
            yield str(owner.who)


def _listing(emptied: Iterable[str], files: Files) -> Iterator[str]:
    """Yield the kustomization files that name one of some files."""
    gone = set(emptied)
    for path in files.manifests:
        if is_kustomization(path) and not gone.isdisjoint(_listed(path, files)):
            yield path


def _listed(path: str, files: Files) -> Iterator[str]:
    """Yield the paths that the kustomization file at a path lists."""
    for document in files.documents(path):
        for key in ("resources", "components", "bases"):
            named = value_at(document.value, key)
            for item in named if isinstance(named, list) else ():
                if isinstance(item, str) and (place := join_relative(parent(path), item)):
                    yield place

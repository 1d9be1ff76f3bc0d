"""The clusters of generated trees, as their controllers see them."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from kure_hooks.files.paths import is_below
from kure_hooks.gitops.payload import Resource
from kure_hooks.gitops.repository import Cluster
from kure_hooks.gitops.sources import reference
from kure_hooks.gitops.walking import Readers, walk
from kure_hooks.importing import argocd, flux
from kure_hooks.manifests import Identity, kind_of
from kure_hooks.operations.fleet import Fleet


@dataclass(frozen=True)
class State:
    """A version of some stacks: what they generate, and what their clusters make of it.

    The clusters are by their directories, and the files of `readers` have all that is generated.
    """

    generated: Fleet
    readers: Readers
    clusters: Mapping[str, Cluster]


def gitops_objects(generated: Fleet, readers: Readers) -> list[Resource]:
    """Return the objects of the GitOps tool among those that stacks generate themselves."""
    kinds = {flux.KIND, argocd.KIND}
    return [item for item in _objects(generated, readers) if kind_of(item.manifest) in kinds]


def _objects(generated: Fleet, readers: Readers) -> Iterator[Resource]:
    """Yield the objects that stacks generate beside those of applications."""
    for path in sorted(generated.files):
        if path.endswith(".yaml") and not generated.origins[path].application:
            for item in readers.files.objects(path):
                yield Resource(item.document, item.pointer, item.manifest, item.at(), item)


def with_generated(
    cluster: Cluster, generated: Fleet, readers: Readers, moved: Collection[Identity | None]
) -> Cluster:
    """Return a cluster read again: with what is generated, without objects that moved into it.

    The files of `readers` have what is generated.
    """
    starts = gitops_objects(generated, readers)
    written = {resource.who for resource in starts}
    stays = [
        resource
        for resource in cluster.entries
        if resource.who not in written and resource.who not in moved
    ]
    return walk(cluster.name, [*stays, *starts], readers, is_certain=cluster.is_certain)


def generated_clusters(
    generated: Fleet, readers: Readers, homes: Mapping[str, Identity]
) -> dict[str, Cluster]:
    """Return what the owners of each generated cluster apply, by the cluster's directory.

    The files of `readers` have what is generated, and `homes` the source of each cluster that is
    this repository.
    """
    objects = list(_objects(generated, readers))
    clusters = {}
    for directory in sorted(generated.directories):
        entries = [item for item in objects if is_below(item.document.path, directory)]
        home = homes.get(directory)
        # The walk takes the source of the first Kustomization for this repository.
        entries.sort(key=lambda item: reference(item.manifest) != home)
        is_known = bool(entries) and reference(entries[0].manifest) == home
        readers.budget.renew()
        clusters[directory] = walk(directory, entries, readers, is_certain=is_known)
    return clusters

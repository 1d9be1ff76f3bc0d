"""Owners of a cluster before and after a change, and the objects that change hands."""

from collections.abc import Iterator

from kure_hooks.engines.annotations import opts_out
from kure_hooks.gitops.flux import TOOL
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.payload import Resource
from kure_hooks.gitops.repository import Cluster, Repository
from kure_hooks.manifests import Identity, canonical, value_at


class Change:
    """One cluster before and after a change."""

    def __init__(self, before: Cluster, after: Cluster) -> None:
        self.before = before
        self.after = after

    def renamed(self) -> Iterator[tuple[Owner, Owner]]:
        """Yield each owner that is gone, with the new one that does the same work."""
        added = [owner for owner in self.after.owners if owner.who not in self.before.by_identity]
        for old in self.before.owners:
            if old.who in self.after.by_identity or not _is_deleted(old):
                continue
            successor = next((new for new in added if _is_same_work(old, new)), None)
            if successor is not None:
                yield old, successor

    def moved(self) -> Iterator[tuple[Owner, Owner, Resource]]:
        """Yield each object that another owner applies now, with the two owners.

        Only objects that their old owner may delete count.
        """
        for who, places in self.before.applied.items():
            later = self.after.applied.get(who, ())
            owners = {owner.who: owner for owner, _ in later if owner}
            for old, resource in places:
                if old is None or old.who in owners or not owners or is_spared(resource):
                    continue
                new, manifest = next((owner, item) for owner, item in later if owner)
                if self._may_delete(old) and old.destination == new.destination:
                    yield old, new, manifest

    def _may_delete(self, old: Owner) -> bool:
        if old.suspended:
            return False
        remaining = self.after.by_identity.get(old.who)
        if not remaining:
            return old.cascades and _is_deleted(old)
        return old.prunes and all(owner.prunes and not owner.suspended for owner in remaining)


def changes(before: Repository, after: Repository) -> Iterator[Change]:
    """Yield the clusters that both repositories have."""
    clusters = {cluster.name: cluster for cluster in before.clusters}
    for cluster in after.clusters:
        if cluster.name in clusters:
            yield Change(clusters[cluster.name], cluster)


def is_spared(resource: Resource) -> bool:
    """Tell whether an object opts out of being deleted by its owner."""
    opt_outs = (("prune", "disabled"), ("reconcile", "disabled"), ("ssa", "ignore"))
    if any(opts_out(resource.manifest, name, value) for name, value in opt_outs):
        return True
    annotations = value_at(resource.manifest, "metadata", "annotations")
    options = str(value_at(annotations, "argocd.argoproj.io/sync-options") or "")
    return "Prune=false" in options or "Delete=false" in options


def _is_deleted(owner: Owner) -> bool:
    """Tell whether an owner that is gone from the repository is deleted from the cluster.

    An Application that nothing applies was applied by hand; a Kustomization without anything above
    it is one of a directory that Flux syncs, and prunes.
    """
    parent = owner.parent
    is_pruned = owner.tool == TOOL if parent is None else parent.prunes and not parent.suspended
    return is_pruned and not is_spared(owner.resource)


def _is_same_work(old: Owner, new: Owner) -> bool:
    if (old.who.group, old.who.kind) != (new.who.group, new.who.kind):
        return False
    if old.destination != new.destination:
        return False
    if _objects(old) & _objects(new):
        return True
    return not old.resources and canonical(old.spec) == canonical(new.spec)


def _objects(owner: Owner) -> set[Identity]:
    return {resource.who for resource in owner.resources if resource.who}

"""A repository of GitOps manifests: its clusters, and what each cluster is told to apply.

The settings declare the world around it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from kure_hooks.files.globs import matches, matches_segment
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.left_out import LeftOut
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.payload import Resource
from kure_hooks.manifests import Identity
from kure_hooks.objects.written import Object


@dataclass(frozen=True, slots=True)
class Declared:
    """The kinds and objects that nothing in the repository provides, and what rules ask for.

    `preinstalled` are patterns of API groups, such as `cert-manager.io`, or of kinds in them, such
    as `cert-manager.io/Issuer`, whose CRDs are on a cluster before anything is applied. `external`
    are patterns of objects, `Secret flux-system/sops-age` or `Namespace monitoring`, that something
    outside provides; `*` and `?` match within a part, and a kind may have its group behind a dot.
    `pinned` are patterns of the files whose Applications have to name fixed revisions, and
    `shortest_interval` is the shortest one that an object of Flux may have.
    """

    preinstalled: tuple[str, ...] = ()
    external: tuple[str, ...] = ()
    pinned: tuple[str, ...] = ()
    shortest_interval: str = "1m"

    def is_preinstalled(self, group: str, kind: str) -> bool:
        """Tell whether the CRD of a kind is declared to be there before."""
        return any(_is_kind(pattern, group, kind) for pattern in self.preinstalled)

    def is_external(self, who: Identity) -> bool:
        """Tell whether an object is declared to be provided from outside of the repository."""
        return any(_is_object(pattern, who) for pattern in self.external)

    def is_pinned(self, path: str) -> bool:
        """Tell whether the Applications of a file have to name fixed revisions."""
        return any(matches(pattern, path) for pattern in self.pinned)


def _is_kind(pattern: str, group: str, kind: str) -> bool:
    of_group, slash, of_kind = pattern.partition("/")
    return matches_segment(of_group, group) and (not slash or matches_segment(of_kind, kind))


def _is_object(pattern: str, who: Identity) -> bool:
    of_kind, _, of_name = pattern.partition(" ")
    kind = f"{who.kind}.{who.group}" if "." in of_kind else who.kind
    space, slash, name = of_name.rpartition("/")
    if bool(slash) != bool(who.namespace):
        return False
    return (
        matches_segment(of_kind, kind)
        and matches_segment(space or "*", who.namespace)
        and matches_segment(name, who.name)
    )


@dataclass(eq=False)
class Cluster:
    """All that one entry leads to.

    `name` is the path of the entry's directory, `.` for the root. The entry `is_certain` where the
    repository shows that the controllers start there: with a FluxInstance, a Kustomization that
    applies itself, or an Application that nothing else applies. Else something outside of the
    repository is assumed to apply it. `declared` is what the settings say of the world around the
    repository, which is `repository`. One that is not `is_whole` has more than is followed.
    """

    name: str
    is_certain: bool
    files: Files
    owners: list[Owner] = field(default_factory=list)
    entries: list[Resource] = field(default_factory=list)
    declared: Declared = field(default_factory=Declared)
    repository: "Repository | None" = None
    is_whole: bool = True

    @cached_property
    def by_identity(self) -> Mapping[Identity, list[Owner]]:
        """The owners by the identity of their objects; more than one where it is made twice."""
        owners: dict[Identity, list[Owner]] = {}
        for owner in self.owners:
            owners.setdefault(owner.who, []).append(owner)
        return owners

    @cached_property
    def applied(self) -> Mapping[Identity, list[tuple[Owner | None, Resource]]]:
        """All objects by identity, with the owners that apply them; None for the entry itself."""
        objects: dict[Identity, list[tuple[Owner | None, Resource]]] = {}
        for owner, resource in self.resources():
            if who := resource.who:
                objects.setdefault(who, []).append((owner, resource))
        return objects

    def resources(self) -> Iterator[tuple[Owner | None, Resource]]:
        """Yield each object that comes to the cluster, with the owner that applies it."""
        for resource in self._by_hand:
            yield None, resource
        for owner in self.owners:
            for resource in owner.resources:
                yield owner, resource

    @cached_property
    def _by_hand(self) -> list[Resource]:
        """The objects of the entry that no owner applies."""
        applied = {resource.who for owner in self.owners for resource in owner.resources}
        return [resource for resource in self.entries if resource.who not in applied]

    @cached_property
    def read(self) -> frozenset[str]:
        """The paths of all files that its controllers read."""
        payloads = (payload for owner in self.owners for payload in owner.payloads)
        return frozenset().union(*(payload.files for payload in payloads))


@dataclass(eq=False)
class Repository:
    """The clusters of a repository, and the GitOps objects in its files that none of them has.

    `declared` is what the settings say of the world around it, and `unbuilt` are the directories
    that only the program kustomize could have built, with why it did not. One that is not
    `is_whole` has kustomizations in which no GitOps objects were looked for.
    """

    files: Files
    clusters: list[Cluster] = field(default_factory=list)
    unreached: list[Object] = field(default_factory=list)
    declared: Declared = field(default_factory=Declared)
    unbuilt: Mapping[str, str] = field(default_factory=dict)
    is_whole: bool = True

    @cached_property
    def identities(self) -> frozenset[Identity]:
        """The identities of all objects of all clusters, and of those that none has."""
        applied = {who for cluster in self.clusters for who in cluster.applied}
        return frozenset(applied | {item.who for item in self.unreached if item.who})

    def left_out(self, path: str) -> LeftOut | None:
        """Return what an artifact lacks that lacks a file, None where each has it."""
        return next((item for item in self._left_out if path in item.patterns), None)

    @cached_property
    def _left_out(self) -> list[LeftOut]:
        owners = (owner for cluster in self.clusters for owner in cluster.owners)
        every = {target.left_out for owner in owners for target in owner.targets}
        return sorted(every, key=lambda item: item.root)

    @cached_property
    def urls(self) -> frozenset[str]:
        """The URLs of all repositories that its objects name, in a source or wherever else."""
        applied = [item.manifest for cluster in self.clusters for _, item in cluster.resources()]
        waiting: list[Any] = [*applied, *(item.manifest for item in self.unreached)]
        urls: set[str] = set()
        while waiting:
            part = waiting.pop()
            if isinstance(part, dict):
                named = (part[key] for key in ("url", "repoURL") if key in part)
                urls.update(url for url in named if isinstance(url, str))
                waiting += part.values()
            elif isinstance(part, list):
                waiting += part
        return frozenset(urls)

"""The walk from an entry of a cluster to all that its controllers apply."""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from kure_hooks.engines.annotations import KUSTOMIZE
from kure_hooks.gitops import flux
from kure_hooks.gitops.budget import Budget
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.flux import RepositoryBuilder
from kure_hooks.gitops.left_out import Ignoring
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.payload import Resource, Way
from kure_hooks.gitops.repository import Cluster
from kure_hooks.gitops.sources import (
    ASSUMED,
    EXTENSIONS,
    HERE,
    SOURCE,
    Artifact,
    Generator,
    reference,
)
from kure_hooks.gitops.urls import same_repository
from kure_hooks.manifests import Identity, Manifest, kind_of, text_at

# So often a cluster is walked again because variables were found behind the place that uses them.
_PASSES = 3
_HOME_KIND = "GitRepository"
# So many artifacts may be made of each other, and so many of their copies are as an object.
_DEEPEST = 30
_COPIES = 32


class Applications(Protocol):
    """The reader of Argo CD's objects."""

    def owner(self, resource: Resource, parent: Owner | None) -> Owner | None:
        """Return the owner of an Application or ApplicationSet, None for other kinds."""
        ...


@dataclass(frozen=True)
class Readers:
    """The readers of one repository.

    `ignoring` tells what artifacts lack. `origin` is its URL at its host, empty where nobody knows;
    `mapped` are the directories that stand for other repositories by their URLs. All walks share
    the `budget` with the builds.
    """

    files: Files
    builds: RepositoryBuilder
    applications: Applications
    ignoring: Ignoring
    origin: str = ""
    mapped: Mapping[str, str] = field(default_factory=dict)

    @property
    def budget(self) -> Budget:
        """The work that may still be done."""
        return self.builds.budget


def walk(name: str, entries: Iterable[Resource], readers: Readers, *, is_certain: bool) -> Cluster:
    """Return the cluster that starts with some objects, and all that they lead to.

    Where the budget ends before, nothing about the cluster is certain.
    """
    entries = list(entries)
    known: dict[Identity, Resource] = {}
    for _ in range(_PASSES):
        step = _Walk(readers, known, is_certain=is_certain)
        step.walk(entries)
        before, known = known, step.known
        are_makers_new = any(_makes_artifacts(who) and who not in before for who in known)
        if not any(are_makers_new if _is_made(who) else who in known for who in step.missing):
            break
    is_whole = step.is_followed and not readers.budget.is_spent
    certain = is_certain and is_whole
    return Cluster(name, certain, readers.files, step.owners, entries, is_whole=is_whole)


def _is_made(who: Identity) -> bool:
    return who.kind == "ExternalArtifact"


def _makes_artifacts(who: Identity) -> bool:
    return who.kind == "ArtifactGenerator"


class _Walk:
    """One pass; `known` are the objects that an earlier pass has found.

    It `is_followed` where no source has too many patterns of files that it leaves out.
    """

    def __init__(
        self, readers: Readers, known: Mapping[Identity, Resource], *, is_certain: bool
    ) -> None:
        self.readers = readers
        self.is_certain = is_certain
        self.known = dict(known)
        self.missing: set[Identity] = set()
        self.is_followed = True
        self.owners: list[Owner] = []
        self._home: Identity | None = None
        self._at_home = HERE
        self._around = flux.Surroundings(readers.builds, self.artifact, self.lookup, readers.budget)
        self._makers: dict[tuple[str, str], Generator] = {}
        self._artifacts: dict[Identity, Artifact] = {}
        self._resolving: set[Identity] = set()

    def walk(self, entries: list[Resource]) -> None:
        """Follow the entries, the nearest objects first."""
        for resource in self.known.values():
            self._add_source(resource)
        self._index(entries)
        self._home = self._home_of(entries)
        if self._home and (source := self._source_of_home(entries)):
            self._at_home = self._here("", source.manifest)
        seen: set[Identity] = set()
        waiting: deque[tuple[Resource, Owner | None]] = deque((item, None) for item in entries)
        while waiting and not self.readers.budget.is_spent:
            resource, parent = waiting.popleft()
            who = resource.who
            if who is None or who in seen:
                continue
            owner = self._owner(resource, parent)
            if owner is None:
                continue
            seen.add(who)
            self.owners.append(owner)
            if parent is not None:
                parent.children.append(owner)
            # Patches, templates and exclusions may leave nothing of what a directory has.
            looked_at = sum(len(payload.resources) for payload in owner.payloads)
            self.readers.budget.spend(1 + max(len(owner.resources), looked_at))
            self._index(owner.resources)
            waiting += [(child, owner) for child in owner.resources]

    def _owner(self, resource: Resource, parent: Owner | None) -> Owner | None:
        if kind_of(resource.manifest) in flux.KINDS:
            return flux.owner(resource, parent, self._around)
        return self.readers.applications.owner(resource, parent)

    def _index(self, resources: Iterable[Resource]) -> None:
        for resource in resources:
            who = resource.who
            if who and who not in self.known:
                self.known[who] = resource
                self._add_source(resource)

    def _add_source(self, resource: Resource) -> None:
        """Take note of a source, and of the artifacts that a generator makes."""
        group, kind = kind_of(resource.manifest)
        if (group, kind) == (EXTENSIONS, "ArtifactGenerator"):
            generator = Generator(resource.manifest)
            for name in generator.names:
                self._makers.setdefault((generator.namespace, name), generator)
        if group in (SOURCE, EXTENSIONS):
            self._artifacts.clear()

    def _home_of(self, entries: Iterable[Resource]) -> Identity | None:
        """Return the source of the entry, which is taken for this repository."""
        for resource in entries:
            if kind_of(resource.manifest) == (KUSTOMIZE, "Kustomization"):
                return reference(resource.manifest) if self.is_certain else None
        return None

    def _source_of_home(self, entries: Iterable[Resource]) -> Resource | None:
        """Return the source of the entry: beside it, or in what the entry applies."""
        if self._home in self.known:
            return self.known[self._home]
        for resource in entries:
            if kind_of(resource.manifest) == (KUSTOMIZE, "Kustomization"):
                directory = HERE.directory(text_at(resource.manifest, "spec", "path") or ".")
                payload = self.readers.builds.payload(directory or "", Way.FLUX)
                return next((item for item in payload.resources if item.who == self._home), None)
        return None

    def lookup(self, kind: str, namespace: str, name: str) -> Manifest | None:
        """Return a ConfigMap or Secret of the cluster."""
        who = Identity("", kind, namespace, name)
        if who in self.known:
            manifest: Manifest = self.known[who].manifest
            return manifest
        self.missing.add(who)
        return None

    def artifact(self, source: Identity) -> Artifact:
        """Return the content of a source as the repository has it."""
        if source == self._home:
            return self._at_home
        if source in self._resolving:
            return Artifact(elsewhere="has a source that is made of itself")
        if len(self._resolving) > _DEEPEST or self.readers.budget.is_spent:
            return Artifact(elsewhere="has a source that is made of too many others to follow")
        if source not in self._artifacts:
            self._resolving.add(source)
            made = self._resolved(source)
            self._resolving.discard(source)
            self._artifacts[source] = made
        artifact = self._artifacts[source]
        self.readers.budget.spend(len(artifact.copies) // _COPIES)
        return artifact

    def _resolved(self, source: Identity) -> Artifact:
        if source.kind == "ExternalArtifact":
            return self._external(source)
        resource = self.known.get(source)
        if resource is None:
            self.missing.add(source)
            if source.kind == _HOME_KIND and not self.is_certain:
                return ASSUMED
            return Artifact(elsewhere=f"has no source {source} here", is_missing=True)
        if source.kind != _HOME_KIND:
            return Artifact(elsewhere=f"has the source {source}, whose content is not here")
        return self._checkout(source, resource.manifest)

    def _checkout(self, source: Identity, manifest: Manifest) -> Artifact:
        """Return the content of a Git repository: this one, one that is mapped, or unknown."""
        url = text_at(manifest, "spec", "url")
        if any(same_repository(url, other) for other in self._urls()):
            return self._here("", manifest)
        for other, directory in self.readers.mapped.items():
            if same_repository(url, other):
                return self._here(directory, manifest)
        return Artifact(elsewhere=f"has the source {source}, which is another repository")

    def _here(self, root: str, manifest: Manifest) -> Artifact:
        """Return the content of a Git repository whose files are below a directory."""
        ignore = text_at(manifest, "spec", "ignore")
        left_out = self.readers.ignoring.left_out(root, ignore, self.readers.files.paths)
        if left_out is None:
            self.is_followed = False
            return Artifact(elsewhere="has a source with too many patterns of what it ignores")
        return Artifact((("", root),), left_out=left_out)

    def _urls(self) -> Iterable[str]:
        home = self.known.get(self._home) if self._home else None
        return filter(
            None, (self.readers.origin, text_at(home.manifest, "spec", "url") if home else "")
        )

    def _external(self, source: Identity) -> Artifact:
        """Return the content of an ExternalArtifact, which an ArtifactGenerator makes."""
        generator = self._makers.get((source.namespace, source.name))
        if generator is not None:
            artifact = generator.artifact(source.name, self.artifact)
            self.readers.budget.spend(1 + len(artifact.copies))
            return artifact
        self.missing.add(source)
        return Artifact(elsewhere=f"has the source {source}, which nothing here makes")

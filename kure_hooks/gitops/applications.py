"""Owners of Argo CD: Applications and ApplicationSets, with what they apply (Argo CD 3.5)."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property

from kure_hooks.gitops import argocd
from kure_hooks.gitops.application_sources import ApplicationSource, SourceType, sources
from kure_hooks.gitops.applicationsets import APPLICATION_SET, expand
from kure_hooks.gitops.builds import Builds
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.git_generators import Checkout
from kure_hooks.gitops.homes import assumed_home
from kure_hooks.gitops.owner import Owner, Target
from kure_hooks.gitops.payload import Payload, Resource, Way
from kure_hooks.gitops.urls import same_repository
from kure_hooks.manifests import Identity, kind_of, text_at, value_at

APPLICATION = ("argoproj.io", "Application")
KINDS = frozenset({APPLICATION, APPLICATION_SET})
"""The kinds of Argo CD that make a controller apply objects."""

_OCI = "oci://"
# Comparing so many characters of patterns with a path takes as long as one object.
_COMPARED = 100
_CHART = "installs a chart, whose objects are not here"


class ApplicationReader:
    """The reader of the Applications of one repository, whose URL is `origin` where it is known.

    `mapped` are the directories that stand for other repositories, by their URLs. Its work is taken
    from the budget of the `builds`.
    """

    def __init__(
        self,
        files: Files,
        builds: Builds,
        origin: str = "",
        mapped: Mapping[str, str] | None = None,
    ) -> None:
        self.files = files
        self.checkout = Checkout(files)
        self.builds = builds
        self.budget = builds.budget
        self.origin = origin
        self.mapped = mapped or {}

    def owner(self, resource: Resource, parent: Owner | None) -> Owner | None:
        """Return the owner of an Application or ApplicationSet, None for other kinds.

        None as well for one without a name.
        """
        kind = kind_of(resource.manifest)
        who = resource.who
        if who is None:
            return None
        if kind == APPLICATION:
            return self._application(resource, who, parent)
        return self._set(resource, who, parent) if kind == APPLICATION_SET else None

    def is_here(self, url: str) -> bool:
        """Tell whether a URL is that of this repository."""
        return any(same_repository(url, home) for home in (self.origin, self.assumed) if home)

    @cached_property
    def assumed(self) -> str:
        """The URL by which Applications name this repository, where `origin` is none of theirs.

        All paths that they take from it are there; empty where no URL is so.
        """
        return assumed_home(self.files, self.origin)

    def _set(self, resource: Resource, who: Identity, parent: Owner | None) -> Owner:
        policy = value_at(resource.manifest, "spec", "syncPolicy")
        deletes = (text_at(policy, "applicationsSync") or "sync") in ("sync", "create-delete")
        expansion = expand(resource, self.checkout, self.is_here, self.budget)
        return Owner(
            argocd.TOOL,
            who,
            resource,
            parent,
            resources=expansion.applications,
            elsewhere=expansion.unknown,
            refusals=expansion.faults,
            prunes=deletes,
            cascades=deletes,
        )

    def _application(self, resource: Resource, who: Identity, parent: Owner | None) -> Owner:
        manifest = resource.manifest
        owner = Owner(
            argocd.TOOL,
            who,
            resource,
            parent,
            destination=argocd.destination(manifest),
            prunes=argocd.prunes(manifest),
            cascades=argocd.cascades(manifest),
            suspended=not argocd.is_automated(manifest),
            waits=True,
        )
        named = sources(manifest)
        for source in named:
            if not source.is_only_referenced:
                self._take(owner, source)
        if not named:
            owner.elsewhere = ("has no source",)
        return owner

    def _take(self, owner: Owner, source: ApplicationSource) -> None:
        """Add to an owner what it applies of a source."""
        if source.chart or source.repo_url.startswith(_OCI):
            message = _CHART if source.chart else "has an OCI artifact, whose objects are not here"
            owner.elsewhere = (*owner.elsewhere, message)
            return
        start = self._start(source.repo_url)
        if start is None:
            message = f"has the source {source.repo_url}, which is another repository"
            owner.targets = (*owner.targets, Target((*source.pointer, "path"), source.path))
            owner.elsewhere = (*owner.elsewhere, message)
            return
        placed = replace(source, start=start)
        directory = placed.directory
        exists = directory is not None and (directory in self.files.directories)
        target = Target(
            (*source.pointer, "path"),
            source.path,
            directory,
            exists,
            is_assumed=not start and not same_repository(source.repo_url, self.origin),
        )
        owner.targets = (*owner.targets, target)
        if directory is None or not exists:
            owner.elsewhere = (*owner.elsewhere, "has a path that is not there")
            owner.stuck = not target.is_assumed
            return
        self._build(owner, placed.overridden(self.files), directory)

    def _start(self, url: str) -> str | None:
        """Return the directory that stands for a repository, None for one that is not here."""
        if self.is_here(url):
            return ""
        directories = self.mapped.items()
        return next((item for other, item in directories if same_repository(url, other)), None)

    def _build(self, owner: Owner, source: ApplicationSource, directory: str) -> None:
        if source.is_pinned:
            message = f"has the revision {source.revision}, whose files may be others than these"
            owner.elsewhere = (*owner.elsewhere, message)
        way = source.way(self.files)
        if way is None or len(source.types) > 1:
            message = "has a plugin" if way is None else "has a source of several types"
            owner.elsewhere = (*owner.elsewhere, message)
            return
        payload = self._payload(owner, source, directory, way)
        owner.payloads = (*owner.payloads, payload)
        self.budget.spend(len(payload.files) * source.effort // _COMPARED)
        if self.budget.is_spent:
            owner.elsewhere = (*owner.elsewhere, "has patterns that take too long to follow")
            return
        namespace = text_at(owner.resource.manifest, "spec", "destination", "namespace")
        resources = argocd.applied(source, payload, namespace, way)
        owner.resources = (*owner.resources, *resources)

    def _payload(
        self, owner: Owner, source: ApplicationSource, directory: str, way: Way
    ) -> Payload:
        changes = source.changes() if source.type(self.files) is SourceType.KUSTOMIZE else {}
        if changes and way is Way.KUSTOMIZE:
            owner.changes = True
            inside = (*source.pointer, SourceType.KUSTOMIZE.value)
            return self.builds.changed(directory, way, changes, owner.resource, inside)
        return self.builds.payload(directory, way)

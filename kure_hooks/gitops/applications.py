"""Owners of Argo CD: Applications and ApplicationSets, with what they apply (Argo CD 3.5)."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property

from kure_hooks.files.globs import literal_prefix
from kure_hooks.gitops import argocd
from kure_hooks.gitops.application_sources import ApplicationSource, SourceType, sources
from kure_hooks.gitops.applicationsets import APPLICATION_SET, expand
from kure_hooks.gitops.builds import Builds
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.git_generators import Checkout
from kure_hooks.gitops.owner import Owner, Target
from kure_hooks.gitops.payload import Payload, Resource, Way
from kure_hooks.gitops.urls import key_of, may_be_fork, same_repository
from kure_hooks.manifests import Identity, Manifest, kind_of, mappings_at, text_at, value_at

APPLICATION = ("argoproj.io", "Application")
KINDS = frozenset({APPLICATION, APPLICATION_SET})
"""The kinds of Argo CD that make a controller apply objects."""

_OCI = "oci://"
_TEMPLATE = "{{"
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


def assumed_home(files: Files, origin: str) -> str:
    """Return the URL from which Applications take paths of this repository, empty for none.

    A fork, whose repository has the same name, is read under the URL of its original, and without
    an `origin` nothing else tells. The URL with the most paths that are there is it, if no more of
    its paths are missing. Where one is that of `origin`, no other is assumed.
    """
    places: dict[Hashable, tuple[str, set[str]]] = {}
    for url, directory in _places(files):
        if origin and same_repository(url, origin):
            return ""
        key = key_of(url)
        if key is not None:
            places.setdefault(key, (url, set()))[1].add(directory)
    scores: dict[str, int] = {}
    for url, paths in places.values():
        if origin and not may_be_fork(url, origin):
            continue
        present = sum(path in files.directories or path in files.paths for path in paths)
        if 2 * present >= len(paths):
            scores[url] = present
    most = max(scores.values(), default=0)
    best = [url for url, present in scores.items() if present == most]
    return best[0] if len(best) == 1 and most else ""


def _places(files: Files) -> Iterator[tuple[str, str]]:
    for path in files.manifests:
        if files.mentions(path):
            for item in files.objects(path):
                yield from _named_places(item.manifest)


def _named_places(manifest: Manifest) -> Iterator[tuple[str, str]]:
    """Yield the URLs and paths that an Application or a set names, without templates."""
    if kind_of(manifest) == ("argoproj.io", "Application"):
        for source in sources(manifest):
            if not source.chart and source.path:
                yield source.repo_url, source.path if source.directory is None else source.directory
    elif kind_of(manifest) == ("argoproj.io", "ApplicationSet"):
        template = value_at(manifest, "spec", "template")
        for source in sources({"spec": value_at(template, "spec")}):
            if source.path and _TEMPLATE not in f"{source.repo_url}{source.path}":
                yield source.repo_url, source.directory or ""
        yield from _of_generators(value_at(manifest, "spec"))


def _of_generators(spec: object) -> Iterator[tuple[str, str]]:
    """Yield what generators of git name: the directories that all they take in lies below."""
    for generator in mappings_at(spec, "generators"):
        git = generator.get("git")
        for key in ("directories", "files"):
            for item in mappings_at(git, key):
                path = text_at(item, "path")
                url = text_at(git, "repoURL")
                if _TEMPLATE not in f"{url}{path}" and item.get("exclude") is not True:
                    yield url, literal_prefix(path)
        for kind in ("matrix", "merge"):
            yield from _of_generators(generator.get(kind))

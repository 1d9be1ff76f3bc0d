"""Questions that several rules of Argo CD ask of a cluster."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.application_sources import ApplicationSource, sources
from kure_hooks.gitops.argocd import GROUP, wave
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.payload import Resource
from kure_hooks.gitops.repository import Cluster
from kure_hooks.kustomize import is_kustomization
from kure_hooks.manifests import Manifest, mappings_at, text_at, value_at
from kure_hooks.yamlio import Pointer

ARGOCD = "Argo CD 3.5"
NEWEST = (3, 5)
SYNC_OPTIONS = "argocd.argoproj.io/sync-options"
ANNOTATIONS = ("metadata", "annotations")

_OPEN = re.compile(r"\{\{|\$\{|<<|<%|<[A-Z][A-Z0-9_]*>")
_REPOSITORY = re.compile(r"argoproj/argo-cd\b")
_TAG = re.compile(r"v([0-9]{1,3})\.([0-9]{1,3})\.[0-9]")
_IMAGE = re.compile(r"\bargoproj/argocd:v([0-9]{1,3})\.([0-9]{1,3})\.[0-9]")
_CONTAINERS = ("spec", "template", "spec", "containers")
_MAIN = ("", "HEAD", "main", "master")
_PINNED = re.compile(
    r"[0-9a-f]{7,64}|sha256:[0-9a-f]{64}|(?:refs/tags/)?v?[0-9]++(?:[-+._][^\s,|]*+)?"
)
_ANY_PART = re.compile(r"\.[xX*](?![^.-])")

Version = tuple[int, int]
"""Major and minor."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """An Application as people write it: an object of its own, or the template of a set.

    `resource` is the object that has it, and `prefix` the way to it in that object. Of a template
    `is_partial` tells that something else adds fields to it.
    """

    owner: Owner
    resource: Resource
    body: Manifest
    prefix: Pointer = ()
    is_partial: bool = False

    @property
    def is_template(self) -> bool:
        """True where it is the template of an ApplicationSet."""
        return bool(self.prefix)

    @property
    def spec(self) -> Any:
        """The spec of the Application."""
        return self.body.get("spec")

    @property
    def sources(self) -> list[ApplicationSource]:
        """The sources that count; their pointers lead from the Application."""
        return sources(self.body)

    def finding(
        self,
        steps: Pointer,
        problem: str,
        expected: str,
        rule: str,
        severity: Severity = Severity.ERROR,
    ) -> Finding:
        """Return a finding about a key of the Application."""
        return self.resource.finding((*self.prefix, *steps), problem, expected, rule, severity)


def applications(cluster: Cluster) -> Iterator[Owner]:
    """Yield the Applications of a cluster, also those that ApplicationSets make."""
    return _of(cluster, "Application")


def application_sets(cluster: Cluster) -> Iterator[Owner]:
    """Yield the ApplicationSets of a cluster."""
    return _of(cluster, "ApplicationSet")


def _of(cluster: Cluster, kind: str) -> Iterator[Owner]:
    return (item for item in cluster.owners if (item.who.group, item.who.kind) == (GROUP, kind))


def is_application(resource: Resource) -> bool:
    """Tell whether an object is an Application."""
    return resource.kind == "Application" and resource.api_version.startswith(f"{GROUP}/")


def is_made(owner: Owner) -> bool:
    """Tell whether an ApplicationSet makes an Application, so that no file has it."""
    return owner.parent is not None and owner.parent.who.kind == "ApplicationSet"


def written(owner: Owner) -> tuple[Resource, Pointer]:
    """Return the object that has an Application, and the way to it: the template of its set."""
    if is_made(owner) and owner.parent is not None:
        return owner.parent.resource, ("spec", "template")
    return owner.resource, ()


def declarations(cluster: Cluster) -> Iterator[Declaration]:
    """Yield the Applications that people write, and the templates of ApplicationSets."""
    for owner in applications(cluster):
        if not is_made(owner):
            partial = owner.parent is not None and not owner.parent.is_certain
            manifest = owner.resource.manifest
            yield Declaration(owner, owner.resource, manifest, is_partial=partial)
    for owner in application_sets(cluster):
        spec = owner.spec
        template = value_at(spec, "template")
        if isinstance(template, dict):
            more = "templatePatch" in spec or _has_templates(value_at(spec, "generators"))
            yield Declaration(owner, owner.resource, template, ("spec", "template"), more)


def _has_templates(generators: Any) -> bool:
    """Tell whether a generator, or one inside of it, has a template of its own."""
    if isinstance(generators, dict):
        return "template" in generators or any(map(_has_templates, generators.values()))
    return isinstance(generators, list) and any(map(_has_templates, generators))


def is_open(text: Any) -> bool:
    """Tell whether a string has a placeholder that something else fills."""
    return isinstance(text, str) and _OPEN.search(text) is not None


def home(owner: Owner | None) -> str:
    """Return the cluster that an owner's object comes to; empty for that of Argo CD itself."""
    parents = owner.above() if owner else ()
    for parent in parents:
        if parent.who.kind == "Application":
            return parent.destination
    return ""


def annotation(manifest: Manifest, key: str) -> Any:
    """Return the value of an annotation as it is written; None without it."""
    return value_at(manifest, *ANNOTATIONS, key)


def options_of(manifest: Manifest) -> list[str]:
    """Return the sync options that an object has in its annotation."""
    text = annotation(manifest, SYNC_OPTIONS)
    return [option.strip() for option in text.split(",")] if isinstance(text, str) else []


def wave_parents(cluster: Cluster) -> Iterator[tuple[Owner, list[Resource]]]:
    """Yield the Applications that bring others in more than one wave, with those."""
    for owner in applications(cluster):
        children = [
            item for item in owner.resources if is_application(item) and item.who != owner.who
        ]
        if len({wave(child.manifest) for child in children}) > 1:
            yield owner, sorted(children, key=lambda child: (wave(child.manifest), child.name))


def is_present(revision: str, owner: Owner) -> bool:
    """Tell whether a revision is the one that the files here are of, as far as they show.

    Those are the usual names of a main branch, and the revision that the owners above have.
    """
    if revision in _MAIN:
        return True
    above = (source for parent in owner.above() for source in sources(parent.resource.manifest))
    return any(source.revision == revision for source in above)


def is_pinned(revision: str) -> bool:
    """Tell whether a revision looks like a commit, a digest or a version, and not like a range."""
    return _PINNED.fullmatch(revision) is not None and not _ANY_PART.search(revision)


def argocd_version(cluster: Cluster) -> Version | None:
    """Return the version of Argo CD that the repository installs; None if it does not say.

    Of several, the newest: what that one has may be there.
    """
    if cluster not in _NEWEST_OF:
        versions = (*_released(cluster.files), *_running(cluster))
        _NEWEST_OF[cluster] = max(versions, default=None)
    return _NEWEST_OF[cluster]


def _running(cluster: Cluster) -> Iterator[Version]:
    """Yield the versions of the images that workloads run."""
    for _, resource in cluster.resources():
        if resource.kind in ("StatefulSet", "Deployment"):
            for container in mappings_at(resource.manifest, *_CONTAINERS):
                for match in _IMAGE.finditer(text_at(container, "image")):
                    yield _version(match)


def _released(files: Files) -> frozenset[Version]:
    """Return the versions whose released manifests files of kustomize's name."""
    if files not in _VERSIONS:
        texts = (
            str(value_at(document.value, key))
            for path in files.paths
            if is_kustomization(path)
            for document in files.documents(path)
            for key in ("resources", "bases", "components")
        )
        _VERSIONS[files] = frozenset(version for text in texts for version in released(text))
    return _VERSIONS[files]


def released(text: str) -> Iterator[Version]:
    """Yield the versions of Argo CD in the URLs of its repository that a text has."""
    for word in text.split():
        at = 0
        while (name := _REPOSITORY.search(word, at)) and (tag := _TAG.search(word, name.end())):
            yield _version(tag)
            at = tag.end()


_VERSIONS: WeakKeyDictionary[Files, frozenset[Version]] = WeakKeyDictionary()
_NEWEST_OF: WeakKeyDictionary[Cluster, Version | None] = WeakKeyDictionary()


def _version(match: re.Match[str]) -> Version:
    return int(match[1]), int(match[2])

"""The entry of a cluster: the owners that become bundles, and the other objects that start it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kure_hooks.errors import InputError, UsageError
from kure_hooks.files.paths import is_below
from kure_hooks.findings import Finding, Location
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.payload import Resource
from kure_hooks.gitops.repository import Cluster, Repository
from kure_hooks.gitops.sources import reference
from kure_hooks.importing import argocd, flux, sets
from kure_hooks.importing.candidates import Candidate, Left, directory_name
from kure_hooks.kustomize import is_kustomization
from kure_hooks.manifests import Identity, Manifest, kind_of, text_at, value_at
from kure_hooks.objects.written import Object

_INSTANCE = ("fluxcd.controlplane.io", "FluxInstance")
_PART_OF = "app.kubernetes.io/part-of"
_NO_METADATA = frozenset({"managedFields", "ownerReferences", "generateName"})


@dataclass(slots=True)
class Entry:
    """The start of a cluster.

    `syncs` are the Kustomizations or Applications that apply the entry itself, `owners` those that
    become bundles, `carried` the other objects of the entry, and `left` what stays as it is. The
    `expanded` ApplicationSets are not carried, because their Applications are among the owners.
    """

    syncs: list[Owner] = field(default_factory=list)
    owners: list[Owner] = field(default_factory=list)
    carried: list[Resource] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    expanded: list[Owner] = field(default_factory=list)

    @property
    def replaced(self) -> set[Identity]:
        """The identities of sets whose Applications are bundles, so that they are not needed."""
        return {owner.who for owner in self.expanded}

    @property
    def starts(self) -> list[Left]:
        """The owners that apply the entry itself, which stay as they are."""
        return [_left(owner.resource, "applies the entry itself") for owner in self.syncs]

    def completed(
        self, candidates: Iterable[Candidate], left: Sequence[Left]
    ) -> tuple[list[Candidate], list[Left]]:
        """Return the candidates without those of sets that lack one, and what is left then.

        Such a set is one again, which makes its Applications itself.
        """
        kept, others = list(candidates), list(left)
        for owner, reason in list(sets.incomplete(self.expanded, kept, left)):
            made = {child.who for child in owner.children}
            kept = [candidate for candidate in kept if candidate.owner.parent is not owner]
            others = [item for item in others if item.who not in made]
            others.append(_left(owner.resource, reason))
            self.expanded.remove(owner)
            self.owners = [item for item in self.owners if item.parent is not owner]
            if owner.parent is None or owner.parent in self.syncs:
                self.carried.append(owner.resource)
        return kept, others

    def drop(self, by_path: Mapping[str, Finding], findings: Iterable[Finding]) -> list[Left]:
        """Return the carried objects that findings are about, which are carried no longer.

        Those of `by_path` are about a file, `findings` about objects that the stack itself has.
        """
        labels = {finding.object: finding for finding in findings}
        dropped = []
        for resource in self.carried:
            path = (resource.source or resource).document.path
            if finding := by_path.get(path) or labels.get(resource.label):
                dropped.append(_left(resource, because(finding)))
        gone = {item.who for item in dropped}
        self.carried = [resource for resource in self.carried if resource.who not in gone]
        return dropped


def chosen(repository: Repository, engine: str, name: str, directories: Sequence[str]) -> Cluster:
    """Return the cluster that starts in some directories, or the one that its name tells.

    Raises UsageError where it isn't clear which one is meant, and InputError where there is none
    because files can't be read.
    """
    clusters = [
        cluster
        for cluster in repository.clusters
        if any((owner.tool == "Flux") == (engine == "flux") for owner in cluster.owners)
    ]
    names = ", ".join(cluster.name for cluster in clusters)
    if not clusters:
        _refuse_unread(repository.files, "")
        tool, other = ("Flux", "argocd") if engine == "flux" else ("Argo CD", "flux")
        raise UsageError(
            f"The repository has no object of {tool}. Name another repository with --root, or run "
            f"kure-hooks import {other}."
        )
    if directories:
        wanted = [directory or "." for directory in directories]
        for directory in wanted:
            if directory not in {cluster.name for cluster in clusters}:
                _refuse_unread(repository.files, directory)
                raise UsageError(f"{directory} is no entry of a cluster. Name one of {names}.")
        return _joined([cluster for cluster in clusters if cluster.name in wanted])
    named = [cluster for cluster in clusters if directory_name(cluster) == name]
    if len(named or clusters) != 1:
        raise UsageError(f"there are several clusters. Name the directory of one: {names}.")
    return (named or clusters)[0]


def unread(cluster: Cluster, syncs: Iterable[Owner]) -> Iterator[Finding]:
    """Yield why files of the entry can't be read or built; they may have owners, too."""
    known: set[Location] = set()
    for finding in _unread(cluster.files, cluster.name):
        known.add(finding.at)
        yield finding
    for owner in syncs:
        for payload in owner.payloads:
            yield from (fault for fault in payload.faults if fault.at not in known)
            at, name = owner.resource.at(), payload.directory or "."
            yield from (
                Finding(at, "", f"{name} {reason}", rule="VA001") for reason in payload.unknown
            )


def _unread(files: Files, directory: str) -> Iterator[Finding]:
    below = "" if directory == "." else directory
    for path in files.manifests:
        is_owners = files.mentions(path)
        if is_below(path, below) and (is_owners or is_kustomization(path)):
            yield from files.faults(path)
        if is_below(path, below) and is_owners:
            yield from _nameless(files.objects(path))


def _nameless(objects: Iterable[Object]) -> Iterator[Finding]:
    """Yield a finding for each owner whose name is no string: no controller ever sees it."""
    for item in objects:
        metadata = item.manifest.get("metadata")
        name = value_at(metadata, "name")
        is_named = isinstance(name, str) or (name is None and isinstance(metadata, dict | None))
        if kind_of(item.manifest) in (flux.KIND, argocd.KIND) and not is_named:
            key = ("metadata", "name") if isinstance(metadata, dict) else ("metadata",)
            problem = f"this {item.kind} has no name that is a string"
            yield Finding(
                item.at(*key), ".".join(key), problem, "Write the name in quotes.", rule="VA004"
            )


def _refuse_unread(files: Files, directory: str) -> None:
    """Raise InputError where files that can't be read may be the entry that is looked for."""
    if faults := list(_unread(files, directory)):
        raise InputError(faults)


def _joined(clusters: Sequence[Cluster]) -> Cluster:
    """Return several entries of one cluster as one cluster."""
    if len(clusters) == 1:
        return clusters[0]
    first = clusters[0]
    return Cluster(
        first.name,
        any(cluster.is_certain for cluster in clusters),
        first.files,
        [owner for cluster in clusters for owner in cluster.owners],
        [resource for cluster in clusters for resource in cluster.entries],
        first.declared,
        first.repository,
    )


def because(finding: Finding) -> str:
    """Return the end of a sentence that says why something can't be generated."""
    return f"can't be generated: {finding.message}"


def refusal_of(name: str, findings: Sequence[Finding], path: str) -> Exception:
    """Return the error for what no owner is left out for; nobody has the stack file at a path."""
    if any(finding.at.path != path for finding in findings):
        return InputError(findings)
    reasons = [": ".join(filter(None, (item.key, item.message))) for item in findings]
    between = " " if len(reasons) == 1 else "\n  "
    return UsageError(between.join([f"{name} can't be imported:", *reasons]))


def entry_of(cluster: Cluster, engine: str, *, expands: bool = False) -> Entry:
    """Return the start of a cluster, for the engine `flux` or `argocd`.

    Where it `expands` sets, their Applications are owners as others are.
    """
    kind = flux.KIND if engine == "flux" else argocd.KIND
    entry = Entry()
    syncs = _syncs(cluster) if engine == "flux" else _roots(cluster)
    entry.syncs = syncs
    entry.expanded = [owner for owner in cluster.owners if expands and sets.is_expandable(owner)]
    for owner in cluster.owners:
        if (owner.who.group, owner.who.kind) != kind or owner in syncs:
            continue
        maker = owner.parent
        is_made = maker is not None and (maker.who.group, maker.who.kind) in (sets.KIND, _INSTANCE)
        if is_made and maker not in entry.expanded:
            continue  # it comes with the object that makes it
        entry.owners.append(owner)
    _carry(entry, cluster, {kind})
    return entry


def _syncs(cluster: Cluster) -> list[Owner]:
    """Return the Kustomizations that apply the file that they are in."""
    return [
        owner
        for owner in cluster.owners
        if owner.parent is None
        and cluster.is_certain
        and (owner.who.group, owner.who.kind) == flux.KIND
    ]


def _roots(cluster: Cluster) -> list[Owner]:
    """Return the Applications that apply others, and no objects of another tool beside them.

    One that another Application applies is a bundle as any other.
    """
    return [
        owner
        for owner in cluster.owners
        if owner.parent is None
        and owner.is_certain
        and (owner.who.group, owner.who.kind) == argocd.KIND
        and {kind_of(item.manifest)[0] for item in owner.resources} == {argocd.KIND[0]}
        and any(kind_of(item.manifest) == argocd.KIND for item in owner.resources)
    ]


def _carry(entry: Entry, cluster: Cluster, bundled: set[tuple[str, str]]) -> None:
    resources = [item for owner in entry.syncs for item in owner.resources]
    if not entry.syncs or argocd.KIND in bundled:
        resources += cluster.entries
    resources = list({resource.who: resource for resource in resources}.values())
    started = {owner.who for owner in entry.syncs}
    sources = {reference(owner.resource.manifest) for owner in entry.syncs}
    for resource in resources:
        if resource.who is None or resource.who in started:
            continue
        if kind_of(resource.manifest) in bundled or resource.who in entry.replaced:
            continue
        if resource.who in sources:
            entry.left.append(_left(resource, "is the source of the entry itself"))
        elif reason := _why_left(resource.manifest):
            entry.left.append(_left(resource, reason))
        else:
            entry.carried.append(resource)


def _left(resource: Resource, reason: str) -> Left:
    assert resource.who is not None  # noqa: S101 - others are never left
    return Left(resource.who, resource.at(), reason)


def _why_left(manifest: Manifest) -> str:
    """Return why an object is better not moved, as the end of a sentence; empty for others."""
    kind = kind_of(manifest)
    if kind == ("", "Secret"):
        return "is a Secret, which no stack repeats"
    if "sops" in manifest:
        return "is encrypted, and no stack decrypts or repeats it"
    if kind == _INSTANCE:
        return "installs Flux and starts the cluster"
    if text_at(manifest, "metadata", "labels", _PART_OF) in ("flux", "argocd"):
        return "is a part of the GitOps tool's own installation"
    if _NO_METADATA & manifest["metadata"].keys():
        return "has metadata that only the API server writes"
    return ""


def application(carried: Sequence[Resource]) -> dict[str, Any]:
    """Return the application of kind Manifests that has the carried objects, written in place.

    Their old files can go then.
    """
    objects = [resource.manifest for resource in carried]
    return {"name": "objects", "kind": "Manifests", "spec": {"objects": objects}}

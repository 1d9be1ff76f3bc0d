"""The steps of an adoption: a payload each, the applications that it becomes, and its old files."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from posixpath import join, normpath, relpath
from typing import Any

from kure_hooks.errors import InputError
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.payload import Payload, Way
from kure_hooks.gitops.repository import Cluster
from kure_hooks.gitops.walking import Readers
from kure_hooks.importing.contents import UnfitError, is_configured
from kure_hooks.importing.conversion import Conversion, Fineness, Home, coarser, convert
from kure_hooks.importing.rewriting import Rewrite
from kure_hooks.operations import fleet, reading
from kure_hooks.operations.adoptable import Target
from kure_hooks.operations.fleet import Fleet
from kure_hooks.operations.starts import State
from kure_hooks.operations.workspace import Workspace
from kure_hooks.yamlio import Document


@dataclass(eq=False)
class Step:
    """A payload on its way into applications.

    `directory` is the one that is generated in its place, None as long as nobody knows it, and
    `reasons` say why finer conversions could not be generated.
    """

    target: Target
    payload: Payload
    files: Files
    fineness: Fineness = Fineness.TYPED
    conversion: Conversion = field(default_factory=lambda: Conversion(()))
    directory: str | None = None
    reasons: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, target: Target, clusters: Sequence[Cluster], readers: Readers) -> "Step | str":
        """Return the first step of a target, or the reason why there is none."""
        for member, cluster in zip(target.members, clusters, strict=True):
            owner = next(iter(cluster.by_identity.get(member.owner, ())), None)
            if owner is None:
                return f"has no {member.owner} in what its stack generates"
            if not cluster.is_whole:
                return "is in a cluster with more objects than are followed"
            if not owner.payloads:
                reason = next(iter(owner.elsewhere), "applies nothing of this repository")
                return f"can't be compared: {owner.who} {reason}"
            payload = owner.payloads[0]
            if payload.way in (Way.FLUX, Way.KUSTOMIZE):  # as it is before the owner changes it
                payload = readers.builds.payload(payload.directory, payload.way)
            else:
                payload = _chosen(payload, owner)
            if payload.faults:
                fault = payload.faults[0]
                return f"has a payload that does not build: {fault.at}: {fault.problem}"
        step = cls(target, payload, readers.files)
        return step._protected()

    def _protected(self) -> "Step | str":
        """Return the step, with the files as they are where patches treat their nulls otherwise.

        From what a strategic merge changes, kustomize 5.8 drops a null that is written blank, and
        keeps one that is written as a word, as in generated files. The objects do not tell them.
        """
        options = self.target.bundle.options
        if not (options.patches or options.components or options.argocd.source):
            return self
        losing = next((item.label for item in self.payload.resources if _nulls(item.manifest)), "")
        if losing and not is_configured(self.payload, self.files):
            return (
                f"patches {losing}, which has a null: kustomize drops one that is written blank, "
                f"and none that is generated. Give {self.payload.directory} a kustomization.yaml "
                "first"
            )
        return replace(self, fineness=Fineness.WHOLE) if losing else self

    @property
    def name(self) -> str:
        """The name of the first cluster that has the bundle."""
        return self.target.members[0].cluster.name

    @property
    def reads(self) -> frozenset[str]:
        """The files that the payload is built of."""
        return frozenset(self.payload.files)

    def convert(self) -> str:
        """Make the applications; return the reason where there are none."""
        engines = {member.cluster.engine for member in self.target.members}
        home = Home(self.target.bundle.name, self.target.path, engines)
        try:
            self.conversion = convert(self.payload, self.files, home, self.fineness)
        except UnfitError as error:
            return str(error)
        return ""

    def coarsen(self, reason: str) -> bool:
        """Go on to plainer applications; tell whether there are any."""
        self.reasons = list(dict.fromkeys([*self.reasons, reason]))
        plainer = coarser(self.fineness, self.payload, self.files)
        if plainer is not None:
            self.fineness = plainer
        return plainer is not None

    def learn(self, cluster: Cluster) -> bool:
        """Take over the directory that is generated; tell whether paths seen from it are new."""
        (owner, *_) = cluster.by_identity[self.target.members[0].owner]
        directory = owner.targets[0].directory if owner.targets else None
        is_new = directory != self.directory and bool(self._components)
        self.directory = directory
        return is_new

    @property
    def rewrite(self) -> Rewrite:
        """The change of the stack file."""
        components = None
        if self.directory is not None:
            directory = self.directory or "."
            components = [
                item if "://" in item else relpath(self._joined(item), directory)
                for item in self._components
            ]
        applications = self.conversion.applications
        return Rewrite(
            self.target.place, applications, components, drops_source=self.changes_source
        )

    @property
    def changes_source(self) -> bool:
        """True where files of this repository came from an artifact that is made of them."""
        source = self.target.place.value.get("sourceRef")
        return bool(source) and source["kind"] == "ExternalArtifact"

    @property
    def changes(self) -> Collection[str]:
        """The fields of the owner that may change."""
        return ("path", "components", "directory", *(["sourceRef"] * self.changes_source))

    @property
    def _components(self) -> Sequence[str]:
        return self.target.bundle.options.components

    def _joined(self, component: str) -> str:
        return normpath(join(self.payload.directory or ".", component))

    def holds(self, finding: Finding, before: Document, after: Document) -> bool:
        """Tell whether a finding is about a line of the bundle, or a file of the payload."""
        if finding.at.path != self.target.path:
            return finding.at.path in self.reads
        place = self.target.place
        if (before.line, before.column) != (place.document.line, place.document.column):
            return False
        value: Any = after.value
        for step in place.pointer:
            value = value[step]
        first = after.key_at(*place.pointer).line
        return first <= finding.at.line <= max(first, _last_line(after, value))


def _chosen(payload: Payload, owner: Owner) -> Payload:
    """Return the payload of a directory without the files that its owner leaves out."""
    sources = (resource.source for resource in owner.resources)
    paths = {source.document.path for source in sources if source}
    resources = (item for item in payload.resources if item.document.path in paths)
    return replace(payload, files=payload.files & paths, resources=tuple(resources))


def _nulls(value: Any) -> bool:
    """Tell whether there is a null anywhere in a value."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if item is None:
            return True
        if isinstance(item, (dict, list)):
            waiting += item.values() if isinstance(item, dict) else item
    return False


def _last_line(document: Document, value: Any) -> int:
    """Return the line of the last key or item inside of a value."""
    waiting, last = [value], 0
    while waiting:
        item = waiting.pop()
        if not isinstance(item, (dict, list)):
            continue
        last = max([last, *(mark[0] + 1 for mark in document.marks.get(id(item), {}).values())])
        waiting += item.values() if isinstance(item, dict) else item
    return last


@dataclass(frozen=True)
class OldFiles:
    """The files that adopted payloads were built of.

    Stacks read the `sources`, or take them in with a directory. Owners that no stack generates
    still apply the `applied`, by the owners with their files, and nothing reads the `unread` any
    more. Of the `commented` the comments are in no application.
    """

    sources: Sequence[str] = ()
    applied: Mapping[str, Sequence[str]] = field(default_factory=dict)
    unread: Sequence[str] = ()
    commented: Sequence[str] = ()


def old_files(
    workspace: Workspace, maps: Mapping[str, Path], tree: Tree, state: State, steps: Sequence[Step]
) -> OldFiles:
    """Return what becomes of the files of payloads in a tree with adopted stacks.

    `state` is what the stacks generate, and `tree` has it.
    """
    files: set[str] = set().union(*(step.payload.files for step in steps))
    inputs = _inputs(workspace, tree, state.generated)
    taken = set().union(*(cluster.read for cluster in state.clusters.values()))
    sources = files if inputs is None else files & (inputs | taken)
    users: dict[str, set[str]] = {}
    for cluster in reading.of_tree(workspace, tree, maps).clusters:
        for owner in cluster.owners:
            path = owner.resource.at().path
            if path in state.generated.files:
                continue
            for payload in owner.payloads:
                for file in payload.files & (files - sources):
                    users.setdefault(file, set()).add(f"{owner.who} in {path}")
    return OldFiles(
        sources=sorted(sources),
        applied={path: sorted(users[path]) for path in sorted(users)},
        unread=sorted(files - sources - users.keys()),
        commented=sorted({path for step in steps for path in step.conversion.commented}),
    )


def _inputs(workspace: Workspace, tree: Tree, generated: Fleet) -> set[str] | None:
    """Return what all stacks read; None where one of those that are not generated is faulty."""
    known = fleet.find(tree, workspace.settings)
    others = [path for path in known if path not in generated.inputs]
    read = list(generated.inputs.values())
    try:
        if others:
            read += fleet.generate(tree, workspace.settings, others, jobs=1).inputs.values()
    except InputError:
        return None
    return set().union(*(inputs.files for inputs in read))

"""Bundles that can be adopted: those with a payload, as the command line names them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kure_hooks.apps import GENERATORS
from kure_hooks.decoding.suggest import closest
from kure_hooks.errors import InputError, UsageError
from kure_hooks.findings import Finding
from kure_hooks.gitops.sources import SOURCE
from kure_hooks.importing import argocd, flux
from kure_hooks.manifests import Identity
from kure_hooks.operations import fleet, pruning
from kure_hooks.operations.workspace import Workspace
from kure_hooks.stack.load import load
from kure_hooks.stack.model import Bundle, Cluster
from kure_hooks.yamlio.place import Place


@dataclass(frozen=True, eq=False)
class Adoptable:
    """A bundle with a payload in one cluster of a stack."""

    stack: str
    cluster: Cluster
    bundle: Bundle

    @property
    def label(self) -> str:
        """The names of the cluster and the bundle."""
        return f"{self.cluster.name}/{self.bundle.name}"

    @property
    def owner(self) -> Identity:
        """The object that applies the payload."""
        name, options = self.bundle.name, self.bundle.options.flux
        if self.cluster.engine == "flux":
            namespace = options.namespace or self.cluster.flux.namespace
            return Identity(*flux.KIND, namespace, options.name or name)
        return Identity(*argocd.KIND, self.cluster.argocd.namespace, name)

    @property
    def home(self) -> Identity:
        """The source of the cluster, which is this repository; for Flux."""
        source, namespace = self.cluster.source, self.cluster.flux.namespace
        return Identity(SOURCE, source.kind, source.namespace or namespace, source.name)


@dataclass(frozen=True, eq=False)
class Target:
    """A payload where it is written, and the bundles that it belongs to.

    There are several where clusters share the document of a bundle.
    """

    members: Sequence[Adoptable]

    @property
    def bundle(self) -> Bundle:
        """The bundle, as the first of its clusters has it."""
        return self.members[0].bundle

    @property
    def place(self) -> Place:
        """The place of the bundle."""
        return self.bundle.place

    @property
    def path(self) -> str:
        """The file that has the bundle."""
        return self.place.document.path

    @property
    def label(self) -> str:
        """The names of the clusters and the bundle."""
        return " and ".join(member.label for member in self.members)


def targets(workspace: Workspace, names: Sequence[str], *, every: bool) -> list[Target]:
    """Return the payloads that names mean, or all; a name is that of a bundle or cluster/bundle.

    Raises UsageError for names that no bundle or several have, and InputError for faulty stacks.
    """
    if bool(names) is every:
        raise UsageError("Name the bundles to adopt, or use --all: one of both.")
    members = _members(workspace)
    adoptable = [member for member in members if member.bundle.payload is not None]
    if not adoptable:
        raise UsageError("No bundle has a payload, so there is nothing to adopt.")
    chosen = adoptable if every else [_named(name, members) for name in dict.fromkeys(names)]
    grouped: dict[tuple[str, object], list[Adoptable]] = {}
    for member in adoptable:
        grouped.setdefault((str(member.bundle.at), member.bundle.place.pointer), []).append(member)
    picked = set(map(id, chosen))
    groups = [group for group in grouped.values() if any(id(member) in picked for member in group)]
    for group in groups:
        _refuse_parameters(group)
    return [Target(group) for group in groups]


def _refuse_parameters(group: Sequence[Adoptable]) -> None:
    """Raise UsageError for a payload that a cluster set has once, and each cluster differently."""
    payloads = sorted({str(member.bundle.payload) for member in group})
    if len(payloads) > 1:
        raise UsageError(
            f"The payload at {group[0].bundle.key('payload')} is {payloads[0]} for one cluster and "
            f"{payloads[1]} for another, so no one application can take its place. Write the "
            "applications into the template by hand."
        )


def _members(workspace: Workspace) -> list[Adoptable]:
    """Return the bundles of all stacks."""
    paths = fleet.find(workspace.tree, workspace.settings)
    if not paths:
        raise UsageError(pruning.no_stack(workspace.tree, workspace.settings, workspace.root.name))
    members: list[Adoptable] = []
    faults: list[Finding] = []
    for path in paths:
        try:
            stack = load(workspace.tree, path, workspace.settings, GENERATORS)
        except InputError as error:
            faults += error.findings
            continue
        members += [
            Adoptable(path, cluster, bundle)
            for cluster in stack.clusters
            for bundle in cluster.bundles()
        ]
    if faults:
        raise InputError(faults)
    return members


def _named(name: str, members: Sequence[Adoptable]) -> Adoptable:
    meant = [member for member in members if name in (member.label, member.bundle.name)]
    if not meant:
        near = closest(name, _names(members, short="/" not in name))
        hint = f"Did you mean {near}?" if near else _choices(members)
        raise UsageError(f"There is no bundle {name}. {hint}")
    meant = [member for member in meant if member.bundle.payload is not None] or meant
    if len(meant) > 1:
        labels = ", ".join(member.label for member in meant)
        raise UsageError(f"There are several bundles {name}. Name one of {labels}.")
    if meant[0].bundle.payload is None:
        raise UsageError(
            f"Bundle {meant[0].label} has no payload, so there is nothing to adopt. "
            f"{_choices(members)}"
        )
    return meant[0]


def _names(members: Iterable[Adoptable], *, short: bool) -> list[str]:
    return [member.bundle.name if short else member.label for member in members]


def _choices(members: Iterable[Adoptable]) -> str:
    most = 12
    labels = [member.label for member in members if member.bundle.payload is not None]
    more = f" and {len(labels) - most} more" if len(labels) > most else ""
    return f"Those with a payload are {', '.join(labels[:most])}{more}."

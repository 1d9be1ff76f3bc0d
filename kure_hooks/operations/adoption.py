"""Importing a cluster that exists: a stack of its owners, proved before it is written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from kure_hooks import stages
from kure_hooks.errors import InputError, UsageError
from kure_hooks.files.lock import exclusive
from kure_hooks.files.memory import OverlaidTree
from kure_hooks.files.writer import write_tree
from kure_hooks.findings import Finding, Skipped
from kure_hooks.gitops.repository import Cluster
from kure_hooks.importing import argocd, candidates, flux, sets
from kure_hooks.importing.candidates import Candidate, Left
from kure_hooks.importing.comparison import differences
from kure_hooks.importing.entries import (
    Entry,
    application,
    because,
    chosen,
    entry_of,
    refusal_of,
    unread,
)
from kure_hooks.importing.sets import MadeBySet
from kure_hooks.importing.stack import Draft, Lines
from kure_hooks.importing.switch import Switch, refuse_lost, switch, unlisted
from kure_hooks.lint.flux import is_elsewhere
from kure_hooks.lint.rules import flux_depends_other_kind, flux_depends_unknown
from kure_hooks.manifests import Identity
from kure_hooks.operations import fleet, outputs, reading, taking
from kure_hooks.operations.fleet import Fleet
from kure_hooks.operations.generate import lock_file
from kure_hooks.operations.starts import with_generated
from kure_hooks.operations.workspace import Workspace

_PASSES = 8


@dataclass(frozen=True)
class Choice:
    """The import that is asked for: the engine, the cluster's name, and where its entry is.

    `maps` gives the directories of other repositories by their URLs. With `expand_sets` the
    Applications of ApplicationSets become bundles. With `adopts` the tree is generated as well, so
    that it is proved of the repository with all of it.
    """

    engine: str
    cluster: str = ""
    directories: Sequence[str] = ()
    maps: Mapping[str, Path] = field(default_factory=dict)
    expand_sets: bool = False
    adopts: bool = False


@dataclass(frozen=True)
class Imported:
    """An imported cluster: the stack file and what was proved of it.

    `equal` is the number of owners that come out as they are, of `owners`, and `bundles` that of
    the bundles, of the `bundled_kinds` that could be one. `left` are the owners and objects that
    stay as they are, `notes` tell what the stack does not say because it has no effect, `doubts`
    are about dependencies that it calls external although they look like mistakes, `unread`
    are the faults of files that may have more owners, and `unused` the maps that nothing needs.
    """

    path: str
    text: str
    origin: str
    owners: int
    equal: int
    bundles: int
    bundled_kinds: int
    carried: int
    left: tuple[Left, ...]
    notes: tuple[Left, ...]
    switch: Switch
    output: str
    syncs: tuple[str, ...] = ()
    doubts: tuple[Finding, ...] = ()
    unread: tuple[Finding, ...] = ()
    sets: tuple[MadeBySet, ...] = ()
    unused: tuple[Skipped, ...] = ()

    @property
    def is_whole(self) -> bool:
        """True where every owner that can be a bundle is one, without doubt, of all files."""
        return self.bundles == self.bundled_kinds and not self.doubts and not self.unread


def import_cluster(workspace: Workspace, choice: Choice) -> Imported:
    """Return the stack of a cluster, whose owners are proved to come out as they are.

    Owners for which that can't be shown are left out of the stack, with the reason. Nothing is
    written. Raises UsageError where there is no such cluster or its stack file is there already.
    """
    if choice.cluster:
        candidates.refuse_unfit(choice.cluster)
    repository = reading.repository(workspace, choice.maps)
    cluster = chosen(repository, choice.engine, choice.cluster, choice.directories)
    name = choice.cluster or candidates.directory_name(cluster)
    candidates.refuse_unfit(name)
    path = candidates.stack_path(name, workspace.settings.stacks)
    if (workspace.root / path).exists() or workspace.tree.holds(path, b"") is not None:
        raise UsageError(_taken(path))
    entry = entry_of(cluster, choice.engine, expands=choice.expand_sets)
    if not entry.owners and not entry.carried:
        kind = "Kustomization" if choice.engine == "flux" else "Application"
        raise UsageError(
            f"{cluster.name} has no {kind} that could become a bundle. Choose another cluster."
        )
    imported = _Proof(workspace, choice, cluster, entry, name, path).imported()
    return replace(imported, unused=tuple(reading.unused(repository, choice.maps)))


def write(workspace: Workspace, imported: Imported) -> None:
    """Write the stack file of an imported cluster; raises UsageError where there is one by now."""
    with exclusive(lock_file(workspace)):
        if (workspace.root / imported.path).exists():
            raise UsageError(_taken(imported.path))
        write_tree(workspace.root, {imported.path: imported.text.encode()})


@dataclass
class _Proof:
    """The search for the largest stack of a cluster that changes none of its owners."""

    workspace: Workspace
    choice: Choice
    cluster: Cluster
    entry: Entry
    name: str
    path: str
    draft: Draft = field(init=False)

    def __post_init__(self) -> None:
        """Begin with all candidates."""
        self.left = list(self.entry.left)
        self._keep(self._candidates(self.name))

    def _keep(self, candidates: Iterable[Candidate]) -> None:
        """Go on with some candidates; a set that lacks one of its Applications stays a set."""
        self.candidates, self.left = self.entry.completed(candidates, self.left)
        entry = application(self.entry.carried) if self.entry.carried else None
        self.draft = replace(self.draft, entry=entry)

    def _candidates(self, name: str) -> list[Candidate]:
        owners, engine = self.entry.owners, self.choice.engine
        if engine == "flux":
            options = flux.options(owners)
            made = [flux.candidate(owner, options) for owner in owners]
        else:
            options = argocd.options(owners, self.workspace.origin)
            made = [argocd.candidate(owner, options) for owner in owners]
        taken = {candidate.name for candidate in made}
        entry_name = f"{name}-entry"
        while entry_name in taken:
            entry_name += "-objects"
        self.draft = Draft(name, engine, self.cluster.name, options, None, entry_name)
        return list(self._sound(made))

    def _sound(self, made: Iterable[Candidate]) -> Iterable[Candidate]:
        """Yield the candidates that a stack can say; names are those of one namespace alone."""
        known: set[str] = set()
        for candidate in made:
            reasons = candidate.reasons
            if not reasons and candidate.name in known:
                reasons = candidate.rename(known)
            if reasons:
                self.left.append(candidate.left("; it ".join(reasons)))
            else:
                known.add(candidate.name)
                yield candidate

    def imported(self) -> Imported:
        """Return the stack with all candidates that come out as they are."""
        differing: Mapping[Identity, str] = {}
        for _ in range(_PASSES):
            text = self.draft.text(self.candidates)
            stages.enter("generating what the stack says")
            try:
                generated = self._generated(text)
            except InputError as error:
                self._drop_faulty(text, error.findings)
                continue
            stages.enter("comparing owners")
            differing = self._differing(generated)
            changed = {made for made in self.candidates if made.owner.who in differing}
            if not changed:
                return self._result(text, generated, differing)
            for made in changed:
                self.left.append(made.left(differing[made.owner.who]))
            self._keep(made for made in self.candidates if made not in changed)
        raise UsageError(
            f"No stack was found in {_PASSES} tries that leaves {self.cluster.name} as it is. "
            "Import fewer of its directories."
        )

    def _generated(self, text: str) -> Fleet:
        tree = OverlaidTree({self.path: text.encode()}, self.workspace.tree)
        generated = fleet.generate(tree, self.workspace.settings, (self.path,), jobs=1)
        outputs.refuse_foreign_places(self.workspace.tree, generated)
        return generated

    def _drop_faulty(self, text: str, findings: Sequence[Finding]) -> None:
        """Leave out what findings are about; raises InputError where that can't be told."""
        lines = Lines(self.path, text)
        reasons: dict[str, Finding] = {}
        for finding in findings:
            inside = finding.at.path == self.path
            place = lines.bundle(finding.at.line) if inside else finding.at.path
            reasons.setdefault(place, finding)
        faulty = [made for made in self.candidates if made.name in reasons]
        of_entry = self.entry.drop(reasons, findings if self.draft.entry_name in reasons else ())
        in_the_output = any(finding.rule == "OP002" for finding in findings)
        if in_the_output or not (faulty or of_entry):
            raise refusal_of(self.cluster.name, findings, self.path)
        self.left += [made.left(because(reasons[made.name])) for made in faulty]
        self.left += of_entry
        self._keep(made for made in self.candidates if made not in faulty)

    def _differing(self, generated: Fleet) -> Mapping[Identity, str]:
        tree = OverlaidTree(generated.files, self.workspace.tree)
        readers = reading.readers(self.workspace, tree, self.choice.maps)
        replaced = self.entry.replaced
        moved = {resource.who for resource in self.entry.carried} | replaced
        after = with_generated(self.cluster, generated, readers, moved)
        return differences(
            self.cluster, after, {owner.who for owner in self.entry.syncs} | replaced
        )

    def _result(self, text: str, generated: Fleet, differing: Mapping[Identity, str]) -> Imported:
        syncs = {owner.who for owner in self.entry.syncs}
        left = {item.who for item in self.left}
        owners = [owner for owner in self.cluster.owners if owner not in self.entry.expanded]
        unequal = [owner for owner in owners if owner.who in differing or owner.who in syncs | left]
        others = [
            Left(owner.who, owner.resource.at(), differing[owner.who])
            for owner in owners
            if owner.who in differing and owner.who not in left
        ]
        starts = self.entry.starts
        output = f"{self.workspace.settings.output}/{self.draft.cluster}"
        if not self.candidates and not self.entry.carried:
            reasons = "".join(f"\n  {item.at}: {item.who} {item.reason}" for item in self.left)
            raise UsageError(f"nothing of {self.cluster.name} can be imported:{reasons}")
        written = sets.written(self.candidates, self.entry.expanded)
        owners_now = [owner.resource for owner in written]
        changes = switch(owners_now, self.entry.carried, self.cluster, syncs, generated.files)
        faults = tuple(unread(self.cluster, self.entry.syncs))
        listed = unlisted(changes, self.cluster.files)
        refuse_lost([*starts, *self.left], faults, listed, output)
        notes = [made.left(note) for made in self.candidates for note in made.notes]
        notes += sets.lost(self.entry.expanded)
        if self.choice.adopts:
            after = reading.repository(self.workspace, self.choice.maps, generated)
            taking.refuse_changes(self.cluster, after, output, syncs | self.entry.replaced)
        return Imported(
            path=self.path,
            text=text,
            origin=self.cluster.name,
            owners=len(owners),
            equal=len(owners) - len(unequal),
            bundles=len(self.candidates),
            bundled_kinds=len(self.entry.owners),
            carried=len(self.entry.carried),
            left=(*starts, *self.left, *others),
            notes=tuple(notes),
            switch=changes,
            output=output,
            syncs=tuple(str(owner.who) for owner in self.entry.syncs),
            doubts=tuple(_doubts(self.cluster, self.candidates)),
            unread=faults,
            sets=tuple(sets.made_by(self.cluster, self.entry.replaced)),
        )


def _doubts(cluster: Cluster, candidates: Iterable[Candidate]) -> list[Finding]:
    """Return what lint says of dependencies that the bundles of candidates call external.

    Once they do, nothing says it any more. Another part of the repository may have what a cluster
    has not whose start is elsewhere.
    """
    doubtful = {
        made.owner.resource.label
        for made in candidates
        for dependency in made.owner.dependencies
        if cluster.is_certain or not is_elsewhere(cluster, dependency.who)
    }
    findings = (*flux_depends_unknown.check(cluster), *flux_depends_other_kind.check(cluster))
    return sorted(finding for finding in findings if finding.object in doubtful)


def _taken(path: str) -> str:
    return f"{path} is there already, and import never writes over a file. Name another --cluster."

"""Importing a cluster that exists: a stack of its owners, proved before it is written."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kure_hooks import stages
from kure_hooks.errors import InputError, UsageError
from kure_hooks.files.globs import select
from kure_hooks.files.lock import exclusive
from kure_hooks.files.memory import OverlaidTree
from kure_hooks.files.paths import is_below
from kure_hooks.files.writer import write_tree
from kure_hooks.findings import Finding
from kure_hooks.gitops.clusters import read_repository, readers_of
from kure_hooks.gitops.payload import Resource
from kure_hooks.gitops.repository import Cluster
from kure_hooks.gitops.walking import Readers, walk
from kure_hooks.importing import argocd, flux
from kure_hooks.importing.candidates import Candidate, Left
from kure_hooks.importing.comparison import differences
from kure_hooks.importing.entries import Entry, application, chosen, entry_of, name_of
from kure_hooks.importing.stack import Draft, Lines
from kure_hooks.importing.switch import Switch, switch
from kure_hooks.manifests import Identity, kind_of
from kure_hooks.operations.compile import Request, StackResult, generate_stack
from kure_hooks.operations.generate import lock_file
from kure_hooks.operations.workspace import Workspace

_PASSES = 8


@dataclass(frozen=True)
class Choice:
    """The import that is asked for: the engine, the cluster's name, and where its entry is.

    `maps` gives the directories of other repositories by their URLs.
    """

    engine: str
    cluster: str = ""
    directories: Sequence[str] = ()
    maps: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True)
class Imported:
    """An imported cluster: the stack file and what was proved of it.

    `equal` is the number of owners that come out as they are, of `owners`, and `bundles` that of
    the bundles, of the `bundled_kinds` that could be one. `left` are the owners and objects that
    stay as they are, `notes` tell what the stack does not say because it has no effect, and
    `unread` are the faults of files that may have more owners.
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
    unread: tuple[Finding, ...] = ()

    @property
    def is_whole(self) -> bool:
        """True where every owner that can be a bundle is one, and every file was read."""
        return self.bundles == self.bundled_kinds and not self.unread


def import_cluster(workspace: Workspace, choice: Choice) -> Imported:
    """Return the stack of a cluster, whose owners are proved to come out as they are.

    Owners for which that can't be shown are left out of the stack, with the reason. Nothing is
    written. Raises UsageError where there is no such cluster or its stack file is there already.
    """
    stages.enter("reading the repository")
    repository = read_repository(workspace.tree, origin=workspace.origin, maps=choice.maps)
    cluster = chosen(repository, choice.engine, choice.cluster, choice.directories)
    name = choice.cluster or name_of(cluster)
    path = _stack_path(workspace, name)
    entry = entry_of(cluster, choice.engine)
    if not entry.owners and not entry.carried:
        kind = "Kustomization" if choice.engine == "flux" else "Application"
        raise UsageError(f"{cluster.name} has no {kind} that could become a bundle")
    proof = _Proof(workspace, choice, cluster, entry, name, path)
    return proof.imported()


def write(workspace: Workspace, imported: Imported) -> None:
    """Write the stack file of an imported cluster; raises UsageError where there is one by now."""
    with exclusive(lock_file(workspace)):
        if (workspace.root / imported.path).exists():
            raise UsageError(_taken(imported.path))
        write_tree(workspace.root, {imported.path: imported.text.encode()})


class _Proof:
    """The search for the largest stack of a cluster that changes none of its owners."""

    def __init__(  # noqa: PLR0913, PLR0917 - the parts of one import
        self,
        workspace: Workspace,
        choice: Choice,
        cluster: Cluster,
        entry: Entry,
        name: str,
        path: str,
    ) -> None:
        self.workspace = workspace
        self.choice = choice
        self.cluster = cluster
        self.entry = entry
        self.path = path
        self.left = list(entry.left)
        self.candidates = self._candidates(name)

    def _candidates(self, name: str) -> list[Candidate]:
        owners, engine = self.entry.owners, self.choice.engine
        if engine == "flux":
            options = flux.options(owners)
            made = [flux.candidate(owner, options) for owner in owners]
        else:
            options = argocd.options(owners, self.workspace.origin)
            made = [argocd.candidate(owner, options) for owner in owners]
        entry = None
        if self.entry.carried:
            entry = application(self.entry.carried, self.cluster.files, self.path)
        taken = {candidate.name for candidate in made}
        entry_name = f"{name}-entry"
        while entry_name in taken:
            entry_name += "-objects"
        self.draft = Draft(name, engine, self.cluster.name, options, entry, entry_name)
        return list(self._sound(made))

    def _sound(self, made: Iterable[Candidate]) -> Iterable[Candidate]:
        """Yield the candidates that a stack can say; names are those of one namespace alone."""
        known: set[str] = set()
        for candidate in made:
            reasons = candidate.reasons
            if not reasons and candidate.name in known:
                reasons = ["has the name of another one in another namespace"]
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
            result = self._generated(text)
            if result.findings:
                self._drop_faulty(text, result.findings)
                continue
            stages.enter("comparing owners")
            differing = self._differing(result)
            changed = {made for made in self.candidates if made.owner.who in differing}
            if not changed:
                return self._result(text, result, differing)
            for made in changed:
                self.left.append(made.left(differing[made.owner.who]))
            self.candidates = [made for made in self.candidates if made not in changed]
        raise UsageError(
            f"no stack was found that leaves {self.cluster.name} as it is, after {_PASSES} tries"
        )

    def _generated(self, text: str) -> StackResult:
        tree = OverlaidTree({self.path: text.encode()}, self.workspace.tree)
        return generate_stack(Request(tree, self.workspace.settings, self.path))

    def _drop_faulty(self, text: str, findings: Sequence[Finding]) -> None:
        """Leave out the bundles that findings are about; raises InputError for other findings."""
        lines = Lines(self.path, text)
        reasons: dict[str, Finding] = {}
        for finding in findings:
            if finding.at.path == self.path:
                reasons.setdefault(lines.bundle(finding.at.line), finding)
        faulty = [made for made in self.candidates if made.name in reasons]
        if not faulty:
            raise InputError(findings)
        for made in faulty:
            finding = reasons[made.name]
            expected = f" (expected: {finding.expected})" if finding.expected else ""
            self.left.append(made.left(f"can't be generated: {finding.problem}{expected}"))
        self.candidates = [made for made in self.candidates if made not in faulty]

    def _differing(self, result: StackResult) -> Mapping[Identity, str]:
        tree = OverlaidTree(result.files, self.workspace.tree)
        readers = readers_of(tree, origin=self.workspace.origin, maps=self.choice.maps)
        starts = _gitops_objects(result, readers)
        written = {resource.who for resource in starts}
        carried = {resource.who for resource in self.entry.carried}
        stays = [
            resource
            for resource in self.cluster.entries
            if resource.who not in written and resource.who not in carried
        ]
        certain = self.cluster.is_certain
        after = walk(self.cluster.name, [*stays, *starts], readers, is_certain=certain)
        return differences(self.cluster, after, {owner.who for owner in self.entry.syncs})

    def _result(
        self, text: str, result: StackResult, differing: Mapping[Identity, str]
    ) -> Imported:
        syncs = {owner.who for owner in self.entry.syncs}
        left = {item.who for item in self.left}
        owners = self.cluster.owners
        unequal = [owner for owner in owners if owner.who in differing or owner.who in syncs | left]
        others = [
            Left(owner.who, owner.resource.at(), differing[owner.who])
            for owner in owners
            if owner.who in differing and owner.who not in left
        ]
        starts = [
            Left(owner.who, owner.resource.at(), "applies the entry itself")
            for owner in self.entry.syncs
        ]
        output = f"{self.workspace.settings.output}/{self.draft.cluster}"
        _refuse_lost([*starts, *self.left], output)
        notes = [made.left(note) for made in self.candidates for note in made.notes]
        resources = [*(made.owner.resource for made in self.candidates), *self.entry.carried]
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
            switch=switch(resources, self.cluster, syncs, result.files),
            output=output,
            syncs=tuple(str(owner.who) for owner in self.entry.syncs),
            unread=tuple(_unread(self.cluster)),
        )


def _refuse_lost(left: Iterable[Left], output: str) -> None:
    """Raise UsageError where the generated tree would hide objects that stay as they are.

    Its kustomization.yaml lists what is generated, and what is not built is pruned.
    """
    lost = [str(item.who) for item in left if is_below(item.at.path, output)]
    if lost:
        raise UsageError(
            f"{output} would be written, which is where the cluster starts: what is there and not "
            f"in the stack would be deleted from the cluster ({', '.join(lost)}). Name another "
            "--cluster."
        )


def _unread(cluster: Cluster) -> Iterator[Finding]:
    """Yield why files in the directory of the entry can't be read; they may have owners, too."""
    directory = "" if cluster.name == "." else cluster.name
    for path in cluster.files.manifests:
        if is_below(path, directory) and cluster.files.mentions(path):
            yield from cluster.files.faults(path)


def _gitops_objects(result: StackResult, readers: Readers) -> list[Resource]:
    """Return the objects of the GitOps tool among those that a stack generates."""
    kinds = {flux.KIND, argocd.KIND}
    return [
        Resource(item.document, item.pointer, item.manifest, item.at(), item)
        for path in sorted(result.files)
        if path.endswith(".yaml") and not result.origins[path].application
        for item in readers.files.objects(path)
        if kind_of(item.manifest) in kinds
    ]


def _stack_path(workspace: Workspace, name: str) -> str:
    """Return the path of the new stack file, which the settings have to find."""
    path = f"stacks/{name}.yaml"
    if not any(select(pattern, [path]) for pattern in workspace.settings.stacks):
        first = workspace.settings.stacks[0] if workspace.settings.stacks else ""
        path = first.replace("*", name) if first.count("*") == 1 else path
    if (workspace.root / path).exists() or workspace.tree.holds(path, b"") is not None:
        raise UsageError(_taken(path))
    return path


def _taken(path: str) -> str:
    return f"{path} is there already, and import never writes over a file. Name another --cluster."

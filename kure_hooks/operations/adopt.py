"""Adopting payloads: bundles get applications in their place, proved before anything is written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kure_hooks import stages
from kure_hooks.drift.result import FileChange
from kure_hooks.errors import InputError, UsageError
from kure_hooks.files.lock import exclusive
from kure_hooks.files.memory import OverlaidTree
from kure_hooks.files.writer import write_tree
from kure_hooks.findings import Finding
from kure_hooks.gitops.repository import Cluster
from kure_hooks.importing.entries import because
from kure_hooks.importing.equality import inequalities
from kure_hooks.importing.rewriting import rewritten
from kure_hooks.manifests import Identity
from kure_hooks.operations import adoptable, fleet, outputs, reading, taking
from kure_hooks.operations.adoptable import Adoptable, Target
from kure_hooks.operations.generate import lock_file
from kure_hooks.operations.payload_steps import OldFiles, Step, old_files
from kure_hooks.operations.starts import State, generated_clusters
from kure_hooks.operations.workspace import Workspace
from kure_hooks.yamlio import read, strict

_PASSES = 12


@dataclass(frozen=True)
class Wish:
    """The adoption that is asked for: names of bundles, or all of them.

    `maps` gives the directories of other repositories by their URLs.
    """

    names: Sequence[str] = ()
    every: bool = False
    maps: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True)
class Moved:
    """An adopted bundle: its owner, the directories before and after, and what it became.

    `source` is the owner's source where that is another one now. `kinds` counts the applications,
    `objects` is the number of objects that the owner applies.
    """

    label: str
    owner: Identity
    before: str
    after: str
    kinds: Mapping[str, int]
    objects: int
    source: str = ""


@dataclass(frozen=True)
class Adopted:
    """Adopted bundles, and those that stay as they are with all reasons.

    `texts` are the stack files before and after, `obstacles` the files without the header in the
    way of what they generate. `is_written` tells whether they may be written: of bundles that are
    named, all have to be adopted.
    """

    moved: Sequence[Moved]
    left: Sequence[tuple[str, Sequence[str]]]
    texts: Mapping[str, tuple[bytes, bytes]]
    stacks: Sequence[str]
    old: OldFiles
    obstacles: Sequence[FileChange]
    is_sound: bool


def adopt(workspace: Workspace, wish: Wish) -> Adopted:
    """Return the stack files whose bundles have applications in place of payloads.

    The objects of all owners are proved to be equal. Nothing is written. Raises UsageError for
    names that mean no bundle with a payload, and InputError for faulty stacks.
    """
    stages.enter("reading the stacks")
    targets = adoptable.targets(workspace, wish.names, every=wish.every)
    return _Adoption(workspace, wish, targets).result()


def write(workspace: Workspace, adopted: Adopted) -> str:
    """Write the stack files, and return the command that undoes it, empty without git.

    Raises UsageError where one was changed meanwhile.
    """
    with exclusive(lock_file(workspace)):
        for path, (before, _) in adopted.texts.items():
            file = workspace.root / path
            if not file.is_file() or file.read_bytes() != before:
                raise UsageError(f"{path} is not as it was read. Save it, and run again.")
        undo = taking.undoing(workspace, sorted(adopted.texts))
        write_tree(workspace.root, {path: after for path, (_, after) in adopted.texts.items()})
    return undo


class _Adoption:
    """The search for the applications of some payloads, which change no object."""

    def __init__(self, workspace: Workspace, wish: Wish, targets: Sequence[Target]) -> None:
        self.workspace = workspace
        self.wish = wish
        self.stacks = sorted({member.stack for item in targets for member in item.members})
        self.left: list[tuple[str, Sequence[str]]] = []
        members = [member for target in targets for member in target.members]
        output = workspace.settings.output
        self.homes = {f"{output}/{member.cluster.name}": member.home for member in members}
        self.origin = workspace.origin or _url(members)
        self.before = self._state({})
        self.steps: list[Step] = []
        for target in targets:
            self._begin(target)

    def _begin(self, target: Target) -> None:
        clusters = [self._cluster(self.before, member.cluster.name) for member in target.members]
        step = Step.of(target, clusters, self.before.readers)
        if isinstance(step, str):
            self.left.append((target.label, [step]))
        else:
            self.steps.append(step)

    def _cluster(self, state: State, name: str) -> Cluster:
        return state.clusters[f"{self.workspace.settings.output}/{name}"]

    def _state(self, edited: Mapping[str, bytes]) -> State:
        stages.enter("generating what the stacks say")
        tree = OverlaidTree(edited, self.workspace.tree)
        generated = fleet.generate(tree, self.workspace.settings, self.stacks, jobs=1)
        outputs.refuse_foreign_places(self.workspace.tree, generated)
        whole = OverlaidTree(generated.files, tree)
        readers = reading.readers(self.workspace, whole, self.wish.maps, self.origin)
        return State(generated, readers, generated_clusters(generated, readers, self.homes))

    def result(self) -> Adopted:
        """Return the largest adoption that changes no object."""
        for attempt in range(_PASSES):
            edited = self._edited()
            if not self.steps:
                return self._refused()
            try:
                after = self._state(edited)
            except InputError as error:
                self._blame(edited, error.findings, is_late=attempt > _PASSES // 2)
                continue
            if self._learn(after):
                continue
            stages.enter("comparing owners")
            if not self._drop_unequal(after):
                return self._adopted(edited, after)
        raise UsageError(
            f"No applications were found in {_PASSES} tries that change no object. Adopt one "
            "bundle at a time."
        )

    def _learn(self, state: State) -> bool:
        """Take over the generated directories; tell whether any step has to be written anew."""
        new = [step.learn(self._cluster(state, step.name)) for step in self.steps]
        return any(new)

    def _edited(self) -> dict[str, bytes]:
        for step in list(self.steps):
            if problem := step.convert():
                self._leave(step, [problem])
        return self._texts(self.steps)

    def _texts(self, steps: Iterable[Step]) -> dict[str, bytes]:
        by_path: dict[str, list[Step]] = {}
        for step in steps:
            by_path.setdefault(step.target.path, []).append(step)
        tree = self.workspace.tree
        return {
            path: rewritten(path, tree.read(path), [step.rewrite for step in group])
            for path, group in by_path.items()
        }

    def _leave(self, step: Step, reasons: Sequence[str]) -> None:
        self.left.append((step.target.label, reasons))
        self.steps.remove(step)

    def _blame(
        self, edited: Mapping[str, bytes], findings: Sequence[Finding], *, is_late: bool
    ) -> None:
        """Convert the bundles that findings are about less finely; when it is late, leave them."""
        blamed: dict[int, Finding] = {}
        for step in self.steps:
            before = read(self.workspace.tree.read(step.target.path), step.target.path, strict)
            after = read(edited[step.target.path], step.target.path, strict)
            for finding in reversed(findings):
                if any(map(step.holds, [finding] * len(before), before, after)):
                    blamed[id(step)] = finding
        if not blamed:
            blamed = self._failing(findings)
        for step in [step for step in self.steps if id(step) in blamed]:
            reason = because(blamed[id(step)])
            if not step.coarsen(reason) or is_late:
                self._leave(step, step.reasons)

    def _failing(self, findings: Sequence[Finding]) -> dict[int, Finding]:
        """Return the bundles that can't be generated alone; raise where it is none of them."""
        if len(self.steps) == 1:
            return {id(self.steps[0]): findings[0]}
        failing: dict[int, Finding] = {}
        for step in self.steps:
            try:
                self._state(self._texts([step]))
            except InputError as error:
                failing[id(step)] = error.findings[0]
        if not failing:
            raise InputError(findings)
        return failing

    def _drop_unequal(self, after: State) -> bool:
        """Leave the bundles whose owners differ; tell whether there is any."""
        problems = self._problems(after, self.steps)
        if not problems:
            return False
        owners = {member.owner for step in self.steps for member in step.target.members}
        if owners.isdisjoint(who for _, who in problems) and len(self.steps) > 1:
            alone = [(step, self._state(self._texts([step]))) for step in self.steps]
            unequal = [(step, self._problems(state, [step])) for step, state in alone]
        else:
            unequal = [(step, self._own(step, problems)) for step in self.steps]
        if not any(texts for _, texts in unequal):
            unequal = [(step, problems) for step in self.steps]
        for step, texts in unequal:
            if texts:
                self._leave(
                    step, [f"{who} {text}" for (_, who), lines in texts.items() for text in lines]
                )
        return True

    def _problems(
        self, after: State, steps: Sequence[Step]
    ) -> dict[tuple[str, Identity], list[str]]:
        """Return how owners differ after some steps, by their clusters' directories."""
        moved = {member.owner: step.changes for step in steps for member in step.target.members}
        return {
            (directory, who): texts
            for directory, cluster in self.before.clusters.items()
            for who, texts in inequalities(cluster, after.clusters[directory], moved).items()
        }

    def _own(
        self, step: Step, problems: Mapping[tuple[str, Identity], list[str]]
    ) -> dict[tuple[str, Identity], list[str]]:
        """Return the problems of the owners of a step."""
        output = self.workspace.settings.output
        keys = {(f"{output}/{member.cluster.name}", member.owner) for member in step.target.members}
        return {key: problems[key] for key in sorted(keys & problems.keys())}

    def _refused(self) -> Adopted:
        return Adopted((), self.left, {}, self.stacks, OldFiles(), (), is_sound=False)

    def _adopted(self, edited: Mapping[str, bytes], after: State) -> Adopted:
        tree = self.workspace.tree
        whole = after.generated.over(OverlaidTree(edited, tree))
        return Adopted(
            moved=[item for step in self.steps for item in self._moved(step, after)],
            left=self.left,
            texts={path: (tree.read(path), data) for path, data in edited.items()},
            stacks=self.stacks,
            old=old_files(self.workspace, self.wish.maps, whole, after, self.steps),
            obstacles=taking.obstacles(self.workspace, after.generated),
            is_sound=self.wish.every or not self.left,
        )

    def _moved(self, step: Step, after: State) -> list[Moved]:
        moved = []
        for member in step.target.members:
            (owner, *_) = self._cluster(after, member.cluster.name).by_identity[member.owner]
            moved.append(
                Moved(
                    member.label,
                    member.owner,
                    step.payload.directory or ".",
                    owner.targets[0].directory or ".",
                    step.conversion.kinds,
                    len(owner.resources),
                    str(owner.source) if step.changes_source else "",
                )
            )
        return moved


def _url(members: Sequence[Adoptable]) -> str:
    """Return the URL by which the stacks name this repository, empty where none does."""
    urls = (member.cluster.argocd.repo_url for member in members)
    return next(filter(None, urls), "") or ""

"""Tell the reason of drift: changed inputs, an edit by somebody, or another kure-hooks."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, replace

from msgspec import structs

from kure_hooks import stages
from kure_hooks.drift.kinds import Kind
from kure_hooks.drift.result import Cause, FileChange, Reason
from kure_hooks.errors import KureHooksError, tolerated
from kure_hooks.files.tree import WorkTree
from kure_hooks.operations.attribution import generations
from kure_hooks.operations.attribution.causes import Sources
from kure_hooks.operations.attribution.edits import Deviation, Judge, Verdict
from kure_hooks.operations.attribution.generations import Generations, Then
from kure_hooks.operations.attribution.past_commit import Earlier, content, holding
from kure_hooks.operations.attribution.reasons import Past
from kure_hooks.operations.attribution.residue import WHOLE, Residue, fields, in_bytes
from kure_hooks.operations.attribution.versions import Systems, pins
from kure_hooks.operations.fleet import Fleet
from kure_hooks.operations.workspace import Workspace
from kure_hooks.repository import RevisionTree, unmerged
from kure_hooks.repository.history import touches
from kure_hooks.yamlio.conflict import conflict_line

# Of so many files that are not what any commit generates the states are compared by field.
_MOST_COMPARED = 500


def attribute(
    workspace: Workspace, generated: Fleet, changes: Sequence[FileChange]
) -> list[FileChange]:
    """Return the same changes, those of generated files with their cause where it is known.

    A file that holds what its base generated is stale, see `bases`; one whose base generates what
    is generated now was edited, or written by another version of kure-hooks, see `edits`. Without
    git or with too short a history there are no causes but conflicts.
    """
    stages.enter("finding out why files drifted")
    found = dict(_conflicts(workspace, changes))
    asked = {
        change.path: change
        for change in changes
        if change.kind.facts.compared and change.path not in found
    }
    if asked and workspace.git:
        # A cause is an extra: whatever is wrong with the history, the drift is worth reporting.
        with suppress(KureHooksError), tolerated("attributing drift"):
            found |= {
                change.path: change for change in _History(workspace, generated, asked).explained()
            }
    return [
        found.get(change.path, change) if change.kind.facts.compared else change
        for change in changes
    ]


def _conflicts(
    workspace: Workspace, changes: Sequence[FileChange]
) -> Iterator[tuple[str, FileChange]]:
    """Yield the files with a merge that is not finished; no input has markers, so none is right."""
    open_merges = workspace.merge.conflicts if workspace.merge else frozenset()
    if workspace.git and isinstance(workspace.tree, WorkTree):
        with suppress(KureHooksError):
            open_merges = unmerged(workspace.root)
    for change in changes:
        if not change.kind.facts.compared:
            continue
        path = change.old_path
        line = conflict_line(content(workspace.tree, path) or b"")
        if line or path in open_merges:
            cause = Cause(Reason.CONFLICT, line=line)
            yield change.path, structs.replace(change, cause=cause, note="")


class _History:
    """The drifted files beside the commits that they come from."""

    def __init__(
        self, workspace: Workspace, generated: Fleet, asked: Mapping[str, FileChange]
    ) -> None:
        self.workspace = workspace
        self.generated = generated
        self.asked = asked
        self.tip = generations.tip_of(workspace)
        self.bases = generations.find_bases(workspace, self.tip, asked)
        self.generations = Generations(workspace, generated)
        self.now = {path: generated.files.get(path) for path in asked}

    def explained(self) -> Iterator[FileChange]:
        """Yield the files whose cause is known, with it."""
        generations = self.generations
        uncommitted = [path for path, base in self.bases.items() if base.uncommitted]
        staged = generations.staged([self.asked[path] for path in uncommitted])
        right = {path for path in uncommitted if path not in staged and self._is_right(path)}
        others = {
            path: base for path, base in self.bases.items() if path not in staged.keys() | right
        }
        thens = generations.at_bases(self.asked, others)
        stale = holding(self.workspace, {path: then.data for path, then in thens.items()})
        inputs = _Inputs.of(
            self.workspace, self.generated, self.tip, [*staged.values(), *thens.values()]
        )
        yield from self._edited_since(right)
        for path, then in {**thens, **staged}.items():
            if path in stale or path in staged:
                names = inputs.ordered(then.inputs)
                told = self._with_row(path, names)
                cause = Cause(Reason.STALE, told, deleted=inputs.deleted(names))
                yield structs.replace(self.asked[path], cause=cause)
        edited = self._affordable({p: then for p, then in thens.items() if p not in stale})
        verdicts = self._verdicts(edited)
        for path, then in edited.items():
            yield self._past(path, then, verdicts.get(path), inputs).explained()

    def _is_right(self, path: str) -> bool:
        """Tell whether the last commit holds what is generated now."""
        return self._tip_holds(path, self.now[path])

    def _tip_holds(self, path: str, data: bytes | None) -> bool:
        held = self.tip.holds(path, data or b"")
        return held is None if data is None else held is True

    def _edited_since(self, paths: Iterable[str]) -> Iterator[FileChange]:
        """Yield files that are right in the last commit with their cause.

        A leftover has none: it may be that of another branch.
        """
        residues = {p: self._shown(p) for p in paths if self.asked[p].kind is not Kind.UNEXPECTED}
        systems = self._systems(residues)
        repinned = bool(residues) and pins(self.workspace.tree) != pins(self.tip)
        for path in residues:
            unclear = repinned or systems.are_many(path)
            cause = Cause(Reason.UNCLEAR if unclear else Reason.EDITED)
            yield structs.replace(self.asked[path], cause=cause)

    def _past(self, path: str, then: Then, verdict: Verdict | None, inputs: "_Inputs") -> Past:
        base = self.bases[path]
        return Past(
            self.asked[path],
            base,
            here=content(self.workspace.tree, path),
            committed=content(self.tip, path),
            then=then.data,
            now=self.now[path],
            inputs=self._with_row(path, inputs.ordered(then.inputs)),
            inputs_uncommitted=not inputs.uncommitted.isdisjoint(then.inputs),
            verdict=verdict,
        )

    def _with_row(self, path: str, names: Sequence[str]) -> tuple[str, ...]:
        """Return the names of inputs, that of the table of a set with the line of the row.

        A table in the stack file itself goes by the file, which has the template as well.
        """
        change = self.asked[path]
        row = self.generated.rows.get(change.directory)
        table = row.path if row and row.path != change.stack else ""
        return tuple(f"{name}:{row.line}" if row and name == table else name for name in names)

    def _verdicts(self, thens: Mapping[str, Then]) -> dict[str, Verdict]:
        """Return why the committed files are not what was generated, for those that are not."""
        sources = Sources(self.generated)
        found = touches(self.tip, [p for p in thens if self.bases[p].touched])
        deviations = {
            path: Deviation(
                path,
                content(self.tip, path),
                thens[path].data,
                self.now[path],
                touched,
                frozenset(sources.levels(self.asked[path])[0]),
                {} if self._needs_comparison(path, thens[path]) else self._shown(path),
            )
            for path, touched in found.items()
            if not (self.bases[path].uncommitted and self._tip_holds(path, thens[path].data))
        }
        residues = {path: deviation.residue for path, deviation in deviations.items()}
        judge = Judge(self.tip, self._systems(residues))
        judged = {path: judge.verdict(deviation) for path, deviation in deviations.items()}
        # In doubt it helps to know whether the file was right for the inputs of that time.
        doubtful = {
            path: deviations[path].touches[0].commit.id
            for path, verdict in judged.items()
            if verdict.is_doubtful
        }
        for path, before in self.generations.before(self.asked, doubtful).items():
            judged[path] = judge.verdict(replace(deviations[path], before=before))
        return judged | self._never_there(thens)

    def _systems(self, residues: Mapping[str, Residue]) -> Systems:
        there = {p: item for p, item in residues.items() if self.asked[p].kind.facts.in_place}
        return Systems(self.generated.files, self.asked, there)

    def _shown(self, path: str) -> Residue:
        """Return the fields in which a file differs from what is generated now."""
        here = content(self.workspace.tree, path)
        return fields(self.asked[path]) or in_bytes(here, self.now[path])

    def _needs_comparison(self, path: str, then: Then) -> bool:
        """Tell whether the fields that the inputs don't explain are not just those that differ."""
        return then.data != self.now[path] or self.bases[path].uncommitted

    def _affordable(self, thens: Mapping[str, Then]) -> dict[str, Then]:
        """Leave out files where there are too many to compare."""
        needing = [path for path, then in thens.items() if self._needs_comparison(path, then)]
        beyond = set(needing[_MOST_COMPARED:])
        return {path: then for path, then in thens.items() if path not in beyond}

    def _never_there(self, thens: Mapping[str, Then]) -> dict[str, Verdict]:
        """Judge the files that should have been there at their base and never were.

        One that has another name was moved, or it is one of several that are named otherwise now.
        """
        paths = [path for path in thens if not self.bases[path].touched]
        renamed = {path for path in paths if self.asked[path].kind.facts.moved}
        systematic = renamed if len(renamed) > 1 else set()
        return {
            path: Verdict(
                {WHOLE: Reason.VERSION if path in systematic else Reason.UNCLEAR},
                (),
                in_between=False,
            )
            for path in paths
        }


@dataclass(frozen=True)
class _Inputs:
    """The names of changed inputs, in the order in which people look for them."""

    workspace: Workspace
    uncommitted: AbstractSet[str]

    @classmethod
    def of(
        cls, workspace: Workspace, generated: Fleet, tip: RevisionTree, thens: Sequence[Then]
    ) -> "_Inputs":
        """Return the inputs of all files; those that differ from the tip are not committed."""
        every = {name for then in thens for name in then.inputs}
        if not every or tip is workspace.tree:
            return cls(workspace, frozenset())
        last = Earlier(workspace, generated, tip)
        settings = last.changed_settings.keys()
        return cls(workspace, last.differing(every) | settings)

    def ordered(self, names: AbstractSet[str]) -> tuple[str, ...]:
        """Return names sorted, those that are not committed first."""
        return tuple(sorted(names, key=lambda name: (name not in self.uncommitted, name)))

    def deleted(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return the names of files that are gone."""
        settings = f"{self.workspace.settings_file}: "
        tree = self.workspace.tree
        return tuple(
            name
            for name in names
            if not name.startswith(settings) and tree.holds(name, b"") is None
        )

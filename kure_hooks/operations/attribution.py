"""Why files drifted: their inputs changed, or somebody edited them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from msgspec import structs

from kure_hooks.drift.result import Cause, FileChange, Kind, Reason
from kure_hooks.errors import KureHooksError
from kure_hooks.operations import bases
from kure_hooks.operations.bases import Base
from kure_hooks.operations.earlier import Earlier, holding
from kure_hooks.operations.fleet import Fleet
from kure_hooks.operations.workspace import Workspace

_KINDS = frozenset({Kind.CHANGED, Kind.FORMATTING, Kind.MISSING, Kind.RENAMED})

# Looking at a commit costs a listing of its files, a generation about as much as the check itself.
_MOST_COMMITS = 20
_MOST_GENERATIONS = 3


@dataclass(frozen=True)
class _Then:
    """What was generated for a file, None for nothing, and which of its inputs differ now."""

    data: bytes | None
    inputs: tuple[str, ...] = ()


def attribute(
    workspace: Workspace, generated: Fleet, changes: Sequence[FileChange]
) -> list[FileChange]:
    """Return the same changes, those of generated files with their cause where it is known.

    A file that holds what its base generated is stale, one whose base generates what is generated
    now was edited; see `bases`. Without git or with too short a history there are no causes.
    """
    asked = {change.path: change for change in changes if change.kind in _KINDS}
    causes: dict[str, Cause] = {}
    if asked and workspace.git:
        # A cause is an extra: whatever is wrong with the history, the drift is worth reporting.
        with suppress(KureHooksError):
            causes = dict(_causes(workspace, generated, asked))
    return [
        structs.replace(change, cause=causes[change.path])
        if change.path in causes and change.kind in _KINDS
        else change
        for change in changes
    ]


def _causes(
    workspace: Workspace, generated: Fleet, asked: Mapping[str, FileChange]
) -> Iterator[tuple[str, Cause]]:
    found = bases.find(workspace, asked)
    then = _then(workspace, generated, asked, found)
    stale = holding(workspace, {path: each.data for path, each in then.items()})
    for path, each in then.items():
        base = found[path]
        if path in stale:
            yield path, Cause(Reason.STALE, each.inputs)
        elif base.touched and each.data == generated.files[path]:
            yield path, Cause(Reason.EDITED, commit=base.edit, date=base.date)
        elif base.touched:
            yield path, Cause(Reason.BOTH, each.inputs, base.edit, base.date)


def _then(
    workspace: Workspace,
    generated: Fleet,
    asked: Mapping[str, FileChange],
    found: Mapping[str, Base],
) -> dict[str, _Then]:
    """Return what was generated at the base of each file, as far as that can be afforded."""
    groups: dict[str, list[FileChange]] = {}
    for path, base in found.items():
        groups.setdefault(base.commit, []).append(asked[path])
    # Before the first commit there was nothing; the stack that asks for the file is new.
    then = {each.path: _Then(None, (each.stack,)) for each in groups.pop("", ())}
    generations = _MOST_GENERATIONS
    for commit in sorted(groups, key=lambda each: -len(groups[each]))[:_MOST_COMMITS]:
        earlier = Earlier(workspace, generated, commit)
        with suppress(KureHooksError):
            same = earlier.unchanged({each.stack for each in groups[commit]})
            others = [each for each in groups[commit] if each.stack not in same]
            then |= {
                each.path: _Then(generated.files[each.path])
                for each in groups[commit]
                if each.stack in same
            }
            if others and generations:
                generations -= 1
                then |= _generated(earlier, others)
    return then


def _generated(earlier: Earlier, changes: Iterable[FileChange]) -> dict[str, _Then]:
    """Generate what is needed at a commit, once for all files."""
    owned = {(each.directory, each.stack) for each in changes}
    then = earlier.generate({stack for _, stack in owned})
    inputs = earlier.changed_inputs(then, owned)
    return {
        each.path: _Then(then.files.get(each.path), inputs[each.directory, each.stack])
        for each in changes
    }

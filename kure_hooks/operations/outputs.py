"""Places for generated files that git keeps for something else, or doesn't look at."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import structs

from kure_hooks import config
from kure_hooks.drift.kinds import Kind
from kure_hooks.drift.result import FileChange
from kure_hooks.errors import InputError
from kure_hooks.files.paths import parent
from kure_hooks.files.tree import MAX_LARGE, Tree, WorkTree
from kure_hooks.findings import Finding, Location, Severity, Skipped, of_rule
from kure_hooks.operations.fleet import Fleet
from kure_hooks.operations.workspace import Workspace
from kure_hooks.repository import CheckoutTree, IndexTree, NestedError, RevisionTree, same_for_git
from kure_hooks.repository.attributes import EXEMPTION, FILE_NAME
from kure_hooks.repository.checkout import OUTSIDE

_ELSEWHERE = "Set `output` to a directory of this repository, or remove the other repository."


def refuse_foreign_places(tree: Tree, generated: Fleet) -> None:
    """Raise InputError for generated files that git would not store as they are.

    They would be part of another repository, or an attribute converts them.
    """
    faults = list(_nested(tree, generated))
    if isinstance(tree, CheckoutTree | IndexTree | RevisionTree) and not faults:
        faults += _converted(tree.conversions(sorted(generated.made)), generated)
    if faults:
        raise InputError(faults)


@of_rule("OP003")
def _nested(tree: Tree, generated: Fleet) -> Iterator[Finding]:
    """Yield a finding about the first file of each stack in each other repository."""
    first: dict[str, str] = {}
    for path in sorted(generated.made):
        first.setdefault(parent(path), path)
    known: set[tuple[str, str]] = set()
    for path in first.values():
        try:
            tree.link(path)
        except NestedError as error:
            at = generated.origins[path].at
            if (at.path, error.reason) not in known:
                yield Finding(at, "", f"the generated file {path} {error.reason}", _ELSEWHERE)
            known.add((at.path, error.reason))


@of_rule("OP004")
def _converted(conversions: Mapping[str, str], generated: Fleet) -> Iterator[Finding]:
    """Yield a finding for each attribute and stack, about the first file."""
    affected: dict[tuple[str, str], list[str]] = {}
    for path, conversion in conversions.items():
        stack = generated.origins[path].at.path
        affected.setdefault((conversion, stack), []).append(path)
    for (conversion, _), paths in affected.items():
        more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
        problem = (
            f"{paths[0]}{more}: git would not store what is generated there, because of the "
            f"attribute {conversion}"
        )
        expected = f'Add the line "/{paths[0]} {EXEMPTION}", or one for all, to {FILE_NAME}.'
        yield Finding(generated.origins[paths[0]].at, "", problem, expected)


def unwatched_files(workspace: Workspace, generated: Fleet) -> tuple[Finding, ...]:
    """Return a warning when files were read from the index that a user may expect on disk."""
    tree, affected = workspace.tree, _unwatched(workspace, generated)
    if not (affected and isinstance(tree, CheckoutTree)):
        return ()
    reasons = " or ".join(sorted({tree.barrier(path) for path in affected}))
    one = len(affected) == 1
    files, read = ("this file is", "was") if one else (f"{len(affected)} files are", "were")
    problem = f"{files} {reasons} and {read} read from the index instead of the work tree"
    return (
        Finding(
            Location(affected[0]), "", problem, _watch(reasons), Severity.WARNING, rule="OP005"
        ),
    )


def unread_edits(workspace: Workspace, generated: Fleet) -> tuple[Skipped, ...]:
    """Return the files whose content in the work tree is other than what was read for them.

    Whoever edits such a file has to be told that the edit has no effect. Under a hook what is
    staged counts, and no edit of such a file can be.
    """
    tree, affected = workspace.tree, _unwatched(workspace, generated)
    if workspace.runner or not (affected and isinstance(tree, CheckoutTree)):
        return ()
    present = WorkTree(workspace.root)
    read = {path: tree.read(path, MAX_LARGE) for path in affected if present.link(path) is None}
    edited = {path: data for path, data in read.items() if present.holds(path, data) is False}
    same = same_for_git(workspace.root, edited) if edited else frozenset()
    return tuple(
        Skipped(
            path,
            f"it is {tree.barrier(path)}, so its content in the work tree was not read. "
            f"{_watch(tree.barrier(path), 'it')}",
        )
        for path in sorted(edited.keys() - same)
    )


def _unwatched(workspace: Workspace, generated: Fleet) -> list[str]:
    """Return the files of a run that were read from the index, although a work tree is judged."""
    tree = workspace.tree
    if not isinstance(tree, CheckoutTree) or not tree.staged.unwatched:
        return []
    used = {*generated.files, *(path for each in generated.inputs.values() for path in each.files)}
    if config.FILE_NAME in tree.staged.unwatched and config.load(tree) == workspace.settings:
        used.add(config.FILE_NAME)
    return sorted(used & tree.staged.unwatched.keys())


def _watch(reasons: str, them: str = "them") -> str:
    """Return what lets git look at the files."""
    marks = ("skip-worktree", "assume-unchanged")
    options = " ".join(f"--no-{mark}" for mark in marks if mark in reasons)
    sparse = ["git sparse-checkout disable"] if OUTSIDE in reasons else []
    commands = [*sparse, *([f"git update-index {options} FILE"] if options else [])]
    return f"To have {them} read from the work tree, run {' and '.join(commands)}."


def noted(workspace: Workspace, changes: Iterable[FileChange]) -> list[FileChange]:
    """Return the changes with a note on those that `generate` can't undo in this work tree."""
    noted = []
    for change in changes:
        left = change.note or not change.kind.facts.compared
        reason = "" if left else barrier(workspace, change.path)
        note = f"{reason}, so generate leaves it" if reason else change.note
        noted.append(structs.replace(change, note=note))
    return noted


def unstaged(
    workspace: Workspace, generated: Fleet, changes: Iterable[FileChange]
) -> list[FileChange]:
    """Return the changes of the index, marked where the work tree has what is generated."""
    if workspace.source != "index":
        return list(changes)
    tree = workspace.present
    return [
        structs.replace(change, unstaged=True)
        if change.kind is Kind.UNTRACKED
        or (
            change.compared
            and (not change.generated or tree.holds(change.path, generated.files[change.path]))
            and (not change.kind.facts.is_gone or tree.holds(change.old_path, b"") is None)
        )
        else change
        for change in changes
    ]


def reachable(workspace: Workspace, changes: Sequence[FileChange]) -> list[FileChange]:
    """Return the changes that `generate` can do anything about in this work tree."""
    return [change for change in changes if not barrier(workspace, change.path)]


def barrier(workspace: Workspace, path: str) -> str:
    """Return why nothing is to be written or removed at a path, or an empty text.

    A revision is judged whatever the work tree has of it.
    """
    if isinstance(workspace.tree, RevisionTree):
        return ""
    present = workspace.present
    return present.barrier(path) if isinstance(present, CheckoutTree) else ""

"""The merge driver: generated files are made of the merged stack files, whatever git is doing."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

from msgspec import Struct

from kure_hooks.drift.kinds import Kind
from kure_hooks.errors import InputError, KureHooksError
from kure_hooks.files.mark import is_marked
from kure_hooks.operations import check
from kure_hooks.operations.data import belongings
from kure_hooks.operations.fleet import Fleet
from kure_hooks.operations.workspace import Workspace, open_workspace
from kure_hooks.repository import IndexTree, RevisionTree, blob_id
from kure_hooks.repository.git import git
from kure_hooks.repository.merging import Step, merge_bases, merge_step, picked, steps
from kure_hooks.stamps.merges import Answers, Merging

_SHOWN = 3
_MOST_STEPS = 4
_MOST_CONFLICTS = 127  # which `git merge-file` tells by its exit code

_THEN = "then run `kure-hooks generate` and stage what it writes"


class Versions(Struct, frozen=True):
    """The files that git hands to its merge driver, and the path that they are about.

    The result is written over ours.
    """

    base: Path
    ours: Path
    theirs: Path
    path: str

    def contents(self) -> list[bytes]:
        """Return the contents: base, ours, theirs."""
        return [self.base.read_bytes(), self.ours.read_bytes(), self.theirs.read_bytes()]


class Resolution(Struct, frozen=True):
    """The result about one file: whether it is in conflict, and what there is to say."""

    is_conflict: bool
    notes: tuple[str, ...] = ()


def resolve(root: Path, versions: Versions) -> Resolution:
    """Write what one file of a merge is to be over our version of it.

    A generated file is generated from the merged stack files. Where these are in conflict, so that
    the merge stops anyway, it stays as ours has it. Merged stacks with faults leave a conflict. A
    file without the header is merged as git merges text, and so is every file where nobody can tell
    what git is merging. `root` is the top of the work tree.
    """
    return _Driver(root, versions).resolution()


class _Understood(Struct, frozen=True):
    """The answers about a merge, the contents of its generated files, and what to say of it."""

    answers: Answers
    files: dict[str, bytes] = {}
    notes: tuple[str, ...] = ()


class _Driver:
    """The answer to one call of git, which an earlier one for the same merge may have found."""

    def __init__(self, root: Path, versions: Versions) -> None:
        self.root = root
        self.versions = versions
        self.contents = versions.contents()
        self.merging = Merging(str(root))
        self.index = IndexTree(root)

    def resolution(self) -> Resolution:
        answers = self.merging.answers()
        if answers and answers.concern(self.contents):
            return Resolution(self._write(answers, self.merging.content(self.versions.path)))
        understood = self._understood()
        # One odd file must not hide what is known of the others.
        if answers is None or understood.answers.verdict != Answers.TEXT:
            self.merging.keep(understood.answers, understood.files)
        content = understood.files.get(self.versions.path)
        return Resolution(self._write(understood.answers, content), understood.notes)

    def _write(self, answers: Answers, content: bytes | None) -> bool:
        """Write the result and tell whether it is a conflict."""
        is_generated = all(map(is_marked, self.contents[1:]))
        if content is not None and (is_generated or not is_marked(content)):
            self.versions.ours.write_bytes(content)
            return False
        if is_generated and answers.verdict in (Answers.GENERATED, Answers.OURS):
            return False
        versions = self.versions
        labels = [word for label in ("ours", "base", "theirs") for word in ("-L", label)]
        files = map(str, (versions.ours, versions.base, versions.theirs))
        done = git(
            self.root, "merge-file", "--quiet", *labels, *files, ok=range(_MOST_CONFLICTS + 1)
        )
        return done.code > 0 or (is_generated and answers.verdict == Answers.FAULTY)

    def _understood(self) -> _Understood:
        """Find out what git is merging, and generate from it; what goes wrong leaves it to git."""
        try:
            possible = [_generated(self.root, self.index, *told) for told in self._steps()]
        except KureHooksError as error:
            return _as_text(f"The stack files can't be merged here: {error}")
        if not possible:
            return _as_text("Git does not tell which commits it is merging.")
        first, *others = possible
        if any(first.files != other.files for other in others):
            return _as_text("More than one commit makes this change, and others beside it.")
        return first

    def _steps(self) -> Iterator[tuple[Step, tuple[str, str, str]]]:
        """Yield the step that git is at, or each that it may be at, with the blobs of its sides."""
        for told in self._fitting(steps(self.root, self.merging)):
            yield told
            return
        *_, theirs = self.contents
        blob = blob_id(theirs, self._ours.partition(" ")[0])
        fitting = list(self._fitting(picked(self.root, self.versions.path, blob)))
        yield from fitting if len(fitting) <= _MOST_STEPS else ()

    def _fitting(self, possible: Iterable[Step]) -> Iterator[tuple[Step, tuple[str, str, str]]]:
        for step in possible:
            bases = [step.base] if step.base else merge_bases(self.root, "HEAD", step.theirs)
            base = _blobs(RevisionTree(self.root, bases[0])) if len(bases) == 1 else ""
            blobs = (base, self._ours, _blobs(RevisionTree(self.root, step.theirs)))
            if Answers("", blobs).concern(self.contents):
                yield step, blobs

    @cached_property
    def _ours(self) -> str:
        return " ".join(entry.blob for entry in self.index.staged.entries.values())


def _blobs(tree: RevisionTree) -> str:
    return " ".join(entry.blob for entry in tree.entries.values())


def _as_text(reason: str) -> _Understood:
    note = f"{reason} Generated files are merged as text: resolve what is in conflict, {_THEN}."
    return _Understood(Answers(Answers.TEXT, ("", "", "")), notes=(note,))


def _generated(
    root: Path, index: IndexTree, step: Step, blobs: tuple[str, str, str]
) -> _Understood:
    """Generate from the merged stack files of a step."""
    merge = merge_step(root, step)
    try:
        workspace = open_workspace(root, source=merge.commit)
        fleet = check.generate(workspace, ())
    except InputError as error:
        if merge.conflicts:
            return _in_conflict(blobs)
        faults = "\n".join(map(str, error.findings))
        note = (
            "The merged stack files have faults, so that generated files are in conflict:\n"
            f"{faults}\nCorrect them, {_THEN}."
        )
        return _Understood(Answers(Answers.FAULTY, blobs), notes=(note,))
    inputs = {path for inputs in fleet.inputs.values() for path in inputs.files}
    if merge.conflicts & {*inputs, workspace.settings_file}:
        return _in_conflict(blobs)
    theirs = RevisionTree(root, step.theirs)
    return _Understood(
        Answers(Answers.GENERATED, blobs),
        dict(_differing(fleet, index, theirs)),
        tuple(_left(workspace, fleet, index, theirs)),
    )


def _in_conflict(blobs: tuple[str, str, str]) -> _Understood:
    note = (
        "The stack files are in conflict, so that generated files stay as they were. Resolve the "
        f"conflict, {_THEN}."
    )
    return _Understood(Answers(Answers.OURS, blobs), notes=(note,))


def _differing(fleet: Fleet, ours: IndexTree, theirs: RevisionTree) -> Iterator[tuple[str, bytes]]:
    """Yield the generated files that one side does not have as they are.

    One without a header is left out unless it was generated on both sides.
    """
    differing = {
        path: data
        for path, data in fleet.files.items()
        if not (ours.holds(path, data) and theirs.holds(path, data))
    }
    bare = {path for path, data in differing.items() if not is_marked(data)}
    if bare:
        bare -= belongings(ours, bare, fleet.directories) & belongings(
            theirs, bare, fleet.directories
        )
    yield from ((path, data) for path, data in differing.items() if path not in bare)


def _left(
    workspace: Workspace, fleet: Fleet, ours: IndexTree, theirs: RevisionTree
) -> Iterator[str]:
    """Yield a note about the files that git merges without its driver, and not as generated."""
    changes = check.differing(workspace, fleet, workspace.tree)
    entries = ours.staged.entries
    left = [
        change.path
        for change in changes
        if change.kind is not Kind.FOREIGN
        and (change.path not in entries or change.path not in theirs.entries)
    ]
    if left:
        more = f" and {len(left) - _SHOWN} more" if len(left) > _SHOWN else ""
        yield (
            f"Git merges generated files that only one side has without asking, and not as the "
            f"merged stack files say: {', '.join(left[:_SHOWN])}{more}. When it is done, run "
            "`kure-hooks generate` and commit what it writes."
        )

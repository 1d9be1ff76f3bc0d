"""The base of a change: a revision whose findings and drift the change did not cause."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct, structs

from kure_hooks import config
from kure_hooks.drift.result import FileChange
from kure_hooks.errors import InputError, MissingError, ReadError, UsageError
from kure_hooks.files.tree import MAX_LARGE, Tree
from kure_hooks.findings import Finding, Location, Skipped
from kure_hooks.operations.workspace import Workspace
from kure_hooks.outcome import Outcome
from kure_hooks.repository import RevisionTree

if TYPE_CHECKING:  # findings alone need no stack
    from kure_hooks.operations.fleet import Fleet

Verdict = TypeVar("Verdict")

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
# Of another place that a message names.
_LINE = re.compile(r"(?<=[^\s:]):[0-9]+(?::[0-9]+)?\b")


def at_base(
    workspace: Workspace, revision: str, judge: Callable[[Workspace], Verdict]
) -> Verdict | Skipped:
    """Return what `judge` says of a revision, which has stacks and settings of its own.

    Where these have faults nothing is known of it, and a change may be what corrects them: then the
    answer is a sentence for the reader. Raises UsageError for an unknown revision, without git, and
    for a workspace that is only a part of its repository.
    """
    if not workspace.git:
        raise UsageError(
            f"--changed {revision} needs a git repository, and here is none. Run it in one."
        )
    if workspace.below:
        raise UsageError(
            f"--changed {revision} needs the top of the git repository as root. Name it with "
            "--root."
        )
    tree = RevisionTree(workspace.root, revision, fetches=True)
    try:
        with faults_named(revision):
            settings = config.load(tree)
            past = structs.replace(workspace, tree=tree, source=revision, settings=settings)
            return judge(past)
    except InputError as error:
        return Skipped(
            f"what {short(revision)} has already",
            f"it has faults of its own, so all of this version counts as new: {error.findings[0]}",
        )


@contextmanager
def faults_named(revision: str) -> Iterator[None]:
    """Let the faults of input in the body name the revision that they are in."""
    try:
        yield
    except InputError as error:
        raise InputError(_of_revision(finding, revision) for finding in error.findings) from error


def short(revision: str) -> str:
    """Return the name of a revision as a reader takes it in: ids of commits abbreviated."""
    return revision[:7] if _COMMIT.fullmatch(revision) else revision


def _of_revision(finding: Finding, revision: str) -> Finding:
    at = Location(f"{short(revision)}:{finding.at.path}", finding.at.line, finding.at.column)
    return structs.replace(finding, at=at)


def without_known(outcome: Outcome, before: Sequence[Finding] | Skipped) -> Outcome:
    """Return an outcome without the findings that were there before, as `at_base` tells them."""
    if isinstance(before, Skipped):
        return structs.replace(outcome, skipped=(*outcome.skipped, before))
    findings = tuple(new_findings(before, outcome.findings))
    known = len(outcome.findings) - len(findings)
    return structs.replace(outcome, findings=findings, known=known)


def new_findings(before: Iterable[Finding], after: Iterable[Finding]) -> list[Finding]:
    """Return the findings that only the second version has; lines may have moved."""
    known = Counter(map(_words, before))
    new = []
    for finding in after:
        words = _words(finding)
        known[words] -= 1
        if known[words] < 0:
            new.append(finding)
    return new


def _words(finding: Finding) -> tuple[str, ...]:
    """Return all that a finding says, without lines."""
    texts = (finding.key, finding.problem, finding.expected)
    plain = (_LINE.sub("", text) for text in texts)
    return finding.rule, finding.at.path, finding.object, *plain


class _Version(Struct, frozen=True):
    """A version of the repository: its files, what its stacks generate, and where both differ."""

    tree: Tree
    generated: "Fleet"
    drifted: frozenset[str] = frozenset()

    def sides(self, path: str) -> tuple[object, bytes | None]:
        """Return what is at a path, for a link its target, and what is generated there.

        What can't be read is equal to nothing.
        """
        try:
            held: object = self.tree.link(path) or self.tree.read(path, MAX_LARGE)
        except MissingError:
            held = None
        except ReadError:
            held = object()
        return held, self.generated.files.get(path)


def with_known(
    workspace: Workspace, generated: "Fleet", changes: Sequence[FileChange], revision: str
) -> tuple[list[FileChange], tuple[Skipped, ...]]:
    """Return the changes, of which those are known whose file has drifted so in a revision.

    Both sides have to be the same there. Of a revision with faults nothing is known, which is told.
    Raises UsageError as `at_base` does.
    """
    before = at_base(workspace, revision, _version)
    if isinstance(before, Skipped):
        return list(changes), (before,)
    here = _Version(workspace.tree, generated)

    def is_known(path: str) -> bool:
        return path in before.drifted and before.sides(path) == here.sides(path)

    return [
        structs.replace(change, known=True)
        if is_known(change.path) and (not change.was or is_known(change.was))
        else change
        for change in changes
    ], ()


def _version(past: Workspace) -> _Version:
    from kure_hooks.operations import fleet  # noqa: PLC0415 - only for drift
    from kure_hooks.operations.check import differing  # noqa: PLC0415

    made = fleet.generate(past.tree, past.settings, (), past.jobs)
    drifted = frozenset(change.path for change in differing(past, made, past.tree))
    return _Version(past.tree, made, drifted)

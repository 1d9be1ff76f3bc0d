"""The base of a change: a revision whose findings and drift the change did not cause."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from msgspec import structs

from kure_hooks import config
from kure_hooks.errors import InputError, UsageError
from kure_hooks.findings import Finding, Location, Skipped
from kure_hooks.operations.workspace import Workspace
from kure_hooks.repository import RevisionTree

Verdict = TypeVar("Verdict")

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
    return revision[:7] if re.fullmatch("[0-9a-f]{40}(?:[0-9a-f]{24})?", revision) else revision


def _of_revision(finding: Finding, revision: str) -> Finding:
    at = Location(f"{short(revision)}:{finding.at.path}", finding.at.line, finding.at.column)
    return structs.replace(finding, at=at)


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

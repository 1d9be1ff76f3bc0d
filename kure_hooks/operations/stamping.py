"""The stamp of a clean run, by which the next one is a look at git; see `kure_hooks.stamps`."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from kure_hooks.errors import KureHooksError
from kure_hooks.files.globs import literal_prefix
from kure_hooks.files.paths import tops
from kure_hooks.operations.fleet import Fleet
from kure_hooks.operations.sight import AT_ROOT, Sight, sight_of
from kure_hooks.operations.workspace import Workspace
from kure_hooks.repository import evidence
from kure_hooks.repository.git import git
from kure_hooks.stamps import Question, place
from kure_hooks.stamps.state import UnknownStateError, listed, observe


def keep(question: Question, workspace: Workspace, fleet: Fleet, printed: bytes) -> None:
    """Leave a stamp of a run that found everything in sync and printed this.

    Nothing is left where git can't tell whether a file has changed, where programs or installed
    packages had a say, and for some of the stacks: which ones read a named file is known of those
    alone. When the run began without knowing what it would depend on, or that has changed
    meanwhile, the stamp is one for the next run to compare with. Whatever goes wrong is as if there
    were no stamps.
    """
    with suppress(KureHooksError, OSError, UnknownStateError):
        _keep(question, workspace, fleet, printed)


def _keep(question: Question, workspace: Workspace, fleet: Fleet, printed: bytes) -> None:
    if workspace.source not in ("worktree", "index") or not workspace.git:
        return
    if fleet.beyond or not fleet.complete or fleet.shard:
        return
    # What is staged is compared with the work tree before it is written there.
    source = "worktree" if question.command == "generate" else workspace.source
    basis = _basis(workspace, fleet, source)
    if basis is None:
        return
    known = question.stamp is not None and question.stamp.basis == basis
    after = (observe(basis) or "") if known else ""
    same = after if after == question.before else ""
    place.write(question.directory, question.name, place.Stamp(basis, same, printed))


def _basis(workspace: Workspace, fleet: Fleet, source: str) -> place.Basis | None:
    """Return what a run has depended on, None where no state can stand for it."""
    sight = sight_of(workspace)
    if sight is None:
        return None
    paths = sorted({*AT_ROOT, *tops(_looked_at(workspace, fleet))})
    basis = place.Basis(
        sight.program,
        str(workspace.root),
        source,
        exact=False,
        paths=tuple(paths),
        files=sight.files,
    )
    listing = listed(basis)
    if evidence.has_unseen(listing):
        return None
    if basis.source == "worktree":
        basis.directories = tuple(
            sorted(evidence.directories_of(basis.root, evidence.index_of(listing.split(b"\0"))))
        )
    basis.exact = _may_change_unseen(basis, sight, listing, fleet)
    return basis


def _looked_at(workspace: Workspace, fleet: Fleet) -> Iterable[str]:
    yield workspace.settings.output
    yield workspace.settings_file
    yield from map(literal_prefix, workspace.settings.stacks)
    for inputs in fleet.inputs.values():
        yield from inputs.files
        yield from inputs.listed


def _may_change_unseen(basis: place.Basis, sight: Sight, listing: bytes, fleet: Fleet) -> bool:
    """Tell whether an input may change without a change that a plain listing shows.

    Of what is generated, check itself takes line ends that git converts for the same.
    """
    if any(blob in listing for blob in evidence.EMPTY):
        return True
    if basis.source == "index":
        return False
    if sight.sets_ends:
        return True
    inputs = {path for inputs in fleet.inputs.values() for path in inputs.files}
    asked = b"".join(os.fsencode(path) + b"\0" for path in sorted(inputs))
    flags = ("--stdin", "-z", "text", "eol")
    answers = git(Path(basis.root), "check-attr", *flags, stdin=asked).out.split(b"\0")
    return not {*answers[2::3]} <= {b"unspecified", b"unset"}

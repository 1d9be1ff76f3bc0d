"""The stamp of a clean run, by which the next one is a look at git; see `kure_hooks.stamps`."""

import os
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from kure_hooks import config
from kure_hooks.engines.source_ignore import FILE as SOURCE_IGNORE
from kure_hooks.errors import KureHooksError, ToolError
from kure_hooks.files.globs import literal_prefix
from kure_hooks.operations.fleet import Fleet
from kure_hooks.operations.workspace import Workspace
from kure_hooks.process import find
from kure_hooks.repository import attributes, checkouts, elsewhere, find_root
from kure_hooks.repository.git import git
from kure_hooks.stamps import Question, place
from kure_hooks.stamps.state import UnknownStateError, listed, observe

# What else lies at the root of a repository and has a say.
_AT_ROOT = (config.FILE_NAME, attributes.FILE_NAME, ".gitignore", ".gitmodules", SOURCE_IGNORE)

# With any other value, git may take a changed file for the same (git-config(1), git 2.39).
_SEEING = {"core.trustctime": "true", "core.checkstat": "default", "core.ignorestat": "false"}
# By this, git reads other settings on another branch.
_BY_BRANCH = "includeif.onbranch:"
# These name files that need not be there yet.
_NAMING = ("core.attributesfile", "core.excludesfile")
_INCLUDING = ("include.", "includeif.")
_CONVERTING = ("core.autocrlf", "core.eol")

# A submodule, a file that git was told not to look at, and another repository that git knows not.
_UNSEEN = re.compile(rb"(?:^|[\0\n])(?:[a-z]|S|\w 160000|\? [^\0]*/\0)")
# The blob of an empty file, which is also what an intention to add looks like.
_EMPTY = (
    b"e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
    b"473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
)


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
    program = find("git", checkouts(workspace.root))
    if program is None or _is_reached_through_links(workspace.config):
        return None
    settings, sources = _settings(workspace.root)
    if "core.worktree" in settings and not _is_work_tree(workspace.root):
        return None
    if any(settings.get(key, value) != value for key, value in _SEEING.items()):
        return None
    if any(key.startswith(_BY_BRANCH) for key in settings):
        return None
    paths = sorted({*_AT_ROOT, *_tops(_looked_at(workspace, fleet))})
    files = sorted({*sources, *map(str, _beside(workspace))})
    basis = place.Basis(
        program, str(workspace.root), source, exact=False, paths=(*paths,), files=(*files,)
    )
    listing = listed(basis)
    if _UNSEEN.search(listing):
        return None
    if basis.source == "worktree":
        basis.directories = tuple(sorted(_directories(basis.root, listing)))
    basis.exact = _may_change_unseen(basis, settings, listing, fleet)
    return basis


def _looked_at(workspace: Workspace, fleet: Fleet) -> Iterable[str]:
    yield workspace.settings.output
    yield workspace.settings_file
    yield from map(literal_prefix, workspace.settings.stacks)
    for inputs in fleet.inputs.values():
        yield from inputs.files
        yield from inputs.listed


def _tops(paths: Iterable[str]) -> set[str]:
    """Return the files and directories at the root that paths lead to; the root itself is `.`."""
    return {path.partition("/")[0] or "." for path in paths}


def _beside(workspace: Workspace) -> Iterable[Path]:
    """Yield the files outside of the repository, and beside git's own, that have a say."""
    if workspace.config is not None:
        yield workspace.config.resolve()
    yield from elsewhere.files(workspace.root)
    for above in workspace.root.parents[: len(Path(workspace.below).parts)]:
        yield from (above / name for name in _AT_ROOT)


def _directories(root: str, listing: bytes) -> set[str]:
    """Return the directories of the files in a listing, as absolute paths."""
    paths = (record.rpartition(b"\t")[2] for record in listing.split(b"\0") if record[:1] == b"H")
    directories: set[bytes] = set()
    for path in paths:
        directory = path.rpartition(b"/")[0]
        while directory and directory not in directories:
            directories.add(directory)
            directory = directory.rpartition(b"/")[0]
    return {f"{root}/{os.fsdecode(directory)}" for directory in directories}


def _is_reached_through_links(file: Path | None) -> bool:
    """Tell whether another file may be found under the same path without a change of this one."""
    return file is not None and file.resolve() != Path(os.path.abspath(file))  # noqa: PTH100 - no link


def _is_work_tree(root: Path) -> bool:
    """Tell whether git takes the work tree around a directory for its own, not another one."""
    out = git(root, "rev-parse", "--show-toplevel", ok=(0, 128)).out
    return os.fsdecode(out.removesuffix(b"\n")) == str(find_root(root))


def _settings(root: Path) -> tuple[Mapping[str, str], set[str]]:
    """Return git's settings, the last value of each in lower case, and the files they come from."""
    try:
        out = git(root, "config", "--list", "--show-origin", "-z").out
    except ToolError:
        return {_BY_BRANCH: ""}, set()
    fields = os.fsdecode(out).split("\0")[:-1]
    settings, files = {}, set()
    for origin, setting in zip(fields[::2], fields[1::2], strict=True):
        kind, _, file = origin.partition(":")
        if kind == "file":
            files.add(str(root / file))
        key, _, value = setting.partition("\n")
        settings[key] = value.lower()
        if key in _NAMING:
            files.add(str(root / Path(value).expanduser()))
        elif key.startswith(_INCLUDING) and key.endswith(".path"):
            files.add(str((root / file).parent / Path(value).expanduser()))
    return settings, files


def _may_change_unseen(
    basis: place.Basis, settings: Mapping[str, str], listing: bytes, fleet: Fleet
) -> bool:
    """Tell whether an input may change without a change that a plain listing shows.

    Of what is generated, check itself takes line ends that git converts for the same.
    """
    if any(blob in listing for blob in _EMPTY):
        return True
    if basis.source == "index":
        return False
    if any(settings.get(key, "false") != "false" for key in _CONVERTING):
        return True
    inputs = {path for inputs in fleet.inputs.values() for path in inputs.files}
    asked = b"".join(os.fsencode(path) + b"\0" for path in sorted(inputs))
    flags = ("--stdin", "-z", "text", "eol")
    answers = git(Path(basis.root), "check-attr", *flags, stdin=asked).out.split(b"\0")
    return not {*answers[2::3]} <= {b"unspecified", b"unset"}

"""Content that generate is about to displace: what of it is known elsewhere, and keeping the rest.

In a git repository it is kept as blobs, without one as copies in the user's state directory.
"""

import hashlib
import json
import os
import shlex
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from kure_hooks.drift.result import Displaced, FileChange, Holding
from kure_hooks.errors import KureHooksError
from kure_hooks.files.paths import parent
from kure_hooks.files.tree import MAX_LARGE, WorkTree
from kure_hooks.files.writer import write_file
from kure_hooks.operations.workspace import Workspace
from kure_hooks.repository import git_path
from kure_hooks.repository.holding import contents, keep

_COPIES = "kure-hooks/kept"


def holdings(workspace: Workspace, paths: Collection[str]) -> dict[str, Holding]:
    """Return where git holds the content of regular files in the work tree.

    Without a git repository that is nowhere.
    """
    known = contents(workspace.root, paths) if workspace.git and paths else {}
    found = dict.fromkeys(paths, Holding.NOWHERE)
    for path, content in known.items():
        if content.committed:
            found[path] = Holding.COMMITTED
        elif content.staged:
            found[path] = Holding.STAGED
    return found


def uncommitted(workspace: Workspace, paths: Iterable[str]) -> set[str]:
    """Return the generated files whose content is neither committed nor what was written last.

    Whoever generates twice before a commit replaces nothing but the result of the first time.
    """
    tree, written = WorkTree(workspace.root), read_written(workspace)
    edited = {path for path in paths if written.get(path) != _digest(tree.read(path, MAX_LARGE))}
    where = holdings(workspace, edited)
    return {path for path in edited if where[path] is not Holding.COMMITTED}


def kept(workspace: Workspace, changes: Iterable[FileChange]) -> tuple[Displaced, ...]:
    """Keep the content of files that are about to be written over or removed."""
    by_path = {change.path: change for change in changes}
    ids = _blobs(workspace, by_path) if workspace.git else _copied(workspace, by_path)
    return tuple(
        Displaced(change, ids[path], _restoring(workspace, change, ids[path]))
        for path, change in by_path.items()
    )


def read_written(workspace: Workspace) -> Mapping[str, str]:
    """Return the digest of what was written last, by path; empty where that is not known."""
    with suppress(OSError, ValueError, KureHooksError):
        record = json.loads(_record(workspace).read_bytes())
        return record if isinstance(record, dict) else {}
    return {}


def write_written(workspace: Workspace, files: Mapping[str, bytes], removed: Iterable[str]) -> None:
    """Remember what was written; without that the next run only keeps more than it has to."""
    gone = frozenset(removed)
    record = {path: item for path, item in read_written(workspace).items() if path not in gone}
    record |= {path: _digest(data) for path, data in files.items()}
    with suppress(KureHooksError):
        write_file(_record(workspace), json.dumps(record, indent=0, sort_keys=True).encode())


def _blobs(workspace: Workspace, paths: Collection[str]) -> dict[str, str]:
    return keep(workspace.root, paths) if paths else {}


def _copied(workspace: Workspace, paths: Iterable[str]) -> dict[str, str]:
    tree, ids = WorkTree(workspace.root), {}
    for path in paths:
        data = tree.read(path, MAX_LARGE)
        ids[path] = _digest(data)
        write_file(_state() / _COPIES / ids[path], data)
    return ids


def _restoring(workspace: Workspace, change: FileChange, name: str) -> str:
    """Return the command that brings a file back, to be run where the reader is."""
    path = workspace.seen(change.path)
    target = shlex.quote(path)
    if workspace.git:
        command = f"git cat-file blob {name} > {target}"
    else:
        state = '"$XDG_STATE_HOME"' if os.environ.get("XDG_STATE_HOME") else "~/.local/state"
        command = f"cp {state}/{_COPIES}/{name} {target}"
    # A directory that became empty went along with the file.
    if change.kind.facts.is_gone and parent(path):
        return f"mkdir -p {shlex.quote(parent(path))} && {command}"
    return command


def _record(workspace: Workspace) -> Path:
    if workspace.git:
        # Each root below the top of one work tree has a record of its own.
        name = "-".join(("kure-hooks.written", *workspace.below.split("/"))).rstrip("-")
        return git_path(workspace.root, f"{name}.json")
    root = hashlib.sha256(str(workspace.root).encode()).hexdigest()[:16]
    return _state() / "kure-hooks" / f"written-{root}.json"


def _state() -> Path:
    """Return the directory for what must outlive a cache (XDG Base Directory 0.8)."""
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state")


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()

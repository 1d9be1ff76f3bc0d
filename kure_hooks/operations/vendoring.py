"""Taking release manifests into the repository, with their checksum in a lock file."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from msgspec import to_builtins

from kure_hooks.errors import ReadError, UsageError
from kure_hooks.files.lock import exclusive
from kure_hooks.files.paths import is_below, path_problem
from kure_hooks.files.tree import WorkTree
from kure_hooks.files.writer import replace
from kure_hooks.operations.workspace import Workspace
from kure_hooks.operations.write import lock_file
from kure_hooks.stack.release import objects
from kure_hooks.stack.vendored import (
    DIRECTORY,
    LOCK,
    Entry,
    Lock,
    checksum,
    manifest_files,
    read_lock,
)
from kure_hooks.yamlio import dump

_HEAD = "# Written by kure-hooks vendor: the checksums of release manifests.\n"


@dataclass(frozen=True)
class Vendored:
    """What was recorded: its path in the repository, its checksum and the number of its objects."""

    path: str
    sha256: str
    objects: int


def vendor(workspace: Workspace, given: Path, name: str = "", sha256: str = "") -> Vendored:
    """Copy a manifest file, a .tar.gz or a directory's YAML files below vendor/ and lock them.

    `name` is the path below vendor/, by default the given one's own name; what was recorded under
    it before is replaced. Raises UsageError for a bad name, another checksum than `sha256` or a
    path that is taken, ReadError for what can't be read and InputError for what is no manifest.
    """
    target = _target(name or given.resolve().name)
    files = _renamed(_files(given), given.resolve().name, target)
    found = checksum(files, target)
    if sha256 and found != sha256.lower():
        raise UsageError(f"{given} has the sha256 {found}, not {sha256}")
    count = sum(len(objects(path, data)) for path, data in files.items())
    with exclusive(lock_file(workspace)):
        tree = workspace.present
        lock = read_lock(tree) or Lock()
        before = _before(tree, lock, target, files)
        entries = {each.path: each for each in lock.vendored}
        entries[target] = Entry(path=target, sha256=found)
        text = _HEAD + dump({"vendored": [to_builtins(entries[path]) for path in sorted(entries)]})
        removed = [path for path in before if path not in files]
        replace(workspace.root, {**files, LOCK: text.encode()}, removed)
    return Vendored(target, found, count)


def _target(name: str) -> str:
    target = f"{DIRECTORY}/{name}"
    problem = path_problem(target)
    if problem is None and target == LOCK:
        problem = "is the lock file"
    if problem:
        raise UsageError(f"{target} {problem}; name another path below {DIRECTORY} with --as")
    return target


def _files(given: Path) -> dict[str, bytes]:
    """Return the given bytes by their path, which begins with the given one's own name."""
    real = given.resolve()
    if not real.exists():
        raise UsageError(f"{given} is not there")
    try:
        return manifest_files(WorkTree(real.parent), real.name)
    except ReadError as error:
        raise UsageError(f"{given} {error.reason}") from error


def _renamed(files: Mapping[str, bytes], name: str, target: str) -> dict[str, bytes]:
    renamed = {f"{target}{path.removeprefix(name)}": data for path, data in files.items()}
    for path in renamed:
        if problem := path_problem(path):
            raise UsageError(f"{path} {problem}")
    return renamed


def _before(tree: WorkTree, lock: Lock, target: str, files: Mapping[str, bytes]) -> list[str]:
    """Return the files that were recorded as `target`; others in its place are not touched."""
    nested = [
        each.path
        for each in lock.vendored
        if each.path != target and (is_below(each.path, target) or is_below(target, each.path))
    ]
    if nested:
        raise UsageError(f"{target} and {nested[0]} overlap; name another path with --as")
    present = list(tree.paths(target))
    recorded = target in {each.path for each in lock.vendored}
    if not recorded and any(not tree.holds(each, files.get(each, b"")) for each in present):
        raise UsageError(f"{target} is there and not in {LOCK}; remove it or use --as")
    return present

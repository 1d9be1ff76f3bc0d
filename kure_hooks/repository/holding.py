"""Content of the work tree that git holds, and keeping all that it holds nowhere."""

import os
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from kure_hooks.errors import UsageError
from kure_hooks.repository.git import git
from kure_hooks.repository.root import find_root
from kure_hooks.repository.snapshot import staged
from kure_hooks.repository.trees import RevisionTree

REF = "refs/kure-hooks/kept"
"""Below it each kept blob has a ref of its own, so that no garbage collection takes it away."""

_LOG = (
    *("--literal-pathspecs", "log", "--all", "--stdin", "-z", "--format=", "--raw", "-m"),
    *("--no-abbrev", "--no-renames", "--no-follow", "--relative", "--no-color"),
)


class Content(Struct, frozen=True):
    """The content of a file in the work tree: its blobs, with and without git's filters.

    `committed` and `staged` tell whether a commit of any branch or tag, or the index, has one of
    them at the same path.
    """

    blobs: frozenset[str]
    committed: bool = False
    staged: bool = False


def contents(root: Path, paths: Collection[str]) -> dict[str, Content]:
    """Return what the regular files at these paths hold, as git sees it; raises as `git` does."""
    files = sorted(paths)
    raw, filtered = _hashed(root, files, "--no-filters"), _hashed(root, files)
    blobs = {path: frozenset({raw[path], filtered[path]}) for path in files}
    index = {path: entry.blob for path, entry in staged(root).entries.items() if path in blobs}
    head = {path: blob for path, blob in _head(root).items() if path in blobs}
    recent = {path for path in files if head.get(path) in blobs[path]}
    older = _committed(root, {path: blobs[path] for path in files if path not in recent})
    return {
        path: Content(blobs[path], path in recent | older, index.get(path) in blobs[path])
        for path in files
    }


def keep(root: Path, paths: Collection[str]) -> dict[str, str]:
    """Store the bytes of files as blobs that stay until somebody deletes their refs below REF.

    Returns the id of each blob. The bytes are those on the disk: no filter changes them. Raises as
    `git` does.
    """
    kept = _hashed(root, sorted(paths), "-w", "--no-filters")
    lines = "".join(f"update {REF}/{blob} {blob}\n" for blob in sorted(set(kept.values())))
    if lines:
        git(root, "update-ref", "--stdin", stdin=lines.encode())
    return kept


def _hashed(root: Path, paths: Collection[str], *flags: str) -> dict[str, str]:
    """Return the blob id of each file.

    `git hash-object` reads paths on stdin as seen from the top, wherever it runs (git 2.39); one
    with a newline can only be an argument.
    """
    top = find_root(root) or root
    below = {path: (root.resolve() / path).relative_to(top.resolve()).as_posix() for path in paths}
    lines = [path for path in paths if "\n" not in path]
    asked = b"".join(os.fsencode(below[path]) + b"\n" for path in lines)
    ids = git(top, "hash-object", *flags, "--stdin-paths", stdin=asked).out if lines else b""
    odd = {
        path: git(top, "hash-object", *flags, "--", below[path]).out.decode().strip()
        for path in paths
        if "\n" in path
    }
    return dict(zip(lines, ids.decode().splitlines(), strict=True)) | odd


def _head(root: Path) -> Mapping[str, str]:
    try:
        entries = RevisionTree(root, "HEAD").entries
    except UsageError:  # there is no commit yet
        return {}
    return {path: entry.blob for path, entry in entries.items()}


def _committed(root: Path, blobs: Mapping[str, frozenset[str]]) -> set[str]:
    """Return the paths at which a commit of any branch or tag has one of the blobs."""
    asked = "".join(f"{path}\n" for path in blobs if "\n" not in path)
    if not asked:
        return set()
    log = git(root, *_LOG, stdin=os.fsencode(f"--\n{asked}")).out
    return {path for path, blob in _records(os.fsdecode(log)) if blob in blobs.get(path, ())}


def _records(log: str) -> Iterator[tuple[str, str]]:
    fields = iter(log.split("\0"))
    for field in fields:
        if field.lstrip("\n").startswith(":"):
            yield next(fields), field.split(" ")[-2]

"""Questions to git about paths."""

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from kure_hooks.files.paths import path_problem
from kure_hooks.repository.blobs import blob_id
from kure_hooks.repository.git import git
from kure_hooks.repository.root import find_root
from kure_hooks.repository.snapshot import staged


def tracked(root: Path, under: str = "") -> frozenset[str]:
    """Return the paths at or below `under` that the index knows, also those in conflict.

    What is only intended to be added is no part of it. Raises as `git` does.
    """
    return staged(root).tracked(under)


def unmerged(root: Path) -> frozenset[str]:
    """Return the paths that a merge has left in conflict; raises as `git` does."""
    records = os.fsdecode(git(root, "ls-files", "-u", "-z").out).split("\0")[:-1]
    return frozenset(record.partition("\t")[2] for record in records)


def ignored(root: Path, paths: Iterable[str]) -> frozenset[str]:
    """Return which of the work tree's paths git ignores; a tracked path never is.

    Raises as `git` does.
    """
    asked = b"".join(os.fsencode(path) + b"\0" for path in sorted(paths))
    if not asked:
        return frozenset()
    # Without --no-index git compares each path with the whole index: 10 s for 30,000 paths.
    flags = ("--no-index", "-z", "--stdin")
    answer = git(root, "check-ignore", *flags, stdin=asked, ok=(0, 1)).out
    matching = frozenset(os.fsdecode(answer).split("\0")[:-1])
    return matching - tracked(root) if matching else matching


def same_for_git(root: Path, files: Mapping[str, bytes]) -> frozenset[str]:
    """Return which work tree files git would store as it would store the given bytes.

    Git applies core.autocrlf and .gitattributes, so a file that differs only by what git undoes is
    the same. What isn't a regular file is never the same. Raises as `git` does.
    """
    paths = [path for path in sorted(files) if _is_regular(root, path)]
    if not paths:
        return frozenset()
    # hash-object reads paths on stdin as seen from the top, wherever it runs (git 2.39).
    top = find_root(root) or root
    below = root.resolve().relative_to(top.resolve())
    asked = "".join(f"{(below / path).as_posix()}\n" for path in paths).encode()
    ids = git(top, "hash-object", "--stdin-paths", stdin=asked).out.decode().splitlines()
    found = zip(paths, ids, strict=True)
    return frozenset(
        path for path, blob in found if blob in _stored(top, str(below / path), files[path], blob)
    )


def _stored(top: Path, path: str, data: bytes, like: str) -> Iterator[str]:
    """Yield the id of the bytes, and that of what git makes of line ends in them.

    Generated text has none, but files that are passed on have those of the work tree.
    """
    yield blob_id(data, like)
    if b"\r\n" in data:
        yield git(top, "hash-object", "--stdin", "--path", path, stdin=data).out.decode().strip()


def git_path(root: Path, name: str) -> Path:
    """Return the absolute path of a file in git's own directory, such as `kure-hooks.lock`.

    In a linked work tree that is the directory of this work tree. Raises as `git` does.
    """
    found = os.fsdecode(git(root, "rev-parse", "--git-path", name).out).removesuffix("\n")
    return root.resolve() / found


def _is_regular(root: Path, path: str) -> bool:
    """Tell whether it is a regular file whose name can be one line."""
    try:
        return path_problem(path) is None and stat.S_ISREG((root / path).lstat().st_mode)
    except OSError:
        return False

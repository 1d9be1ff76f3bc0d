"""Manifests and charts kept in the repository: their checksums, and the lock that records them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from msgspec import Meta

from kure_hooks.decoding import decode
from kure_hooks.decoding.types import Input, Text, whole
from kure_hooks.errors import MissingError, ReadError
from kure_hooks.files.paths import base_name, is_below, reach_problem
from kure_hooks.files.tree import MAX_LARGE, Tree
from kure_hooks.files.unpacking import MAX_MEMBERS, MAX_UNPACKED
from kure_hooks.kustomize import BUILD_FILES
from kure_hooks.yamlio import read, strict

DIRECTORY = "vendor"
LOCK = f"{DIRECTORY}/kure-hooks.lock.yaml"

_ENDINGS = (".yaml", ".yml")
_NO_OBJECTS = frozenset({*BUILD_FILES, base_name(LOCK)})

Sha256 = Annotated[
    str, Meta(pattern=whole("[0-9a-f]{64}"), description="a SHA-256 as 64 hexadecimal digits")
]


class Entry(Input, frozen=True, kw_only=True):
    """One vendored file or directory: its path in the repository and its checksum.

    For a chart its name and its version are recorded as well: what a range of versions resolves to.
    """

    path: Text
    sha256: Sha256
    chart: Text | None = None
    version: Text | None = None


class Lock(Input, frozen=True, kw_only=True):
    """The lock file: everything that `kure-hooks vendor` recorded, sorted by path."""

    vendored: tuple[Entry, ...] = ()


def manifest_files(tree: Tree, path: str) -> dict[str, bytes]:
    """Return the bytes of a file, or of the YAML files of a directory, by path, sorted.

    Raises ReadError for what can't be read, is empty or is too much.
    """
    if problem := reach_problem(path):
        raise ReadError(path, problem)
    found: Sequence[str] = tree.paths(path)
    if list(found) != [path]:
        # Another repository, whose path ends with a slash, is refused when it is read.
        found = [each for each in found if is_manifest(each) or each.endswith("/")]
        if not found:
            raise ReadError(path, "is no file and no directory with .yaml files", "Name one.")
    return _contents(tree, path, found)


def chart_files(tree: Tree, path: str) -> dict[str, bytes]:
    """Return the bytes of all files of a chart, or of its archive, by path; see `manifest_files`.

    Raises ReadError for a link too, which Helm would follow.
    """
    if problem := reach_problem(path):
        raise ReadError(path, problem)
    names = tree.paths(path)
    if not names:
        raise MissingError(path)
    return _contents(tree, path, names)


def _contents(tree: Tree, path: str, names: Sequence[str]) -> dict[str, bytes]:
    if len(names) > MAX_MEMBERS:
        raise ReadError(path, f"has more than {MAX_MEMBERS} files", "Name a directory with fewer.")
    files: dict[str, bytes] = {}
    for name in names:
        files[name] = tree.read(name, MAX_LARGE)
        if sum(map(len, files.values())) > MAX_UNPACKED:
            raise ReadError(
                path, f"has more than {MAX_UNPACKED} bytes", "Name a smaller directory."
            )
    return files


def checksum(files: Mapping[str, bytes], path: str) -> str:
    """Return the SHA-256 of what `manifest_files` returned for `path`.

    A file's is that of its bytes. A directory's is that of the lines that `sha256sum` prints for
    its files, sorted by path as seen from the directory: `<sha256>  <path>`.
    """
    import hashlib  # noqa: PLC0415 - it loads OpenSSL, and few repositories vendor manifests

    if path in files:
        return hashlib.sha256(files[path]).hexdigest()
    lines = (
        f"{hashlib.sha256(data).hexdigest()}  {name.removeprefix(f'{path}/')}\n"
        for name, data in sorted(files.items())
    )
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def read_lock(tree: Tree) -> Lock | None:
    """Return the lock file, None where there is none; raises ReadError and InputError."""
    if not tree.paths(LOCK):
        return None
    documents = read(tree.read(LOCK), LOCK, strict)
    return decode(documents[0], Lock) if documents else Lock()


def lock_problems(tree: Tree, path: str) -> Iterator[str]:
    """Yield where vendored manifests at `path` are not what the lock file says.

    Each completes the sentence `<path> ...`. Without a lock file, and for manifests that are not
    vendored, there is nothing to compare. Raises as `read_lock` and `manifest_files` do.
    """
    lock = read_lock(tree) if is_below(path, DIRECTORY) else None
    if lock is None:
        return
    entries = [each for each in lock.vendored if _overlap(each.path, path)]
    if not entries:
        yield f"is not in {LOCK}; run kure-hooks vendor"
    for each in entries:
        files = (chart_files if each.chart else manifest_files)(tree, each.path)
        found = checksum(files, each.path)
        if found != each.sha256:
            what = "" if each.path == path else f"has {each.path}, which "
            yield f"{what}is not what {LOCK} records: its sha256 is {found}, not {each.sha256}"


def is_manifest(path: str) -> bool:
    """Tell whether a file of a directory or an archive is taken: YAML with objects, by its name."""
    return path.endswith(_ENDINGS) and base_name(path) not in _NO_OBJECTS


def _overlap(one: str, other: str) -> bool:
    return is_below(one, other) or is_below(other, one)

"""The packages of every cluster as archives: what a source puts at its root."""

import zlib
from collections.abc import Mapping
from pathlib import Path

from kure_hooks.drift.compare import owner
from kure_hooks.errors import ReadError, UsageError
from kure_hooks.files.archive import FORMATS
from kure_hooks.files.descriptors import reported
from kure_hooks.files.mark import is_marked
from kure_hooks.files.paths import base_name
from kure_hooks.files.tree import WorkTree
from kure_hooks.files.unpacking import is_archive
from kure_hooks.files.writer import write_tree
from kure_hooks.operations.fleet import Fleet

_BLOCK = 512
_GZIP = 16 + zlib.MAX_WBITS
_MOST = 64 << 20


def archives(fleet: Fleet, ending: str) -> dict[str, bytes]:
    """Return an archive for each package by its file name, sorted; `ending` is one of FORMATS.

    `<cluster>.<ending>` is the default package, with paths as in the repository, which is where its
    objects look for them. `<cluster>.<package>.<ending>` has paths as below the package's own
    directory. Names of clusters and packages have no dot, so no two archives share a name.
    """
    pack = FORMATS[ending]
    return {f"{name}.{ending}": pack(files) for name, files in sorted(packages(fleet).items())}


def _is_package(tree: WorkTree, name: str) -> bool:
    """Tell whether a file is an archive with a generated file in it; its end is not looked at."""
    try:
        content = tree.read(name, _MOST)
    except ReadError:
        return False
    if is_archive(content):
        try:
            content = zlib.decompressobj(_GZIP).decompress(content, _MOST)
        except zlib.error:
            return False
    # The content of each member begins with a block of its own.
    return any(is_marked(content[at : at + _BLOCK]) for at in range(0, len(content), _BLOCK))


def packages(fleet: Fleet) -> dict[str, dict[str, bytes]]:
    """Return the files of each package as paths below its artifact root."""
    found: dict[str, dict[str, bytes]] = {}
    for path, data in fleet.files.items():
        cluster = base_name(owner(path, fleet.directories))
        root = fleet.artifacts.get(path)
        if root is None:
            found.setdefault(cluster, {})[path] = data
        else:
            name = f"{cluster}.{base_name(root)}"
            found.setdefault(name, {})[path.removeprefix(f"{root}/")] = data
    return found


def write(directory: Path, files: Mapping[str, bytes]) -> None:
    """Write the archives; the directory is made where needed, other files in it stay.

    Each archive is old or new at every moment. Raises UsageError before anything is written where a
    file is in the way that is no archive of kure-hooks, and as files.writer.replace does.
    """
    tree = WorkTree(directory)
    for name, data in files.items():
        if tree.holds(name, data) is False and not _is_package(tree, name):
            raise UsageError(
                f"{directory / name} is no archive of kure-hooks. Choose another --to."
            )
    with reported(f"can't make the directory {directory}"):
        directory.mkdir(parents=True, exist_ok=True)
    write_tree(directory, files)

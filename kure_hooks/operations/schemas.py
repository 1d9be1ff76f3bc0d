"""The schemas that manifests are validated by: their list, and their export for other programs."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from msgspec import Struct

from kure_hooks import stages
from kure_hooks.errors import UsageError
from kure_hooks.files.paths import is_below, parent
from kure_hooks.files.writer import write_tree
from kure_hooks.findings import Finding
from kure_hooks.operations.definitions import lock_faults, recorded
from kure_hooks.operations.workspace import Workspace
from kure_hooks.schemas.crds import DIRECTORY
from kure_hooks.schemas.export import MARK, Exporter
from kure_hooks.schemas.packed import Catalogue
from kure_hooks.validators import full_version
from kure_hooks.validators.definitions import Defined, of_tree

Kinds = dict[str, list[str]]
"""Kinds by their apiVersion, both sorted."""

_HEAD = 256


class Packed(Struct, frozen=True):
    """A released version of a project that comes with kure-hooks; `licence` is its SPDX name."""

    name: str
    version: str
    licence: str
    kinds: Kinds


class File(Struct, frozen=True, omit_defaults=True):
    """A file of the repository with CRDs; `sha256` is what the lock records of it."""

    path: str
    kinds: Kinds
    sha256: str = ""


class Listing(Struct, frozen=True):
    """All schemas for a version of Kubernetes, and why some CRDs can't be used."""

    kubernetes: str
    packed: list[Packed]
    vendored: list[File]
    repository: list[File]
    problems: list[str]


def listing(workspace: Workspace, kubernetes: str = "") -> Listing:
    """Return the schemas for a version of Kubernetes, by default that of the settings.

    `Listing.kubernetes` is the version that is packed nearest to it. Raises UsageError for a
    version that is none, InputError and ReadError for a lock that can't be read.
    """
    version = full_version(kubernetes or workspace.settings.validate.kubernetes)
    catalogue = Catalogue()
    defined, skipped = of_tree(workspace.tree)
    files = _by_file(defined)
    sums = {entry.path: entry.sha256 for entry in recorded(workspace.tree)}
    return Listing(
        kubernetes=catalogue.nearest(version),
        packed=_packed(catalogue, version),
        vendored=[
            File(path, kinds, sums.get(path, ""))
            for path, kinds in files.items()
            if is_below(path, DIRECTORY)
        ],
        repository=[
            File(path, kinds) for path, kinds in files.items() if not is_below(path, DIRECTORY)
        ],
        problems=[
            *(f"{one.subject}: {one.reason}" for one in skipped),
            *map(Finding.__str__, lock_faults(workspace.tree)),
        ],
    )


def _packed(catalogue: Catalogue, version: str) -> list[Packed]:
    kinds: dict[tuple[str, str, str], list[tuple[str, str]]] = defaultdict(list)
    for resource in catalogue.kinds(version):
        if source := catalogue.source(*resource, version):
            kinds[source].append(resource)
    return [Packed(*source, _grouped(resources)) for source, resources in kinds.items()]


def _by_file(defined: Iterable[Defined]) -> Mapping[str, Kinds]:
    files: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for one in defined:
        files[one.path].append((one.resource.api_version, one.resource.kind))
    return {path: _grouped(files[path]) for path in sorted(files)}


def _grouped(resources: Iterable[tuple[str, str]]) -> Kinds:
    kinds: Kinds = {}
    for api_version, kind in sorted(set(resources)):
        kinds.setdefault(api_version, []).append(kind)
    return kinds


@dataclass(frozen=True)
class Export:
    """The schemas that were written: their number, and the version of Kubernetes."""

    count: int
    kubernetes: str


def export(workspace: Workspace, directory: Path, kubernetes: str = "") -> Export:
    """Write the schemas of all kinds for a version of Kubernetes, by default the settings'.

    A file of a directory that is there is only written over when an earlier export has made it.
    Raises UsageError for a version that is not packed, and before anything is written for a file of
    somebody else.
    """
    version = full_version(kubernetes or workspace.settings.validate.kubernetes)
    packed = Catalogue().versions
    if version.rpartition(".")[0] not in packed:
        raise UsageError(
            f"the schemas of Kubernetes {version} are not packed. Choose one from {packed[0]} to "
            f"{packed[-1]} by --kubernetes."
        )
    if directory.exists() and not directory.is_dir():
        raise UsageError(f"{directory} is no directory. Name one, or a path where nothing is.")
    stages.enter("writing the schemas")
    files = dict(Exporter(version).files())
    for path in files:
        if _is_foreign(directory / path):
            raise UsageError(
                f"{directory / path} is not from an earlier export. Choose another directory."
            )
    for above in {parent(path) for path in files}:
        (directory / above).mkdir(parents=True, exist_ok=True)
    write_tree(directory, files)
    return Export(len(files), version)


def _is_foreign(file: Path) -> bool:
    """Tell whether somebody else has written what is at a path."""
    if not file.exists() and not file.is_symlink():
        return False
    if file.is_symlink() or not file.is_file():
        return True
    with file.open("rb") as stream:
        return MARK.encode() not in stream.read(_HEAD)

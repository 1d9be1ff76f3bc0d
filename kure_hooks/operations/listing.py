"""The schemas that manifests are validated by: packed ones, and those of CRDs in the repository."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from msgspec import Struct

from kure_hooks.files.paths import is_below
from kure_hooks.findings import Finding
from kure_hooks.operations.definitions import lock_faults, recorded
from kure_hooks.operations.workspace import Workspace
from kure_hooks.schemas.crds import DIRECTORY
from kure_hooks.schemas.packed import Catalogue
from kure_hooks.validators.definitions import Defined, of_tree
from kure_hooks.validators.interface import full_version

Kinds = dict[str, list[str]]
"""Kinds by their apiVersion, both sorted."""


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

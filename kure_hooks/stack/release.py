"""The release manifests of a GitOps tool, as `bootstrap.manifests` names them."""

from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct

from kure_hooks.decoding.objects import faults, items
from kure_hooks.errors import InputError, ReadError
from kure_hooks.files.paths import join_relative
from kure_hooks.files.tree import MAX_LARGE, Tree
from kure_hooks.files.unpacking import is_archive, unpack
from kure_hooks.findings import Finding, Location
from kure_hooks.manifests import Identity, Manifest, identity
from kure_hooks.stack.model import Cluster
from kure_hooks.stack.vendor_lock import checksum, is_manifest, lock_problems, manifest_files
from kure_hooks.yamlio import agreed, read
from kure_hooks.yamlio.document import key_path

_Placed = tuple[Manifest, Location]
"""An object, and where its document begins."""


class Release(Struct, frozen=True):
    """The objects of release manifests in the order of their files; nobody may change them.

    `places` are where the document of each object begins.
    """

    path: str
    manifests: tuple[Manifest, ...]
    places: tuple[Location, ...] = ()


class ChecksumError(ReadError):
    """Manifests are not those of the checksum in the stack."""


def read_release(tree: Tree, cluster: Cluster) -> Release | None:
    """Return the release that a cluster's bootstrap names; None for one that names none.

    Raises InputError for manifests that can't be read or are not those of the checksum.
    """
    bootstrap = cluster.bootstrap
    if not bootstrap.enabled or not bootstrap.release:
        return None
    try:
        return _release(tree, _inside(bootstrap.release), bootstrap.sha256)
    except ReadError as error:
        key = "sha256" if isinstance(error, ChecksumError) else "manifests"
        place = cluster.key("gitops", "bootstrap", key)
        raise InputError([place.fault(error.problem, error.expected, rule="ST013")]) from error


def objects(path: str, data: bytes) -> tuple[Manifest, ...]:
    """Return the objects of one file, which is YAML or a .tar.gz with YAML files.

    Raises ReadError for a bad archive, and InputError for what is no YAML or no object.
    """
    return tuple(manifest for manifest, _ in _placed(path, data))


def _placed(path: str, data: bytes) -> Sequence[_Placed]:
    if not is_archive(data):
        return _objects(path, data)
    inside = sorted(unpack(data, path).items())
    files = [(name, each) for name, each in inside if is_manifest(name)]
    if not files:
        raise ReadError(path, "is an archive without .yaml files", "Name one that has some.")
    return [one for name, each in files for one in _objects(f"{path}/{name}", each)]


def _inside(path: str) -> str:
    inside = join_relative("", path)
    if not inside:
        raise ReadError(path, "is no file or directory inside the repository", "Name one that is.")
    return inside


def _release(tree: Tree, path: str, wanted: str | None) -> Release:
    for problem in lock_problems(tree, path):
        raise ReadError(path, problem)
    files = manifest_files(tree, path)
    actual = checksum(files, path)
    if wanted and actual != wanted:
        raise ChecksumError(path, f"has the sha256 {actual}, not {wanted}")
    found = [each for name, data in files.items() for each in _placed(name, data)]
    release = Release(path, tuple(each for each, _ in found), tuple(at for _, at in found))
    _refuse_repeats(release)
    return release


# Clusters share releases, and reading one takes longer than generating a small cluster.
@lru_cache(maxsize=8)
def _objects(path: str, data: bytes) -> Sequence[_Placed]:
    documents = read(data, path, agreed, most=MAX_LARGE)
    found = [
        Finding(document.at(*pointer), key_path(pointer), problem, expected, rule="KO001")
        for document in documents
        for pointer, problem, expected in faults(document.value)
    ]
    if found:
        raise InputError(found)
    return [(each, document.at()) for document in documents for _, each in items(document.value)]


def _refuse_repeats(release: Release) -> None:
    """Refuse several releases in one directory, which share nearly all of their objects."""
    first: dict[Identity, Location] = {}
    repeated = []
    for manifest, at in zip(release.manifests, release.places, strict=True):
        who = identity(manifest)
        if who in first:
            repeated.append((at, f"{who} is also at {first[who]}"))
        first.setdefault(who, at)
    if repeated:
        at, problem = repeated[0]
        more = f", like {len(repeated) - 1} others" if repeated[1:] else ""
        expected = "Give the manifests of one release."
        raise InputError([Finding(at, "", f"{problem}{more}", expected, rule="ST014")])

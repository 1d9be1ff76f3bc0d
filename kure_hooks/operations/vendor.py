"""Taking release manifests and charts into the repository, with their checksum in a lock file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from msgspec import to_builtins

from kure_hooks.apps.helm.charts import METADATA, ChartFiles, read_chart
from kure_hooks.drift.result import Holding
from kure_hooks.errors import ReadError, UsageError
from kure_hooks.files.lock import exclusive
from kure_hooks.files.memory import MemoryTree
from kure_hooks.files.paths import base_name, is_below, path_problem
from kure_hooks.files.tree import MAX_LARGE, WorkTree
from kure_hooks.files.unpacking import is_archive, unpack
from kure_hooks.files.writer import write_tree
from kure_hooks.manifests import Manifest, without_empty
from kure_hooks.operations.generate import lock_file
from kure_hooks.operations.keeping import holdings
from kure_hooks.operations.workspace import Workspace
from kure_hooks.stack.release import objects
from kure_hooks.stack.vendor_lock import (
    DIRECTORY,
    LOCK,
    Entry,
    Lock,
    chart_files,
    checksum,
    is_manifest,
    manifest_files,
    read_lock,
)
from kure_hooks.yamlio import dump

_HEAD = "# Written by kure-hooks vendor: the checksums of release manifests.\n"


@dataclass(frozen=True)
class Vendored:
    """A record of a release or a chart: its path in the repository, its checksum and content.

    `objects` is the number of objects of a release, `chart` name and version of a chart.
    """

    path: str
    sha256: str
    objects: int = 0
    chart: str = ""

    @property
    def content(self) -> str:
        """The content in words."""
        return f"chart {self.chart}" if self.chart else f"{self.objects} objects"


def vendor(workspace: Workspace, given: Path, name: str = "", sha256: str = "") -> Vendored:
    """Copy a manifest file, a .tar.gz or a directory's YAML files below vendor/ and lock them.

    An archive or a directory with a Chart.yaml is a chart, all of whose files are copied. `name` is
    the path below vendor/, by default the given one's own name; the manifests that were recorded
    under it before are replaced, other files stay. Raises UsageError for a bad name, another
    checksum than `sha256`, a path that is taken or recorded manifests that were edited since,
    ReadError for what can't be read and InputError for what is no manifest.
    """
    target = _target(name or given.resolve().name)
    real = given.resolve()
    is_chart = (real / METADATA).is_file() or (real.is_file() and _holds_chart(real))
    files = _renamed(_files(given, is_chart=is_chart), real.name, target)
    found = checksum(files, target)
    if sha256 and found != sha256.lower():
        raise UsageError(
            f"{given} has the sha256 {found}, not {sha256}. Download it again, or correct --sha256."
        )
    if is_chart:
        chart = read_chart(MemoryTree(files), target)
        record(workspace, {target: files}, {target: chart})
        return Vendored(target, found, chart=f"{chart.name} {chart.version}")
    count = sum(len(objects(path, data)) for path, data in files.items())
    record(workspace, {target: files})
    return Vendored(target, found, count)


def _holds_chart(archive: Path) -> bool:
    """Tell whether a file is an archive with a chart in its only directory."""
    try:
        data = WorkTree(archive.parent).read(archive.name, MAX_LARGE)
        names = unpack(data, archive.name) if is_archive(data) else {}
    except ReadError:
        return False
    return any(name.count("/") == 1 and base_name(name) == METADATA for name in names)


def record(
    workspace: Workspace,
    releases: Mapping[str, Mapping[str, bytes]],
    charts: Mapping[str, ChartFiles] = MappingProxyType({}),
) -> None:
    """Write manifests below vendor/ and their checksums into the lock.

    `releases` has the files of each path to record, by their own paths; what was recorded under it
    before is replaced. `charts` are those of the paths that are charts. Raises UsageError for a
    path that is taken and recorded manifests that were edited since.
    """
    with exclusive(lock_file(workspace)):
        tree = workspace.present
        lock = read_lock(tree) or Lock()
        entries = {entry.path: entry for entry in lock.vendored}
        written: dict[str, bytes] = {}
        removed: list[str] = []
        for target, files in releases.items():
            chart = charts.get(target)
            before = _before(workspace, tree, lock, target, files)
            _refuse_others(tree, before, files)
            entries[target] = Entry(
                path=target,
                sha256=checksum(files, target),
                chart=chart.name if chart else None,
                version=chart.version if chart else None,
            )
            removed += [path for path in before if path not in files]
            written.update(files)
        text = _HEAD + dump({"vendored": [_written(entries[path]) for path in sorted(entries)]})
        write_tree(workspace.root, {**written, LOCK: text.encode()}, removed)


def _written(entry: Entry) -> Manifest:
    return without_empty(to_builtins(entry))


def _target(name: str) -> str:
    target = f"{DIRECTORY}/{name}"
    problem = path_problem(target)
    if problem is None and target == LOCK:
        problem = "is the lock file"
    if problem:
        raise UsageError(f"{target} {problem}. Name another path below {DIRECTORY} with --as.")
    return target


def _files(given: Path, *, is_chart: bool) -> dict[str, bytes]:
    """Return the given bytes by their path, which begins with the given one's own name."""
    real = given.resolve()
    if not real.exists():
        raise UsageError(f"{given} is not there. Correct the path.")
    try:
        return (chart_files if is_chart else manifest_files)(WorkTree(real.parent), real.name)
    except ReadError as error:
        raise UsageError(error.named(str(given))) from error


def _renamed(files: Mapping[str, bytes], name: str, target: str) -> dict[str, bytes]:
    renamed = {f"{target}{path.removeprefix(name)}": data for path, data in files.items()}
    for path in renamed:
        if problem := path_problem(path):
            raise UsageError(f"{path} {problem}. Name another path with --as.")
    return renamed


def _before(
    workspace: Workspace, tree: WorkTree, lock: Lock, target: str, files: Mapping[str, bytes]
) -> list[str]:
    """Return the manifests that were recorded as `target`; others in its place are not touched."""
    nested = [
        each.path
        for each in lock.vendored
        if each.path != target and (is_below(each.path, target) or is_below(target, each.path))
    ]
    if nested:
        raise UsageError(f"{target} and {nested[0]} overlap. Name another path with --as.")
    present = list(tree.paths(target))
    recorded = next((each for each in lock.vendored if each.path == target), None)
    if not recorded and any(not tree.holds(each, files.get(each, b"")) for each in present):
        raise UsageError(
            f"{target} is there and not in {LOCK}. Remove it, or name another path with --as."
        )
    if not recorded or not present:
        return present
    manifests = [each for each in present if recorded.chart or each == target or is_manifest(each)]
    content = {manifest: tree.read(manifest, MAX_LARGE) for manifest in manifests}
    if checksum(content, target) != recorded.sha256 and content != files:
        _refuse_edited(workspace, target, manifests)
    return manifests


def _refuse_edited(workspace: Workspace, target: str, manifests: Sequence[str]) -> None:
    where = holdings(workspace, manifests)
    lost = [path for path in manifests if where[path] is not Holding.COMMITTED]
    if lost:
        raise UsageError(
            f"{target} is not what {LOCK} records, and git does not hold {lost[0]}. "
            "Commit it, or move it away."
        )


def _refuse_others(tree: WorkTree, before: Sequence[str], files: Mapping[str, bytes]) -> None:
    """Refuse to write over what was not recorded, such as a link or notes with another ending."""
    for path in files.keys() - set(before):
        if tree.holds(path, files[path]) is False:
            raise UsageError(f"{path} is there and was not recorded. Move it away.")

"""Taking CRDs into the repository, so that they judge its custom resources."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kure_hooks.errors import InputError, ReadError, UsageError
from kure_hooks.files.paths import is_below
from kure_hooks.files.tree import MAX_LARGE, Tree, WorkTree
from kure_hooks.files.unpacking import MAX_MEMBERS, MAX_UNPACKED
from kure_hooks.findings import Finding, Location, Severity
from kure_hooks.manifests import value_at
from kure_hooks.objects.written import ENDINGS, Object, load
from kure_hooks.operations.workspace import Workspace
from kure_hooks.schemas.crds import DIRECTORY, has_crds
from kure_hooks.schemas.definitions import KIND, definitions
from kure_hooks.stack.vendor_lock import LOCK, Entry, Lock, checksum, manifest_files, read_lock
from kure_hooks.validators import Job
from kure_hooks.validators.embedded import Embedded
from kure_hooks.yamlio import dump

# A name of DNS, as plural and group of a CRD together are one.
_NAME = re.compile(r"(?=.{1,240}\Z)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+")
_NOTHING = (
    "holds no CustomResourceDefinition. Name a file or a directory that does, or - for standard"
    " input"
)


@dataclass(frozen=True, slots=True)
class Added:
    """A CRD in its new place: its path, its checksum and the kinds that it defines."""

    path: str
    sha256: str
    kinds: tuple[str, ...]


def add(workspace: Workspace, given: Mapping[str, bytes]) -> list[Added]:
    """Write each CRD of some files below vendor/schemas, and its checksum into the lock.

    Objects of other kinds are left out, and so is a CRD's status. Raises InputError for what can't
    be read or what the API server would refuse of a CRD, and UsageError for a file without any, or
    a CRD that was edited since it was recorded.
    """
    files: dict[str, dict[str, bytes]] = {}
    added = []
    for path, subject in sorted(_named(workspace, given).items()):
        manifest = {key: part for key, part in subject.manifest.items() if key != "status"}
        files[path] = {path: dump(manifest).encode()}
        kinds = sorted(f"{made.api_version} {made.kind}" for made in definitions(manifest))
        added.append(Added(path, checksum(files[path], path), tuple(kinds)))
    from kure_hooks.operations.vendor import record  # noqa: PLC0415 - validating records nothing

    record(workspace, files)
    return added


def read_given(paths: Iterable[Path], given: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files to take CRDs from, by the names that people gave them, beside `given`.

    Of a directory these are the files below it that may hold a CRD. Raises UsageError for what is
    not there or can't be read, holds no CRD or is too much.
    """
    files = dict(given)
    for path in paths:
        files.update(_read(path))
    if sum(map(len, files.values())) > MAX_UNPACKED:
        raise UsageError(f"These files have more than {MAX_UNPACKED} bytes. Name fewer.")
    for name, data in files.items():
        if not has_crds(data):
            raise UsageError(f"{name} {_NOTHING}.")
    return files


def recorded(tree: Tree) -> tuple[Entry, ...]:
    """Return what the lock has below vendor/schemas; nothing where another repository is there.

    Raises InputError and ReadError for a lock that can't be read.
    """
    if _present(tree) is None:
        return ()
    lock = read_lock(tree) or Lock()
    return tuple(entry for entry in lock.vendored if is_below(entry.path, DIRECTORY))


def lock_faults(tree: Tree) -> Iterator[Finding]:
    """Yield the CRDs below vendor/schemas that are not what the lock records.

    Raises InputError and ReadError for a lock that can't be read.
    """
    entries = recorded(tree)
    for entry in entries:
        if problem := _problem(tree, entry):
            is_there = bool(tree.paths(entry.path))
            more = f"run kure-hooks schemas add {entry.path}" if is_there else "take out its entry"
            expected = f"Get it back from git, or {more}."
            yield Finding(Location(entry.path), "", problem, expected, rule="VA019")
    for path in filter(_is_file, _present(tree) or ()):
        if not any(is_below(path, entry.path) for entry in entries):
            expected = f"Remove it, or run kure-hooks schemas add {path}."
            yield Finding(Location(path), "", f"this is not in {LOCK}", expected, rule="VA019")


def _present(tree: Tree) -> Sequence[str] | None:
    """Return the files below vendor/schemas; None where that is in another repository."""
    try:
        return tree.paths(DIRECTORY)
    except ReadError:  # a submodule: nobody reads CRDs there
        return None


def _problem(tree: Tree, entry: Entry) -> str:
    """Return what is wrong with what the lock records; empty if nothing is."""
    if not tree.paths(entry.path):
        return f"{LOCK} records this, but it is not there"
    try:
        actual = checksum(manifest_files(tree, entry.path), entry.path)
    except ReadError as error:
        return f"it {error.reason}"
    if actual == entry.sha256:
        return ""
    return f"its sha256 is {actual}, not {entry.sha256} as in {LOCK}"


def _is_file(path: str) -> bool:
    return path.lower().endswith(ENDINGS)


def _read(path: Path) -> dict[str, bytes]:
    if not path.is_dir():
        try:
            with path.open("rb") as file:
                return {str(path): file.read(MAX_LARGE + 1)}
        except OSError as error:
            raise UsageError(
                f"{path} can't be read: {error.strerror}. Name another file."
            ) from error
    tree = WorkTree(path.resolve())
    names = list(filter(_is_file, tree.paths()))
    if len(names) > MAX_MEMBERS:
        raise UsageError(f"{path} has more than {MAX_MEMBERS} files. Name a directory with fewer.")
    files = {}
    for name in names:
        try:
            data = tree.read(name, MAX_LARGE)
        except ReadError as error:
            if tree.link(name) is not None:
                continue
            raise UsageError(error.named(f"{path}/{name}")) from error
        if has_crds(data):
            files[f"{path}/{name}"] = data
    if not files:
        raise UsageError(f"{path} {_NOTHING}.")
    return files


def _named(workspace: Workspace, given: Mapping[str, bytes]) -> dict[str, Object]:
    """Return the CRDs of files by the paths that they get."""
    named: dict[str, Object] = {}
    findings: list[Finding] = []
    for name, data in given.items():
        try:
            subjects = load(name, data, partly=True).objects
        except InputError as error:
            findings += error.findings
            continue
        crds = [subject for subject in subjects if subject.kind == KIND]
        if not crds:
            raise UsageError(f"{name} {_NOTHING}.")
        for subject in crds:
            findings += _take(subject, named)
    job = Job(files={}, kubernetes=workspace.settings.validate.kubernetes)
    verdict = Embedded().judge(list(named.values()), job)
    findings += (fault for fault in verdict.findings if fault.severity is Severity.ERROR)
    if findings:
        raise InputError(findings)
    return named


def _take(subject: Object, named: dict[str, Object]) -> Iterator[Finding]:
    """Note a CRD by its path; yield why it can't have one, or shares it with another."""
    spec = value_at(subject.manifest, "spec")
    name = f"{value_at(spec, 'names', 'plural')}.{value_at(spec, 'group')}"
    if not _NAME.fullmatch(name) or subject.name != name:
        problem = "the name of a CRD is <plural>.<group>, both as in its spec"
        yield subject.finding(("metadata", "name"), problem, "such as widgets.example.com", "VA004")
        return
    if not any(definitions(subject.manifest)):
        problem = "this CRD has no version with a schema"
        yield subject.finding(("spec", "versions"), problem, "openAPIV3Schema", "VA004")
        return
    first = named.setdefault(f"{DIRECTORY}/{name}.yaml", subject)
    if first is not subject and first.manifest != subject.manifest:
        there = first.at("metadata", "name")
        problem = f"{there} has another version of this CRD"
        yield subject.finding(("metadata", "name"), problem, "Name each CRD once.", "VA106")

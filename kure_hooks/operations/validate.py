"""Validating manifests as the API server would."""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from kure_hooks import config, stages
from kure_hooks.errors import ReadError, ToolError, UsageError
from kure_hooks.files.memory import OverlaidTree
from kure_hooks.files.tree import MAX_LARGE, Tree
from kure_hooks.findings import Finding, Location, Severity, Skipped
from kure_hooks.kustomize.files import directories
from kure_hooks.objects.scanning import (
    left_out,
    may_hold_objects,
    scanned_files,
    templates_of_charts,
)
from kure_hooks.objects.written import ENDINGS
from kure_hooks.operations.base import at_base, without_known
from kure_hooks.operations.workspace import Workspace
from kure_hooks.outcome import Failure, Outcome
from kure_hooks.repository import checkouts
from kure_hooks.stack.vendor_lock import DIRECTORY
from kure_hooks.validators import Built, Job, validator
from kure_hooks.yamlio.plain import plain_faults, unfilled

if TYPE_CHECKING:  # files that are named need no stack
    from kure_hooks.operations.fleet import Fleet

STANDARD_INPUT = "-"
"""The path that stands for what is read from standard input."""

_NOTHING = Failure(
    ToolError.exit_code,
    "no object was validated. Name files that hold Kubernetes objects, and have schemas for their "
    "kinds.",
)
_NAME_OF_INPUT = "stdin"


class Choice(Struct, frozen=True):
    """The manifests to validate, and the way to do it.

    `paths` are files and directories of the repository, or `-` for standard input; none stands for
    what the stacks generate and the payloads of this repository that they name, or for the whole
    repository where it has no stack. `schemas` are directories, and files of CRDs, that go before
    all other schemas. `backend` is the name of a validator. `kubernetes` is a version that goes
    before the settings'; empty for theirs. `changed` is a revision whose findings are left out.
    """

    paths: Sequence[str] = ()
    schemas: Sequence[Path] = ()
    backend: str = "embedded"
    kubernetes: str = ""
    changed: str = ""


class Files(Struct, frozen=True):
    """The files to validate.

    `scanned` are those that nobody has named one by one, and `unread` tells of those that can't be
    read, and what is wrong with those that hold no objects. `builds` are the objects that come to a
    cluster in the place of files that are not here.
    """

    content: Mapping[str, bytes]
    scanned: frozenset[str] = frozenset()
    unread: tuple[Finding, ...] = ()
    builds: Built = field(default_factory=Built)

    def __add__(self, other: "Files") -> "Files":
        """Return all files of both."""
        return Files(
            {**self.content, **other.content},
            self.scanned | other.scanned,
            (*self.unread, *other.unread),
            self.builds + other.builds,
        )


def validate(workspace: Workspace, choice: Choice) -> Outcome:
    """Validate what is chosen.

    The outcome is a failure where no object was validated at all. Raises UsageError and ToolError
    as validators do, and InputError where the settings name schemas that are not there.
    """
    if choice.changed and STANDARD_INPUT in choice.paths:
        raise UsageError(
            "--changed can't be used with standard input, which has no earlier version. Name files."
        )
    outcome = _validated(workspace, choice)
    if not (choice.changed and outcome.findings):
        return outcome
    before = at_base(workspace, choice.changed, lambda past: _findings_at(past, choice))
    return without_known(outcome, before)


def _findings_at(past: Workspace, choice: Choice) -> Sequence[Finding]:
    """Return the findings of a revision, which need not have all of the paths."""
    named = zip(choice.paths, _named(past, choice.paths), strict=True)
    paths = [path for path, inside in named if past.tree.paths(inside)]
    if choice.paths and not paths:
        return ()
    return _validated(past, replace(choice, paths=paths)).findings


def _validated(workspace: Workspace, choice: Choice) -> Outcome:
    config.refuse_absent_locations(workspace.settings, workspace.tree, workspace.config)
    files = _files(workspace, choice.paths)
    stages.enter("validating the manifests")
    settings = workspace.settings.validate
    job = Job(
        files=files.content,
        scanned=files.scanned,
        kubernetes=choice.kubernetes or settings.kubernetes,
        schemas=tuple(directory.absolute() for directory in choice.schemas),
        tree=workspace.tree,
        locations=settings.schema_locations,
        checkouts=checkouts(workspace.root),
        unknown=settings.unknown,
        built=files.builds.sources,
        origin=lambda: workspace.origin,
    )
    verdict = validator(choice.backend).validate(job)
    told = {finding.at for finding in verdict.findings if finding.severity is Severity.ERROR}
    failures = (failure for failure in files.builds.findings if failure.at not in told)
    others = (*files.unread, *_lock_faults(workspace.tree), *failures)
    findings = _distinct((*others, *verdict.findings))
    return Outcome(
        command="validate",
        findings=findings,
        skipped=tuple(sorted({*files.builds.skipped, *verdict.skipped})),
        checked=verdict.checked,
        schemas=dict(verdict.judges),
        failure=None if verdict.checked or findings else _NOTHING,
    )


def _distinct(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings sorted, and of those that say the same of several objects the first."""
    by_words = {
        (str(finding), finding.severity, finding.rule): finding
        for finding in sorted(findings, reverse=True)
    }
    return tuple(sorted(by_words.values()))


def _lock_faults(tree: Tree) -> Iterator[Finding]:
    """Yield the CRDs of the repository that are not what was recorded of them."""
    try:
        vendored = tree.paths(DIRECTORY)
    except ReadError:
        return  # the directory is another repository, so nothing was recorded here
    if vendored:
        from kure_hooks.operations.definitions import lock_faults  # noqa: PLC0415 - few vendor any

        yield from lock_faults(tree)


def _files(workspace: Workspace, paths: Sequence[str]) -> Files:
    """Return what is named, else what the stacks apply, else all of a repository without any."""
    if not paths and (applied := _applied(workspace)):
        return applied
    named = _named(workspace, [path for path in paths or ["."] if path != STANDARD_INPUT])
    files = _given(workspace, named)
    if STANDARD_INPUT not in paths:
        return files
    given = sys.stdin.buffer.read(MAX_LARGE + 1)
    return replace(files, content={**files.content, _NAME_OF_INPUT: given})


def _applied(workspace: Workspace) -> Files | None:
    """Return what the stacks generate and the payloads that they name, None without any stack.

    Generated kustomizations that only list files need no build.
    """
    from kure_hooks.operations import fleet  # noqa: PLC0415 - files that are named need no stack

    if not fleet.find(workspace.tree, workspace.settings):
        return None
    from kure_hooks.operations.check import produce  # noqa: PLC0415

    made = produce(workspace, ())
    generated = made.files
    changed = _changed(workspace, made)
    tree = OverlaidTree(generated, workspace.tree)
    places = [path for path in directories(generated) if path not in changed.directories]
    builds = changed + _built(workspace, tree, places, plain=False)
    files = Files(_without(_objects(generated), builds.taken), builds=builds)
    return files + _given(workspace, made.payloads, changed) if made.payloads else files


def _changed(workspace: Workspace, made: "Fleet") -> Built:
    """Return the objects that the generated Kustomizations and Applications change."""
    from kure_hooks.gitops.changing import may_change  # noqa: PLC0415 - as above

    if not may_change(made.files.values()):
        return Built()
    from kure_hooks.gitops.applied import applied  # noqa: PLC0415 - as above

    return applied(made.over(workspace.tree), workspace.origin, made.files.keys())


def _built(workspace: Workspace, tree: Tree, places: Sequence[str], *, plain: bool = True) -> Built:
    if not places:
        return Built()
    from kure_hooks.validators.builds import built  # noqa: PLC0415 - few files are kustomize's

    return built(tree, places, checkouts(workspace.root), plain=plain)


def _given(workspace: Workspace, paths: Sequence[str], known: Built | None = None) -> Files:
    """Return the named files, and those of the named directories that may hold objects.

    Of paths that a controller reads it is `known` what comes to a cluster in another way, and is
    not among the files; elsewhere templates, which nobody has filled in, are left out.
    """
    tree = workspace.tree
    named, scanned, templates = set(), set(), set()
    for path in paths:
        found = list(tree.paths(path))
        if not found:
            raise UsageError(f"{path or 'the repository'} holds no file. Name one that is there.")
        if found == [path]:
            named.add(path)
        else:
            scanned |= scanned_files(path, found)
            templates |= templates_of_charts(found)
    content, unread = {}, []
    for path in sorted(named | scanned | templates):
        try:
            content[path] = tree.read(path, MAX_LARGE)
        except ReadError as error:
            if path in named or (path in scanned and tree.link(path) is None):
                unread.append(
                    Finding(Location(path), "", f"it {error.reason}", error.expected, rule="VA001")
                )
    others = known or Built()
    places = [path for path in directories(scanned) if path not in others.directories]
    builds = _built(workspace, tree, places)
    taken = others.taken | builds.taken
    objects = _without(_objects(content), taken) if scanned else {}
    chosen = {
        path: data
        for path, data in content.items()
        if path in named or (path in objects and path in scanned and may_hold_objects(data))
    }
    for path, data in content.items():
        if path not in chosen and not (path in taken and may_hold_objects(data)):
            unread += plain_faults(data, path, most=MAX_LARGE)
    files = Files(chosen, frozenset(scanned - named), tuple(unread), builds)
    return files if known else _filled_in(files, left_out(templates))


def _filled_in(files: Files, skipped: Sequence[Skipped]) -> Files:
    """Return files without the templates among them, which are told, and with more skips."""
    templates = {
        path: fault
        for path in files.scanned & files.content.keys()
        if (fault := unfilled(files.content[path], path, most=MAX_LARGE))
    }
    return Files(
        _without(files.content, templates.keys()),
        files.scanned,
        (*files.unread, *templates.values()),
        files.builds + Built(skipped=tuple(skipped)),
    )


def _named(workspace: Workspace, paths: Sequence[str]) -> Sequence[str]:
    try:
        return workspace.named(paths)
    except UsageError as error:
        raise UsageError(f"{error} Or pipe the file in: kure-hooks validate - < FILE") from None


def _without(files: Mapping[str, bytes], taken: AbstractSet[str]) -> dict[str, bytes]:
    return {path: data for path, data in files.items() if path not in taken}


def _objects(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files that may hold Kubernetes objects: without what kustomize reads as data."""
    from kure_hooks.operations.data import data  # noqa: PLC0415 - named files are none

    without = data(files)
    return {
        path: content
        for path, content in files.items()
        if path.lower().endswith(ENDINGS) and path not in without
    }

"""Changes of the generated output between two versions of the repository."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from msgspec import structs
from msgspec.structs import replace

from kure_hooks import config
from kure_hooks.drift.compare import owner
from kure_hooks.drift.kinds import Kind
from kure_hooks.drift.result import FileChange
from kure_hooks.engines.annotations import KUSTOMIZE, opts_out
from kure_hooks.errors import InputError, UsageError
from kure_hooks.files.mark import is_marked
from kure_hooks.files.memory import MemoryTree
from kure_hooks.files.paths import is_below
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding, Location
from kure_hooks.manifests import Identity, Manifest, kind_of, same, text_at, value_at
from kure_hooks.objects.written import ENDINGS, Object, address_faults, written
from kure_hooks.operations import fleet
from kure_hooks.operations.explaining import explained
from kure_hooks.operations.fleet import Fleet
from kure_hooks.operations.workspace import Workspace
from kure_hooks.origin import Origin
from kure_hooks.outcome import ClusterView, Outcome
from kure_hooks.repository import RevisionTree, merge_base
from kure_hooks.validators.interface import Job, Verdict
from kure_hooks.yamlio import Document

_HERE = {"worktree": "work tree", "index": "index"}
_NOTHING = Verdict((), (), 0)
_SYNC_OPTIONS = "argocd.argoproj.io/sync-options"


def diff(workspace: Workspace, base: str, *, from_merge_base: bool = False) -> Outcome:
    """Return how what the workspace's version generates differs from what `base` generates.

    Each version is generated with its own settings. With `from_merge_base` the first version is
    where both parted, so that what only happened on `base` since then is left out. A cluster that
    only one version has is one summary, whatever it holds. Findings are the warnings that `base`
    does not have, and the changes that the API server would refuse. Raises UsageError without git
    or for an unknown revision, and InputError for faulty stacks, which of `base` are named with it.
    """
    if not workspace.git:
        raise UsageError(
            "diff compares git revisions, and there is no git repository here. Run it in one."
        )
    head = workspace.source if workspace.source not in _HERE else "HEAD"
    start = merge_base(workspace.root, base, head) if from_merge_base else base
    before = _generated_at(workspace, start, base)
    after = fleet.generate(
        workspace.tree, workspace.settings, (), workspace.jobs, workspace.progress
    )
    of_settings = config.without_effect(workspace.settings, workspace.tree, workspace.config)
    refused = _refusals(before, after, workspace)
    return Outcome(
        command="diff",
        findings=tuple(
            sorted({*_new(before.warnings, (*of_settings, *after.warnings)), *refused.findings})
        ),
        skipped=tuple(sorted({*after.skipped, *refused.skipped})),
        drift=tuple(_explained(workspace, before, after)),
        clusters=_views(before, after),
        sides=(base, _HERE.get(workspace.source, workspace.source)),
    )


def _generated_at(workspace: Workspace, revision: str, name: str) -> Fleet:
    tree: Tree = RevisionTree(workspace.root, revision, fetches=True)
    try:
        settings = config.load(tree)
        generated = fleet.generate(tree, settings, (), workspace.jobs)
    except InputError as error:
        raise InputError(_of_revision(finding, name) for finding in error.findings) from error
    warnings = (*config.without_effect(settings, tree), *generated.warnings)
    return replace(generated, warnings=warnings)


def _of_revision(finding: Finding, name: str) -> Finding:
    at = Location(f"{name}:{finding.at.path}", finding.at.line, finding.at.column)
    return replace(finding, at=at)


def _new(before: Iterable[Finding], after: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings that only the second version has; lines may have moved."""
    known = {(each.at.path, each.key, each.problem, each.expected) for each in before}
    return tuple(
        finding
        for finding in after
        if (finding.at.path, finding.key, finding.problem, finding.expected) not in known
    )


def _explained(workspace: Workspace, before: Fleet, after: Fleet) -> list[FileChange]:
    return explained(
        list(changes(before, after)),
        MemoryTree(before.files),
        after.files,
        before.origins | after.origins,
        workspace.settings.drift,
    )


def changes(before: Fleet, after: Fleet) -> Iterator[FileChange]:
    """Yield the files of the clusters that both versions have."""
    shared = before.directories.keys() & after.directories.keys()
    for path in sorted(before.files.keys() | after.files.keys()):
        old, new = before.files.get(path), after.files.get(path)
        directory = owner(path, after.directories if new is not None else before.directories)
        if old == new or directory not in shared:
            continue
        kind = Kind.ADDED if old is None else Kind.REMOVED if new is None else Kind.CHANGED
        yield FileChange(kind, path, directory, after.directories[directory])


def _views(before: Fleet, after: Fleet) -> tuple[ClusterView, ...]:
    views = []
    for view in after.views():
        state = "" if view.directory in before.directories else "added"
        views.append(structs.replace(view, state=state))
    gone = (view for view in before.views() if view.directory not in after.directories)
    views += [structs.replace(view, state="removed") for view in gone]
    return tuple(sorted(views, key=lambda view: view.directory))


@dataclass(frozen=True, slots=True)
class _Held:
    """An object and the generated file that holds it."""

    path: str
    subject: Object


_Key = tuple[str, Identity]
"""The directory of a cluster and the identity of an object."""


def _refusals(before: Fleet, after: Fleet, workspace: Workspace) -> Verdict:
    """Return what the API server would refuse of the changes from one version to another.

    A finding stands where the object is asked for. Objects that their tool makes again when a
    change is refused have none. Nothing is judged where `validate.onGenerate` is false.
    """
    settings = workspace.settings.validate
    if not settings.on_generate:
        return _NOTHING
    config.refuse_absent_locations(workspace.settings, workspace.tree, workspace.config)
    changed = list(_changed(before, after))
    if not changed:
        return _NOTHING
    from kure_hooks.validators.changes import Change, refused  # noqa: PLC0415 - few runs need it

    kept = _Replaced(after)
    job = Job(
        files={},
        kubernetes=settings.kubernetes,
        tree=workspace.tree,
        locations=settings.schema_locations,
    )
    return refused(
        [
            Change(old.subject, _placed(new, after.origins))
            for old, new in changed
            if not kept.replaces(new)
        ],
        job,
    )


def _changed(before: Fleet, after: Fleet) -> Iterator[tuple[_Held, _Held]]:
    """Yield both versions of each object that differs."""
    shared = before.directories.keys() & after.directories.keys()
    old = _held(before, after.files, shared)
    for key, new in _held(after, before.files, shared).items() if old else ():
        former = old.get(key)
        if former and not same(former.subject.manifest, new.subject.manifest):
            yield former, new


def _held(fleet: Fleet, others: Mapping[str, bytes], clusters: set[str]) -> dict[_Key, _Held]:
    """Return the objects of the files that the other version does not have as they are."""
    objects: dict[_Key, _Held] = {}
    for path, data in fleet.files.items():
        directory = owner(path, fleet.directories)
        if others.get(path) == data or directory not in clusters or not _is_manifest(path, data):
            continue
        try:
            subjects = written(path, data)
        except InputError:
            continue  # nobody knows what a file holds that is no YAML
        for subject in subjects:
            if subject.who and not any(address_faults(subject)):
                objects[directory, subject.who] = _Held(path, subject)
    return objects


def _is_manifest(path: str, data: bytes) -> bool:
    """Tell whether the objects of a file come to a cluster; extra files may look like some."""
    return path.endswith(ENDINGS) and is_marked(data)


def _placed(held: _Held, origins: Mapping[str, Origin]) -> Object:
    """Return an object, all parts of which stand where its file is asked for."""
    origin = origins.get(held.path)
    if origin is None:
        return held.subject
    at, manifest = origin.at, held.subject.manifest
    return Object(Document(at.path, manifest, at.line - 1, at.column - 1, {}), (), manifest)


class _Replaced:
    """The objects that a GitOps tool deletes and makes again when their change is refused."""

    def __init__(self, fleet: Fleet) -> None:
        self._places = dict(_applied(fleet))

    def replaces(self, held: _Held) -> bool:
        """Tell whether an object is made again: it says so, or the Kustomization that applies it.

        The sources are Flux 2.9 (the annotation `force` and spec.force) and Argo CD 3.5 (the sync
        option Force).
        """
        manifest = held.subject.manifest
        if opts_out(manifest, "force", "enabled") or _is_forced(manifest):
            return True
        places = [place for place in self._places if is_below(held.path, place)]
        return bool(places) and self._places[max(places, key=len)]


def _is_forced(manifest: Manifest) -> bool:
    options = text_at(manifest, "metadata", "annotations", _SYNC_OPTIONS).split(",")
    return "Force=true" in (option.strip() for option in options)


def _applied(fleet: Fleet) -> Iterator[tuple[str, bool]]:
    """Yield the directories that Flux Kustomizations apply, and whether with force."""
    word = KUSTOMIZE.encode()
    if not any(b"force: true" in data and word in data for data in fleet.files.values()):
        return
    for path, data in fleet.files.items():
        for subject in written(path, data) if word in data and _is_manifest(path, data) else ():
            if kind_of(subject.manifest) == (KUSTOMIZE, "Kustomization"):
                place = text_at(subject.manifest, "spec", "path").removeprefix("./").strip("/")
                yield place, value_at(subject.manifest, "spec", "force") is True

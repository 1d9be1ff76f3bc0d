"""Changes of the generated objects that the API server would refuse, as controllers send them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from msgspec import structs

from kure_hooks import config
from kure_hooks.drift.compare import owner
from kure_hooks.engines.annotations import KUSTOMIZE, is_made_again
from kure_hooks.errors import InputError
from kure_hooks.files.mark import is_marked
from kure_hooks.files.memory import MemoryTree
from kure_hooks.files.paths import is_below
from kure_hooks.gitops.changing import may_change
from kure_hooks.manifests import Identity, Manifest, kind_of, same, text_at, value_at
from kure_hooks.objects.built import BuiltObject
from kure_hooks.objects.written import ENDINGS, Object, address_faults, written
from kure_hooks.operations.fleet import Fleet
from kure_hooks.operations.workspace import Workspace
from kure_hooks.origin import Origin
from kure_hooks.validators import Job, Verdict
from kure_hooks.yamlio import Document

_NOTHING = Verdict((), (), 0)


def refusals(before: Fleet, after: Fleet, workspace: Workspace) -> Verdict:
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


@dataclass(frozen=True, slots=True)
class _Held:
    """An object as it is sent, and the generated file that holds it.

    It is not `known` where something changes it before it is sent, and nobody knows how.
    """

    path: str
    subject: Object
    known: bool = True


@dataclass(frozen=True, slots=True)
class _Sent:
    """The objects of a cluster that Kustomizations and Applications change before they send them.

    `taken` are the files that hold them, and `unknown` those of which nobody knows what is sent.
    """

    objects: tuple[_Held, ...] = ()
    taken: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()

    @property
    def files(self) -> frozenset[str]:
        """The files whose objects are not sent as they are."""
        return self.taken | self.unknown


_Files = Mapping[str, bytes]


def _changed(before: Fleet, after: Fleet) -> Iterator[tuple[_Held, _Held]]:
    """Yield both versions of each object that differs, as far as it is known what is sent.

    Where neither is, the objects in the files stand for them.
    """
    if before.files == after.files:
        return
    old_files, new_files = _by_cluster(before), _by_cluster(after)
    for directory in sorted(old_files.keys() & new_files.keys()):
        old, new = _versions(old_files[directory], new_files[directory])
        for who, held in new.items():
            former = old.get(who)
            if former and former.known == held.known and _differs(former, held):
                yield former, held


def _differs(former: _Held, held: _Held) -> bool:
    return not same(former.subject.manifest, held.subject.manifest)


def _by_cluster(fleet: Fleet) -> dict[str, dict[str, bytes]]:
    """Return the files of each cluster by its directory."""
    files: dict[str, dict[str, bytes]] = {}
    for path, data in fleet.files.items():
        files.setdefault(owner(path, fleet.directories), {})[path] = data
    return files


def _versions(old: _Files, new: _Files) -> tuple[dict[Identity, _Held], dict[Identity, _Held]]:
    """Return the objects of both versions of a cluster, without those of files that are as ever."""
    if old == new:
        return {}, {}
    sides = _sent(old), _sent(new)
    touched = sides[0].files | sides[1].files
    alike = {path for path in old.keys() & new.keys() - touched if old[path] == new[path]}
    first, second = (
        {
            held.subject.who: held
            for held in (*_held(files, alike | sent.taken, sent.unknown), *sent.objects)
            if held.subject.who
        }
        for files, sent in zip((old, new), sides, strict=True)
    )
    return first, second


def _sent(files: _Files) -> _Sent:
    """Return the objects of a cluster that are changed before they are sent."""
    if not may_change(files.values()):
        return _Sent()
    from kure_hooks.gitops.applied import applied_of  # noqa: PLC0415 - as above

    applied = applied_of(MemoryTree(files), "", files.keys())
    objects = (item for source in applied.built.sources for item in source.objects)
    return _Sent(
        tuple(_Held(_path(item), item) for item in objects if isinstance(item, BuiltObject)),
        applied.built.taken,
        applied.unknown,
    )


def _path(item: BuiltObject) -> str:
    """Return the file that holds what an object is made of."""
    return item.source.document.path if item.source else item.kustomization.path


def _held(files: _Files, without: set[str], unknown: frozenset[str]) -> Iterator[_Held]:
    """Yield the objects in files, but for some of these."""
    for path, data in files.items():
        if path in without or not _is_manifest(path, data):
            continue
        try:
            subjects = written(path, data)
        except InputError:
            continue  # nobody knows what a file holds that is no YAML
        for subject in subjects:
            if not any(address_faults(subject)):
                yield _Held(path, subject, path not in unknown)


def _is_manifest(path: str, data: bytes) -> bool:
    """Tell whether the objects of a file come to a cluster; extra files may look like some."""
    return path.endswith(ENDINGS) and is_marked(data)


def _placed(held: _Held, origins: Mapping[str, Origin]) -> Object:
    """Return an object, all parts of which stand where its file is asked for."""
    origin, subject = origins.get(held.path), held.subject
    if origin is None:
        return subject
    if isinstance(subject, BuiltObject):
        source = subject.source and _at(subject.source.manifest, origin)
        return structs.replace(subject, source=source, kustomization=origin.at)
    return _at(subject.manifest, origin)


def _at(manifest: Manifest, origin: Origin) -> Object:
    at = origin.at
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
        if is_made_again(manifest):
            return True
        places = [place for place in self._places if is_below(held.path, place)]
        return bool(places) and self._places[max(places, key=len)]


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

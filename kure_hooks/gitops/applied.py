"""Objects as the controllers send them to the API server, where owners change what is built."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from msgspec import Struct, structs

from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding, Location
from kure_hooks.gitops.clusters import read_repository
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.repository import Repository
from kure_hooks.kustomize import is_kustomization
from kure_hooks.manifests import Identity, depth, same, value_at
from kure_hooks.objects.built import BuiltObject, counterpart
from kure_hooks.objects.written import Object, Source, address_faults
from kure_hooks.validators import Built
from kure_hooks.yamlio import Document, Pointer

_NOUNS: Mapping[str, str] = {
    "patches": "the patch",
    "patchesStrategicMerge": "the patch",
    "patchesJson6902": "the patch",
    "images": "the image",
    "namespace": "the namespace",
    "namePrefix": "the prefix",
    "nameSuffix": "the suffix",
    "replicas": "the number of replicas",
    "postBuild": "the variables",
    "commonMetadata": "the common metadata",
}


class AppliedObject(BuiltObject, frozen=True, kw_only=True):
    """An object as an owner applies it; `owner` is that, and `owner_at` the place of it."""

    owner: Identity
    owner_at: Location

    def _place(self, steps: Pointer) -> tuple[Location, str]:
        """Return the nearest place in the object's own file, and what makes it other there."""
        if self.source is None:
            return self.kustomization, self._note(steps)
        count = depth(self.manifest, steps)
        source = self.source.manifest
        pointers = (
            (end, counterpart(self.manifest, source, steps[:end])) for end in range(count, -1, -1)
        )
        end, pointer = next((end, pointer) for end, pointer in pointers if pointer is not None)
        if end < count:
            return self.source.at(*pointer), self._note(steps)
        missing = steps[count:]
        written = value_at(source, *pointer)
        is_same = (
            depth(written, missing) == 0
            if missing
            else same(written, value_at(self.manifest, *steps))
        )
        return self.source.at(*pointer, *missing), "" if is_same else self._note(steps)

    def note(self, steps: Pointer) -> str:
        """Return the words for what makes a value other than it is written, if it is."""
        return self._place(steps)[1]

    def _note(self, steps: Pointer) -> str:
        """Return the words for the last change of what is at a pointer."""
        after = self.manifest
        for change in reversed(self.changes):
            if not same(value_at(change.before, *steps), value_at(after, *steps)):
                noun = _NOUNS.get(change.key, "the change")
                return f", after {noun} at {change.at.path}:{change.at.line}"
            after = change.before
        return f", as {self.owner} at {self.owner_at.path}:{self.owner_at.line} applies it"


class Applied(Struct, frozen=True):
    """The objects of owners that change them, and the files of which nobody knows what becomes."""

    built: Built = Built()
    unknown: frozenset[str] = frozenset()


def applied(tree: Tree, origin: str, files: AbstractSet[str]) -> Built:
    """Return what the owners in some files of a tree apply, of those that change it.

    `origin` is the URL of the repository at its host, empty where nobody knows it. Only what is
    known to the last object is returned: of an owner with a source elsewhere, a chart, a fault or
    something in its build that is not followed nothing is. Files and directories that others apply
    as they are too are not taken.
    """
    return applied_of(tree, origin, files).built


def applied_of(tree: Tree, origin: str, files: AbstractSet[str]) -> Applied:
    """Return what `applied` returns, and the files that it knows to be changed and not how."""
    repository = read_repository(tree, origin=origin)
    if not all(cluster.is_whole for cluster in repository.clusters):
        return Applied(unknown=frozenset(files))
    exact = [owner for owner in _owners(repository) if _is_exact(owner, files)]
    others = [owner for owner in _owners(repository) if not _is_exact(owner, files)]
    return Applied(_built(exact, others), _files(owner for owner in others if owner.changes))


def _built(exact: Sequence[Owner], others: Sequence[Owner]) -> Built:
    sources = _sources(exact)
    return Built(
        tuple(_addressed(source) for source in sources),
        frozenset(path for path in _files(exact) - _files(others) if not is_kustomization(path)),
        _directories(exact) - _directories(others),
        tuple(fault for source in sources for item in source.objects for fault in _faults(item)),
    )


def _owners(repository: Repository) -> Iterator[Owner]:
    for cluster in repository.clusters:
        yield from cluster.owners


def _is_exact(owner: Owner, files: AbstractSet[str]) -> bool:
    return (
        owner.changes
        and owner.is_certain
        and not owner.refusals
        and not any(payload.faults for payload in owner.payloads)
        and owner.resource.document.path in files
    )


def _files(owners: Iterable[Owner]) -> frozenset[str]:
    return frozenset().union(*(payload.files for owner in owners for payload in owner.payloads))


def _directories(owners: Iterable[Owner]) -> frozenset[str]:
    payloads = (payload for owner in owners for payload in owner.payloads)
    return frozenset().union(*(payload.directories for payload in payloads))


def _faults(item: Object) -> Iterator[Finding]:
    """Yield why no schema may be looked for, with the change that made it so."""
    for fault in address_faults(item):
        steps = tuple(filter(None, fault.pointer.split("/")))
        note = item.note(steps) if isinstance(item, AppliedObject) else ""
        yield structs.replace(fault, problem=f"{fault.problem}{note}")


def _addressed(source: Source) -> Source:
    """Return the objects whose schema may be looked for; patches and variables can change kinds."""
    judged = (item for item in source.objects if not any(address_faults(item)))
    return Source(source.name, tuple(judged))


def _sources(owners: Iterable[Owner]) -> list[Source]:
    """Return the objects of owners, of one that several clusters have once if they are the same.

    No file holds them, so that they have a name of their own.
    """
    sources: dict[str, list[Source]] = {}
    for owner in owners:
        name = f"{owner.resource.at().path} ({owner.who})"
        same = sources.setdefault(name, [])
        source = _source(owner, f"{name} #{len(same) + 1}" if same else name)
        if not any(_is_same(source, other) for other in same):
            same.append(source)
    return [source for same in sources.values() for source in same]


def _is_same(source: Source, other: Source) -> bool:
    pairs = zip(source.objects, other.objects, strict=False)
    is_long = len(source.objects) == len(other.objects)
    return is_long and all(same(item.manifest, twin.manifest) for item, twin in pairs)


def _source(owner: Owner, name: str) -> Source:
    at = owner.resource.at()
    objects = (
        AppliedObject(
            document=Document(name, item.manifest, 0, 0, {}),
            pointer=(),
            manifest=item.manifest,
            kustomization=item.kustomization,
            source=item.source,
            changes=item.changes,
            owner=owner.who,
            owner_at=at,
        )
        for item in owner.resources
    )
    return Source(name, tuple(objects))

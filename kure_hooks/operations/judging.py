"""Judging what a stack generates before anybody writes or compares it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from msgspec import DecodeError, Struct, json, structs

from kure_hooks import __version__
from kure_hooks.cel import available
from kure_hooks.config import Settings
from kure_hooks.files.cache import Cache, user_directory
from kure_hooks.files.memory import MemoryTree
from kure_hooks.findings import Finding, Severity, Skipped
from kure_hooks.gitops.changing import may_change
from kure_hooks.layout.render import ManifestLayout
from kure_hooks.layout.tree import Item
from kure_hooks.manifests import depth, named
from kure_hooks.objects.built import BuiltObject
from kure_hooks.objects.written import Object
from kure_hooks.yamlio import Document
from kure_hooks.yamlio.document import Marks
from kure_hooks.yamlio.place import Place

# The engines know better whether two objects meet on a cluster.
_TWICE = "VA106"


class Judged(Struct, frozen=True):
    """The verdict on a cluster, and what nobody judged."""

    findings: tuple[Finding, ...] = ()
    skipped: tuple[Skipped, ...] = ()


def judged(layout: ManifestLayout, settings: Settings) -> Judged:
    """Return what the API server would refuse of a cluster's objects, where each comes from.

    That is where somebody wrote the object, else the application, bundle or stack that asks for
    it. Custom resources that have a schema neither here nor among the objects are left to
    `validate`, which looks at the whole repository. A cluster that was found to be valid is not
    judged again by the same version of kure-hooks, as far as the user's cache remembers.
    """
    if not settings.validate.on_generate:
        return Judged()
    directory = user_directory("verdicts")
    if directory is None:
        return _judged(layout, settings.validate.kubernetes)
    cache, key = Cache(directory), key_of(layout, settings.validate.kubernetes)
    if (kept := cache.get(key)) is not None:
        with suppress(DecodeError):
            return Judged(skipped=json.decode(kept, type=tuple[Skipped, ...]))
    verdict = _judged(layout, settings.validate.kubernetes)
    if not verdict.findings:
        cache.put(key, json.encode(verdict.skipped))
    return verdict


def key_of(layout: ManifestLayout, kubernetes: str) -> str:
    """Return what a verdict depends on, as one SHA-256 in hexadecimal digits."""
    from hashlib import sha256  # noqa: PLC0415 - it loads OpenSSL, and nobody asks without a cache

    # Without the evaluator of rules in CEL a cluster may be called valid that is not.
    parts = sha256(f"{__version__} {kubernetes} {available()}".encode())
    for path, data in layout.files.items():
        parts.update(f"\0{path}\0{len(data)}\0".encode(errors="surrogateescape"))
        parts.update(data)
    return parts.hexdigest()


def _judged(layout: ManifestLayout, kubernetes: str) -> Judged:
    from kure_hooks.validators import Job  # noqa: PLC0415
    from kure_hooks.validators.embedded import Embedded  # noqa: PLC0415 - most clusters are known
    from kure_hooks.validators.judges import WITHOUT_RULES, of_another_version  # noqa: PLC0415

    job = Job(files={}, kubernetes=kubernetes, unknown="skip")
    objects, faults = sent(layout)
    verdict = Embedded().judge([item.object for item in objects], job)
    told = (WITHOUT_RULES, of_another_version(kubernetes))
    return Judged(
        tuple(
            finding
            for finding in (*faults, *verdict.findings)
            if finding.severity is Severity.ERROR and finding.rule != _TWICE
        ),
        # Kinds without a schema are for `validate`, which looks at the whole repository.
        tuple(item for item in verdict.skipped if item in told),
    )


class Sent(Struct, frozen=True):
    """An object as the tool of a cluster sends it, and the item of a generated file that it is."""

    path: str
    item: Item
    object: Object


def sent(layout: ManifestLayout) -> tuple[list[Sent], Sequence[Finding]]:
    """Return the objects of a cluster as its tool sends them, and why some can't be judged.

    All parts of an object stand where the object does. What the Kustomizations and Applications of
    the cluster change is so after it, where that can be known.
    """
    files = {
        "/".join((*directory.path, file.name)): file.items
        for directory in layout.directories
        for file in directory.files
    }
    if not may_change(layout.files.values()):
        return [_as_written(path, item) for path in files for item in files[path]], ()
    from kure_hooks.gitops.applied import applied  # noqa: PLC0415 - as before

    changed = applied(MemoryTree(layout.files), "", layout.files.keys())
    written = [
        _as_written(path, item)
        for path, items in files.items()
        if path not in changed.taken
        for item in items
    ]
    changes = [
        _as_changed(item, item.source, files)
        for source in changed.sources
        for item in source.objects
        if isinstance(item, BuiltObject) and item.source and item.source.document.path in files
    ]
    return [*written, *changes], changed.findings


def taken_in(layout: ManifestLayout) -> Iterator[Sent]:
    """Yield the objects of directories that overlays take in, as they are without the overlay."""
    for directory in layout.directories:
        for manifest in directory.overlay.holdings.objects if directory.overlay else ():
            yield _as_written("/".join(directory.path), Item(manifest, directory.origin))


def _as_written(path: str, item: Item) -> Sent:
    return Sent(path, item, placed(item))


def _as_changed(changed: BuiltObject, source: Object, files: Mapping[str, Sequence[Item]]) -> Sent:
    """Return an object that a build has changed, with the item of the file that it is made of."""
    path = source.document.path
    item = next(
        (item for item in files[path] if named(item.manifest) == source.who), files[path][0]
    )
    return Sent(path, item, structs.replace(changed, source=placed(item)))


def placed(item: Item) -> Object:
    """Return an object, whose parts stand where they are written or else where the object does."""
    at = item.at or item.origin.at
    document = Document(at.path, item.manifest, at.line - 1, at.column - 1, _marks(item))
    return Object(document, (), item.manifest)


def _marks(item: Item) -> Marks:
    """Return the marks of the parts that an application's document has as they are."""
    marks: Marks = {}
    for pointer, place in item.trace.items():
        value = item.manifest
        if place.at.path != place.document.path:  # an override in another file
            continue
        for step in pointer:
            if depth(value, (step,)) == 0:
                break
            marks.setdefault(id(value), {})[step] = _mark(place)
            value = value[step]  # type: ignore[index] # the index of a list
        else:
            _mark_parts(value, place, marks)
    return marks


def _mark_parts(value: Any, place: Place, marks: Marks) -> None:
    """Mark what is inside of a value, as far as `place` has it, too."""
    if not isinstance(value, dict | list):
        return
    inner = marks.setdefault(id(value), {})
    for step, part in value.items() if isinstance(value, dict) else enumerate(value):
        below = place.below(step)
        if below.exists and below.at.path == below.document.path:
            inner[step] = _mark(below)
            _mark_parts(part, below, marks)


def _mark(place: Place) -> tuple[int, int, int, int]:
    value, key = place.at, place.document.key_at(*place.pointer)
    return value.line - 1, value.column - 1, key.line - 1, key.column - 1

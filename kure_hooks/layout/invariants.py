"""Invariants of every tree, checked after each generation; a violation is a bug in kure-hooks."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from kure_hooks.errors import InputError
from kure_hooks.findings import Finding, Location
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.tree import Directory
from kure_hooks.layout.units import Segments
from kure_hooks.manifests import Identity, Manifest, identity
from kure_hooks.origin import Origin

PlaceOf = Callable[[Segments, Manifest], tuple[str, Identity]]
"""Tells the cluster and the identity there of an object in a directory."""


class InvariantError(Exception):
    """A tree that must not be: not the user's fault."""


def objects_differ(directories: Iterable[Directory], place: PlaceOf) -> None:
    """Refuse an object that is applied twice; InputError names both applications or both files.

    `place` tells the cluster of an object and its identity there. A generated ConfigMap is one of
    the objects: kustomize compares names before it adds the suffix.
    """
    first: dict[tuple[str, Identity], _Written] = {}
    found: list[Finding] = []
    for directory in directories:
        for written in _objects(directory):
            key = place(directory.path, written.manifest)
            if key in first:
                found.append(_repeated(key[1], written, first[key]))
            first.setdefault(key, written)
    if found:
        raise InputError(found)


def check(plan: Plan, directories: Sequence[Directory], syncs: Mapping[str, Segments]) -> None:
    """Raise InvariantError for the first invariant that the tree of a cluster breaks.

    `syncs` are the directories that objects of the start sync, by the name of each.

    a: each unit's payload is a directory; b: each included directory is one and included once; c:
    payloads share no directory; d: each GitOps object lies in the payload of its container, or is
    reached from the entry point; e: every directory is reached. That every file is listed holds by
    construction.
    """
    by_path = {directory.path: directory for directory in directories}
    if len(by_path) != len(directories):
        raise InvariantError(f"{plan.cluster.name}: a directory is written twice")
    for directory in directories:
        if len({file.name for file in directory.files}) != len(directory.files):
            raise InvariantError(f"{'/'.join(directory.path)}: a file is written twice")
    owner: dict[Segments, str] = {}
    entry = ("the entry point", plan.directory)
    starts = {entry[0], *syncs}
    units = ((unit.name, unit.synced) for unit in plan.units if not unit.exists)
    for name, start in (entry, *syncs.items(), *units):
        for path in _closure(name, start, by_path):
            other = owner.setdefault(path, name)
            if other != name:
                raise InvariantError(f"{name} and {other} both apply {'/'.join(path)}")
    for unit in plan.units:
        if owner.get(unit.control) not in ({unit.container} if unit.container else starts):
            container = unit.container or entry[0]
            raise InvariantError(f"the object of {unit.name} is not where {container} applies")
    for path in by_path.keys() - owner.keys():
        raise InvariantError(f"nothing applies {'/'.join(path)}")


def _closure(
    name: str, start: Segments, by_path: Mapping[Segments, Directory]
) -> Iterator[Segments]:
    if start not in by_path:
        raise InvariantError(f"{name} applies {'/'.join(start)}, which is not there")
    yield start
    for include in by_path[start].includes:
        yield from _closure(name, include, by_path)


class _Written(NamedTuple):
    """An object, the part of a stack that asks for it, and where it is written if it is input."""

    manifest: Manifest
    origin: Origin
    at: Location | None

    @property
    def place(self) -> Location:
        return self.at or self.origin.at

    @property
    def writer(self) -> str:
        origin = self.origin
        name = origin.application or origin.bundle or f"cluster {origin.cluster} itself"
        return f"{name} ({origin.at})"


def _objects(directory: Directory) -> Iterator[_Written]:
    for item in (each for file in directory.files for each in file.items):
        yield _Written(item.manifest, item.origin, item.at)
    for generator in directory.generators:
        metadata = {"namespace": generator.namespace, "name": generator.name}
        manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}
        yield _Written(manifest, directory.origin, None)
    # The names of others are not those on the cluster, or not known before Flux replaces variables.
    overlay = directory.overlay
    for manifest in overlay.holdings.objects if overlay and overlay.holdings.plain else ():
        if "$" not in str(identity(manifest)):
            yield _Written(manifest, directory.origin, None)


def _repeated(who: Identity, written: _Written, first: _Written) -> Finding:
    """Return the finding about an object that another one is the same as."""
    expected = "Keep one, or give them different names or namespaces."
    at = written.origin.at
    if written.at and written.origin == first.origin:
        at = written.at
    name = written.manifest["metadata"]["name"]
    became = "" if name == who.name else f", which is written as {name},"
    one, other = first.place, written.place
    if one.path != other.path:
        places = f"is defined in two files: {one} and {other}"
    elif one.line != other.line:
        places = f"is defined twice in {one.path}, in lines {one.line} and {other.line}"
    elif one != other:
        places = f"is defined twice: at {one} and {other}"
    elif first.origin != written.origin:
        places = f"is defined once, at {one}, and applied by {first.writer} and {written.writer}"
        expected = "Let one of them apply it."
    else:
        places = f"is defined twice by {written.writer}"
    return Finding(at, "", f"{who}{became} {places}", expected, rule="KZ002")

"""What every tree must be, checked after each generation; a violation is a bug in kure-hooks."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from kure_hooks.errors import InputError
from kure_hooks.findings import Finding
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.tree import Directory
from kure_hooks.layout.units import Segments
from kure_hooks.manifests import Identity, identity
from kure_hooks.origin import Origin


class InvariantError(Exception):
    """A tree that must not be: not the user's fault."""


def objects_differ(directories: Iterable[Directory]) -> None:
    """Refuse two applications that write the same object; InputError names both.

    A generated ConfigMap is one of them: kustomize compares names before it adds the suffix.
    """
    first: dict[Identity, Origin] = {}
    found: list[Finding] = []
    for who, origin in _objects(directories):
        key = Identity(who.group, who.kind, who.namespace or "default", who.name)
        if key in first:
            other = first[key]
            writer = other.application or other.bundle or f"cluster {other.cluster} itself"
            problem = f"{who} is also written by {writer} at {other.at}"
            found.append(Finding(origin.at, "", problem, "each object in one place"))
        first.setdefault(key, origin)
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
    units = ((unit.name, unit.synced) for unit in plan.units)
    for name, start in (entry, *syncs.items(), *units):
        for path in _closure(name, start, by_path):
            other = owner.setdefault(path, name)
            if other != name:
                raise InvariantError(f"{name} and {other} both apply {'/'.join(path)}")
    for unit in plan.units:
        if owner.get(unit.control) not in ({unit.container} if unit.container else starts):
            raise InvariantError(f"the object of {unit.name} is not where {unit.container} applies")
    for path in by_path.keys() - owner.keys():
        raise InvariantError(f"nothing applies {'/'.join(path)}")


def _closure(
    name: str, start: Segments, by_path: Mapping[Segments, Directory]
) -> Iterator[Segments]:
    if start not in by_path:
        raise InvariantError(f"{name} applies {'/'.join(start)}, which is not there")
    yield start
    for each in by_path[start].includes:
        yield from _closure(name, each, by_path)


def _objects(directories: Iterable[Directory]) -> Iterator[tuple[Identity, Origin]]:
    for directory in directories:
        for item in (each for file in directory.files for each in file.items):
            yield identity(item.manifest), item.origin
        for generator in directory.generators:
            who = Identity("", "ConfigMap", generator.namespace, generator.name)
            yield who, directory.origin

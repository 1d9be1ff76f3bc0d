"""What every tree must be, checked after each generation; a violation is a bug in kure-hooks."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from kure_hooks.errors import InputError
from kure_hooks.findings import Finding
from kure_hooks.layout.plan import Plan, Segments
from kure_hooks.layout.tree import Directory, Item
from kure_hooks.manifests import Identity, identity


class InvariantError(Exception):
    """A tree that must not be: not the user's fault."""


def objects_differ(directories: Iterable[Directory]) -> None:
    """Refuse two applications that write the same object; InputError names both."""
    first: dict[Identity, Item] = {}
    found: list[Finding] = []
    for item in _items(directories):
        who = identity(item.manifest)
        key = Identity(who.group, who.kind, who.namespace or "default", who.name)
        other = first.setdefault(key, item)
        if other is not item:
            origin = other.origin
            writer = origin.application or origin.bundle or f"cluster {origin.cluster} itself"
            problem = f"{who} is also written by {writer} at {origin.at}"
            found.append(Finding(item.origin.at, "", problem, "each object in one place"))
    if found:
        raise InputError(found)


def check(plan: Plan, directories: Sequence[Directory]) -> None:
    """Raise InvariantError for the first invariant that the tree of a cluster breaks.

    a: each unit's payload is a directory; b: each listed child is a directory and listed once; c:
    payloads share no directory; d: the GitOps objects are reached from the entry point and by no
    payload; e: every directory is reached. That every file is listed holds by construction.
    """
    by_path = {directory.path: directory for directory in directories}
    if len(by_path) != len(directories):
        raise InvariantError(f"{plan.cluster.name}: a directory is written twice")
    for directory in directories:
        if len({file.name for file in directory.files}) != len(directory.files):
            raise InvariantError(f"{'/'.join(directory.path)}: a file is written twice")
    owner: dict[Segments, str] = {}
    entry = ("the entry point", plan.directory)
    for name, start in (entry, *((unit.name, unit.payload) for unit in plan.units)):
        for path in _closure(name, start, by_path):
            other = owner.setdefault(path, name)
            if other != name:
                raise InvariantError(f"{name} and {other} both apply {'/'.join(path)}")
    if plan.units and owner.get(plan.control) != entry[0]:
        raise InvariantError(f"{plan.cluster.name}: the control directory is not reached")
    for path in by_path.keys() - owner.keys():
        raise InvariantError(f"nothing applies {'/'.join(path)}")


def _closure(
    name: str, start: Segments, by_path: Mapping[Segments, Directory]
) -> Iterator[Segments]:
    if start not in by_path:
        raise InvariantError(f"{name} applies {'/'.join(start)}, which is not there")
    yield start
    for child in by_path[start].includes:
        yield from _closure(name, (*start, child), by_path)


def _items(directories: Iterable[Directory]) -> Iterator[Item]:
    for directory in directories:
        for file in directory.files:
            yield from file.items

"""Placing GitOps objects in the tree."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import structs

from kure_hooks.engines.interface import Start
from kure_hooks.layout import file_names
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.tree import Directory, File, Item
from kure_hooks.layout.units import Segments
from kure_hooks.origin import Origin


def separate(
    plan: Plan, objects: Sequence[File], start: Start, payloads: Sequence[Directory]
) -> Sequence[Directory]:
    """Put every object into the control directory.

    The cluster's own directory is the entry point, which includes the start directory alone;
    payloads are reached through the objects, so nothing is applied twice. Without objects there is
    no control directory.
    """
    own = {plan.control: objects} if objects else {}
    return [*entry(plan, own, start), *payloads]


def entry(
    plan: Plan, objects: Mapping[Segments, Sequence[File]], start: Start
) -> Iterator[Directory]:
    """Yield the directories of GitOps objects and of the start, the cluster's own one first.

    `objects` are the files of GitOps objects by directory, but for those in payloads.
    """
    files: dict[Segments, list[File]] = {plan.directory: []}
    for path, items in sorted(start.files.items()):
        *inside, name = path.split("/")
        files.setdefault((*plan.start, *inside), []).append(File(name, tuple(items)))
    for synced in start.syncs.values():
        files.setdefault(synced, [])
    for directory, found in objects.items():
        files.setdefault(directory, []).extend(found)
    origin = Origin(plan.cluster.at, plan.cluster.name)
    below = [plan.start] if plan.start in files else []
    for directory, found in files.items():
        yield Directory(
            path=directory,
            origin=origin,
            files=found,
            includes=below if directory == plan.directory else (),
            remotes=start.remotes if directory == plan.start else (),
            extras=start.extras if directory == plan.start else {},
        )


def each_in_a_file(plan: Plan, objects: Sequence[Item]) -> list[File]:
    """Return a file for each object, whatever the rules say of application files."""
    return file_names.files(objects, structs.replace(plan.rules, file_per="resource"))

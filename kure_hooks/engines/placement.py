"""Placing GitOps objects in the tree."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import structs

from kure_hooks.layout import naming
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.tree import Directory, File, Item
from kure_hooks.origin import Origin


def separate(
    plan: Plan,
    objects: Sequence[Item],
    bootstrap: Mapping[str, Sequence[Item]],
    payloads: Sequence[Directory],
) -> Sequence[Directory]:
    """Put every object into the control directory, which alone the entry point lists.

    The cluster's own directory is the entry point; payloads are reached through the objects only,
    so nothing is applied twice. Each object has a file of its own, whatever the rules say of
    application files. Without objects there is no control directory.
    """
    files = [*of_bootstrap(bootstrap), *_each_in_a_file(plan, objects)]
    return [*entry(plan, (), files), *payloads]


def entry(plan: Plan, listed: Sequence[File], control: Sequence[File]) -> Iterator[Directory]:
    """Yield the cluster's directory with files of its own, and the control directory if any."""
    origin = Origin(plan.cluster.at, plan.cluster.name)
    if not control:
        yield Directory(plan.directory, origin, listed)
        return
    yield Directory(plan.directory, origin, listed, (plan.control[-1],))
    yield Directory(plan.control, origin, control)


def of_bootstrap(bootstrap: Mapping[str, Sequence[Item]]) -> list[File]:
    """Return the files of the bootstrap under the names that the tool uses."""
    return [File(name, tuple(items)) for name, items in sorted(bootstrap.items())]


def _each_in_a_file(plan: Plan, objects: Sequence[Item]) -> list[File]:
    return naming.files(objects, structs.replace(plan.rules, file_per="resource"))

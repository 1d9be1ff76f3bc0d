"""Placing GitOps objects in the tree."""

from collections.abc import Mapping, Sequence

from msgspec import structs

from kure_hooks.layout import naming
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.tree import Directory, File, Item
from kure_hooks.origin import Origin


def separate(
    plan: Plan, objects: Sequence[Item], bootstrap: Mapping[str, Sequence[Item]]
) -> Sequence[Directory]:
    """Put every object into the control directory, which alone the entry point lists.

    The cluster's own directory is the entry point; payloads are reached through the objects only,
    so nothing is applied twice. Each object has a file of its own, whatever the rules say of
    application files. Without objects there is no control directory.
    """
    origin = Origin(plan.cluster.at, plan.cluster.name)
    files = [
        *(File(name, tuple(items)) for name, items in sorted(bootstrap.items())),
        *naming.files(objects, structs.replace(plan.rules, file_per="resource")),
    ]
    if not files:
        return [Directory(plan.directory, origin)]
    return [
        Directory(plan.directory, origin, (), (plan.control[-1],)),
        Directory(plan.control, origin, files),
    ]

"""The payload directories of a plan: what each unit's GitOps object applies."""

from collections.abc import Iterator, Mapping, Sequence

from kure_hooks.layout import naming
from kure_hooks.layout.plan import Plan, Unit
from kure_hooks.layout.tree import Directory, File, Item
from kure_hooks.manifests import Manifest
from kure_hooks.origin import Origin
from kure_hooks.stack.model import Application

Contents = Mapping[str, Sequence[tuple[Application, Sequence[Manifest]]]]
"""By the name of a unit: its applications in order, each with its manifests."""


def directories(plan: Plan, contents: Contents) -> Iterator[Directory]:
    """Yield the directories of every unit; a unit without applications has an empty one."""
    for unit in plan.units:
        yield from _unit(plan, unit, contents[unit.name])


def origin(plan: Plan, unit: Unit, application: Application | None = None) -> Origin:
    """Return what the files of a unit, or of one of its applications, come from."""
    at = application.at if application else unit.bundle.at
    name = application.name if application else ""
    return Origin(at, plan.cluster.name, unit.node, unit.name, name)


def _unit(
    plan: Plan, unit: Unit, applications: Sequence[tuple[Application, Sequence[Manifest]]]
) -> Iterator[Directory]:
    rules = plan.rules
    loose: list[Item] = []
    single: list[File] = []
    apart: list[Directory] = []
    for application, manifests in applications:
        source = origin(plan, unit, application)
        items = [Item(manifest, source) for manifest in manifests]
        if not items:
            continue
        if rules.application_file_mode == "single":
            single.append(naming.single(application.name, items))
        elif rules.application_grouping == "flat":
            loose += items
        else:
            path = (*unit.payload, application.name)
            apart.append(Directory(path, source, naming.files(items, rules)))
    files = [*naming.files(loose, rules), *single]
    names = [directory.path[-1] for directory in apart]
    yield Directory(unit.payload, origin(plan, unit), files, names)
    yield from apart

"""The payload directories of a plan: what each unit's GitOps object applies."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest

from msgspec.structs import replace

from kure_hooks.layout import config_map_generators, file_names
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.tree import Directory, File, Item
from kure_hooks.layout.units import Unit
from kure_hooks.manifests import identity
from kure_hooks.origin import Origin
from kure_hooks.stack.interface import Product, Trace
from kure_hooks.stack.model import Application

Contents = Mapping[str, Sequence[tuple[Application, Product]]]
"""By the name of a bundle: its applications in order, each with what it stands for."""


def directories(plan: Plan, contents: Contents) -> Iterator[Directory]:
    """Yield the directories of every unit; a bundle without applications has an empty one.

    Nothing is written for a payload that exists.
    """
    for unit in plan.units:
        if unit.exists:
            continue
        found = applications(plan, unit, contents)
        if unit.part:
            ((application, product),) = found
            yield _directory(plan, unit, application, product)
        else:
            yield from _bundle(plan, unit, found)
        if unit.overlay:
            yield Directory(unit.overlay, origin(plan, unit), includes=[unit.payload])


def applications(
    plan: Plan, unit: Unit, contents: Contents
) -> Sequence[tuple[Application, Product]]:
    """Return what lies in the payload of a unit: nothing that is a unit of its own."""
    if unit.part:
        own = {unit.part}
    else:
        parts = {each.part for each in plan.parts.get(unit.name, ())}
        own = {application.name for application in unit.bundle.applications} - parts
    return [each for each in contents[unit.bundle.name] if each[0].name in own]


def origin(plan: Plan, unit: Unit, application: Application | None = None) -> Origin:
    """Return what the files of a unit, or of one of its applications, come from."""
    at = application.at if application else unit.bundle.at
    name = application.name if application else ""
    return Origin(at, plan.cluster.name, unit.node, unit.name, name)


def _bundle(
    plan: Plan, unit: Unit, found: Sequence[tuple[Application, Product]]
) -> Iterator[Directory]:
    rules = plan.rules
    loose: list[Item] = []
    single: list[File] = []
    apart: list[Directory] = []
    for application, product in found:
        source = origin(plan, unit, application)
        items = _items(product, source)
        has_content = application.augments or items
        if has_content and plan.directory_of(unit, application) != unit.payload:
            apart.append(_directory(plan, unit, application, product))
        elif items and rules.application_file_mode == "single":
            single.append(file_names.single(application.name, items))
        else:
            loose += items
    files = [*file_names.files(loose, rules), *single]
    yield Directory(unit.payload, origin(plan, unit), files, [each.path for each in apart])
    yield from apart


def _items(product: Product, source: Origin) -> list[Item]:
    items = [
        Item(manifest, source, at)
        for manifest, at in zip_longest(product.manifests, product.places)
    ]
    if not product.traces:
        return items
    return [_traced(item, product.traces.get(identity(item.manifest), {})) for item in items]


def _traced(item: Item, trace: Trace) -> Item:
    whole = trace.get(())
    return replace(item, at=whole.at if whole else item.at, trace=trace)


def _directory(plan: Plan, unit: Unit, application: Application, product: Product) -> Directory:
    """Return the directory of an application; its manifests' names step aside for its files."""
    source = origin(plan, unit, application)
    items = _items(product, source)
    taken = (*product.files, config_map_generators.CONFIGURATION)
    if items and plan.rules.application_file_mode == "single":
        files = [file_names.single(application.name, items, taken)]
    else:
        files = file_names.files(items, plan.rules, taken)
    return Directory(
        path=plan.directory_of(unit, application),
        origin=source,
        files=files,
        extras=product.files,
        generators=product.config_maps,
        overlay=product.overlay,
        fields=product.fields,
    )

"""The place of Flux objects: in one directory, or each in the payload of what applies it."""

from collections.abc import Sequence

from msgspec.structs import replace

from kure_hooks.engines import placement
from kure_hooks.engines.interface import Assembly
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.tree import Directory, File, Item
from kure_hooks.layout.units import Segments
from kure_hooks.manifests import identity


def integrate(plan: Plan, assembly: Assembly) -> Sequence[Directory]:
    """Return all directories, with the GitOps objects placed as the rule `fluxPlacement` says.

    separate                all objects in the control directory
    integrated-per-bundle   each object in the payload of its container, or in the cluster's
                            directory, which the bootstrap syncs
    integrated              likewise, with a Kustomization for each application that has a directory
                            of its own
    """
    objects, start, payloads = assembly.objects, assembly.start, assembly.payloads
    if plan.rules.flux_placement == "separate":
        return placement.separate(plan, placement.each_in_a_file(plan, objects), start, payloads)
    files = _by_directory(plan, objects)
    own = {plan.directory: files.pop(plan.directory, ())}
    entry = placement.entry(plan, own, start)
    return [*entry, *(_with(each, files.get(each.path, ())) for each in payloads)]


def _by_directory(plan: Plan, objects: Sequence[Item]) -> dict[Segments, Sequence[File]]:
    found: dict[Segments, list[Item]] = {}
    for item in objects:
        found.setdefault(_place(plan, item), []).append(item)
    return {directory: placement.each_in_a_file(plan, items) for directory, items in found.items()}


def _place(plan: Plan, item: Item) -> Segments:
    """Return the directory that the plan has for a Kustomization or a source."""
    who = identity(item.manifest)
    if who.kind == "Kustomization":
        return plan.by_name[item.origin.bundle].control
    return plan.sources[who.kind, who.name]


def _with(directory: Directory, files: Sequence[File]) -> Directory:
    if not files:
        return directory
    every = sorted([*directory.files, *files], key=lambda file: file.name)
    return replace(directory, files=every)

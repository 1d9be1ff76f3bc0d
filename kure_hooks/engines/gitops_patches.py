"""Patches of the objects that are written for the GitOps tool, and of its own manifests.

A cluster's `gitops.patches` are for any of them, those of a bundle for the bundle's own. They are
applied as kustomize 5.8 applies its `patches`, after the objects are made and before they are
placed: what the tree stands on has to stay.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass

from msgspec.structs import replace

from kure_hooks.apps import is_release
from kure_hooks.decoding import nearest
from kure_hooks.engines.interface import Assembly
from kure_hooks.engines.patched_objects import problems_of
from kure_hooks.errors import InputError
from kure_hooks.findings import Finding, of_rule
from kure_hooks.kustomize.merging import merged
from kure_hooks.kustomize.patches import (
    MAX_COPIED,
    PatchError,
    TooMuchError,
    apply,
    parse,
    problems,
)
from kure_hooks.kustomize.targets import Resource, identify, is_for, matches
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.tree import Directory, Item, Patched
from kure_hooks.manifests import Identity, Manifest, identity, plain
from kure_hooks.objects.scopes import is_cluster_scoped
from kure_hooks.stack.bundle_options import Patch as WrittenPatch
from kure_hooks.yamlio.place import Place

_MOST_PAIRS = 100_000
_MOST_NAMED = 8


@dataclass(frozen=True)
class _Step:
    """One change: the operations of a patch, or one object that it merges.

    `bundle` is empty for a patch of the cluster; `target` is None for one that names its object.
    """

    number: int
    place: Place
    bundle: str
    target: Mapping[str, str] | None
    operations: Sequence[Manifest] = ()
    merge: Manifest | None = None


@of_rule("EN007")
def can_be_read(plan: Plan) -> Iterator[Finding]:
    """Every patch of GitOps objects is a patch, and its target one."""
    for _, place, patch in _written(plan):
        for pointer, problem, expected in problems(patch.patch, _target(patch)):
            yield place.below(*pointer).fault(problem, expected)


def patched(plan: Plan, items: Iterable[Item]) -> list[Item]:
    """Return objects with the patches that are for them; those that were tried before as they are.

    What is wrong is told by the items; such an object is as it was.
    """
    steps = list(_steps(plan))
    if not steps:
        return list(items)
    return [item if item.patched else _patched(plan, steps, item) for item in items]


def places(plan: Plan, item: Item) -> list[Place]:
    """Return where the patches are written that have been applied to an object."""
    numbers = item.patched.numbers if item.patched else ()
    return [step.place.below("patch") for step in _steps(plan) if step.number in numbers]


def with_patches(plan: Plan, assembly: Assembly) -> Assembly:
    """Return the pieces of a tree with every GitOps object patched; see Adaptation.

    Raises InputError for patches that can't be applied and for those of no object.
    """
    steps = list(_steps(plan))
    if not steps:
        return assembly
    objects = patched(plan, assembly.objects)
    files = {name: patched(plan, items) for name, items in assembly.start.files.items()}
    payloads = [_directory(plan, each) for each in assembly.payloads]
    of_charts = (item for each in payloads for file in each.files for item in file.items)
    tried = [*objects, *(each for items in files.values() for each in items), *of_charts]
    every = [one for item in tried for one in (*item.holds, item) if one.patched]
    if len(every) * len(steps) > _MOST_PAIRS:
        problem = f"{len(steps)} patches for {len(every)} objects are too many"
        raise InputError([steps[-1].place.fault(problem, "Use fewer patches.", rule="EN007")])
    if faults := [*_faults(every), *_unused(plan, steps, every)]:
        raise InputError(faults)
    return Assembly(objects, replace(assembly.start, files=files), payloads)


def _written(plan: Plan) -> Iterator[tuple[str, Place, WrittenPatch]]:
    """Yield the patches in their order: the bundle's name, the place and the patch."""
    cluster = plan.cluster
    for index, patch in enumerate(cluster.patches):
        yield "", cluster.key("gitops", "patches", index), patch
    for bundle in cluster.bundles():
        for index, patch in enumerate(bundle.options.gitops.patches):
            yield bundle.name, bundle.key("gitops", "patches", index), patch


def _target(patch: WrittenPatch) -> dict[str, str] | None:
    if patch.target is None:
        return None
    return {key: value for key, value in plain(patch.target).items() if value}


def _steps(plan: Plan) -> Iterator[_Step]:
    number = 0
    for bundle, place, written in _written(plan):
        target = _target(written)
        patch = parse(written.patch, has_target=target is not None)
        if patch.operations:
            yield _Step(number, place, bundle, target, operations=patch.operations)
            number += 1
        for merge in patch.merges:
            yield _Step(number, place, bundle, target, merge=merge)
            number += 1


def _directory(plan: Plan, directory: Directory) -> Directory:
    """Return the directory of a bundle with what deploys its charts patched."""
    return replace(
        directory,
        files=[
            replace(file, items=tuple(_of_chart(plan, item) for item in file.items))
            for file in directory.files
        ],
    )


def _of_chart(plan: Plan, item: Item) -> Item:
    """Return an object of a bundle, patched if it is what Flux releases a chart by."""
    unit = plan.by_name.get(item.origin.bundle)
    applications = unit.applications if unit else ()
    own = [each for each in applications if each.name == item.origin.application]
    return patched(plan, [item])[0] if any(map(is_release, own)) else item


def _patched(plan: Plan, steps: Sequence[_Step], item: Item) -> Item:
    numbers: set[int] = set()
    faults: list[Finding] = []
    manifest = item.manifest
    unit = plan.by_name.get(item.origin.bundle)
    for step in steps:
        if step.bundle and not (unit and unit.bundle.name == step.bundle):
            continue
        try:
            if not _is_for(step, manifest):
                continue
            numbers.add(step.number)
            result = _apply(step, manifest)
        except PatchError as error:
            faults.append(
                step.place.below("patch").fault(error.problem, error.expected, rule="EN007")
            )
            continue
        if found := list(problems_of(manifest, result)):
            faults += (step.place.below("patch").fault(*each, rule="EN007") for each in found)
            continue
        manifest = result
    return replace(item, manifest=manifest, patched=Patched(frozenset(numbers), tuple(faults)))


def _is_for(step: _Step, manifest: Manifest) -> bool:
    metadata = manifest["metadata"]
    resource = Resource(
        ids=[identify(manifest, cluster_scoped=is_cluster_scoped(manifest))],
        labels=metadata.get("labels") or {},
        annotations=metadata.get("annotations") or {},
    )
    if step.target is None:
        return step.merge is not None and is_for(step.merge, resource)
    answer = matches(step.target, resource)
    if answer is None:
        problem = f"it is not certain that the target means {identity(manifest)}"
        raise PatchError(problem, "Write plain names, or patterns without groups that repeat.")
    return answer


def _apply(step: _Step, manifest: Manifest) -> Manifest:
    """Return the object with a change; PatchError where it can't be made."""
    if step.merge is not None:
        return merged(manifest, step.merge)
    changed = deepcopy(manifest)
    try:
        apply(step.operations, changed)
    except TooMuchError:
        raise PatchError(f"the patch copies more than {MAX_COPIED} values") from None
    except PatchError as error:
        raise PatchError(f"{error.problem} of {identity(manifest)}", error.expected) from error
    return changed


def _faults(items: Iterable[Item]) -> Iterator[Finding]:
    return (fault for item in items if item.patched for fault in item.patched.faults)


@of_rule("EN008")
def _unused(plan: Plan, steps: Sequence[_Step], items: Sequence[Item]) -> Iterator[Finding]:
    """Yield a finding for each patch that is for no object, with the nearest one there is."""
    used = {number for item in items if item.patched for number in item.patched.numbers}
    for step in steps:
        if step.number in used:
            continue
        known = [
            identity(item.manifest)
            for item in items
            if not step.bundle or _bundle_of(plan, item) == step.bundle
        ]
        whose = f"bundle {step.bundle}" if step.bundle else f"cluster {plan.cluster.name}"
        place, means, name = _meaning(step)
        problem = f"{whose} has no GitOps object that is {means}"
        names = {each.name for each in known}
        hint = nearest(name, names) if name and name not in names else ""
        yield place.fault(problem, hint if hint.endswith("?") else _listed(known))


def _bundle_of(plan: Plan, item: Item) -> str:
    unit = plan.by_name.get(item.origin.bundle)
    return unit.bundle.name if unit else ""


def _meaning(step: _Step) -> tuple[Place, str, str]:
    """Return where it is said which object a patch is for, in which words, and its name."""
    if step.target is not None:
        words = ", ".join(f"{key} {value}" for key, value in step.target.items())
        return step.place.below("target"), words or "anything", step.target.get("name", "")
    merge = step.merge or {}
    metadata = merge["metadata"]
    namespace = f"{metadata['namespace']}/" if metadata.get("namespace") else ""
    words = f"{merge['apiVersion']} {merge['kind']} {namespace}{metadata['name']}"
    return step.place.below("patch"), words, str(metadata["name"])


def _listed(known: Sequence[Identity]) -> str:
    few = list(dict.fromkeys(map(str, known)))
    more = f" and {len(few) - _MOST_NAMED} more" if len(few) > _MOST_NAMED else ""
    return f"Name one of {', '.join(few[:_MOST_NAMED])}{more}." if few else "Delete the patch."

"""Patches of bundles: each can be read, and is for an object that the bundle has."""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

from kure_hooks.decoding import nearest
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding, Severity
from kure_hooks.kustomize.patches import Patch, PatchError, TooMuchError, apply, parse, problems
from kure_hooks.kustomize.targets import (
    Resource,
    identify,
    is_for,
    matches,
)
from kure_hooks.layout.payloads import Contents, applications
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.units import Unit
from kure_hooks.manifests import Manifest, plain
from kure_hooks.objects.scopes import is_cluster_scoped
from kure_hooks.stack.bundle_options import Patch as WrittenPatch
from kure_hooks.stack.bundle_options import Target
from kure_hooks.stack.interface import ConfigMapGenerator
from kure_hooks.stack.model import Bundle
from kure_hooks.yamlio.place import Place

# Above this many pairs of a patch and an object nothing more is said of a bundle.
_MOST_PAIRS = 100_000


def patches_are_for_objects(plan: Plan, contents: Contents, tree: Tree) -> Iterator[Finding]:
    """Every patch of a bundle can be read, has a target among its objects and can be applied."""
    del tree  # the objects are all that counts
    units: dict[str, list[Unit]] = {}
    for unit in plan.units:
        units.setdefault(unit.bundle.split_from or unit.bundle.name, []).append(unit)
    for bundle in plan.cluster.bundles():
        if bundle.options.patches and bundle.name in units:
            yield from _bundle(plan, units[bundle.name], contents)


def patches_of(plan: Plan, unit: Unit, contents: Contents) -> Sequence[WrittenPatch]:
    """Return the patches that the build of a unit gets.

    kustomize refuses an object to merge where its target is not, so that a bundle with parts of its
    own, or stages, gives each those for its objects. PatchError never: they have been read before.
    """
    bundle = unit.bundle
    if not plan.parts.get(bundle.name) and not bundle.split_from:
        return bundle.options.patches
    objects = _resources(plan, unit, contents)
    return [
        patch
        for patch in bundle.options.patches
        if patch.target or any(is_for(merge, each) for merge in _merges(patch) for each in objects)
    ]


def _merges(patch: WrittenPatch) -> Sequence[Manifest]:
    return parse(patch.patch, has_target=False).merges


def _written(target: Target | None) -> Mapping[str, str]:
    """Return a target by the keys of a stack file."""
    return {key: each for key, each in plain(target).items() if each} if target else {}


def _bundle(plan: Plan, units: Sequence[Unit], contents: Contents) -> Iterator[Finding]:
    bundle = plan.by_name[units[0].bundle.split_from or units[0].bundle.name].bundle
    resources = [each for unit in units for each in _resources(plan, unit, contents)]
    # What applies other GitOps objects has them among its objects, but they are not known here, and
    # neither are those of a payload that exists, after its own build has changed them.
    overlays = any(product.overlay for _, product in contents[bundle.name])
    contains = (
        overlays
        or bundle.payload is not None
        or any(other.control in {unit.payload for unit in units} for other in plan.units)
    )
    followed = len(resources) * len(bundle.options.patches) <= _MOST_PAIRS
    for index, written in enumerate(bundle.options.patches):
        place = bundle.key("patches", index)
        target = None if written.target is None else _written(written.target)
        faults = list(problems(written.patch, target))
        for pointer, problem, expected in faults:
            yield place.below(*pointer).fault(problem, expected, rule="EN005")
        if faults or not followed:
            continue
        patch = parse(written.patch, has_target=written.target is not None)
        if not patch.operations and not patch.merges:
            continue
        missed = _follow(patch, written.target, resources, place)
        if isinstance(missed, Finding):
            yield missed
        elif missed and not contains:
            yield _without_object(bundle, written, place, resources)


def _follow(
    patch: Patch, target: Target | None, resources: Sequence[Resource], place: Place
) -> bool | Finding:
    """Let a patch change the objects that it is for.

    Returns a finding where it can't be applied, else whether there is surely no object for it.
    """
    known = [each for each in resources if not each.gone]
    if target is None:
        found = [[each for each in known if is_for(merge, each)] for merge in patch.merges]
        for objects in found:
            _merge(patch, objects)
        return not all(found)
    written = _written(target)
    answers = [(matches(written, each), each) for each in known]
    fitting = [each for answer, each in answers if answer]
    for resource in (each for answer, each in answers if answer is None):
        resource.manifest = None
    if patch.merges:
        _merge(patch, fitting)
    for resource in fitting if patch.operations else ():
        if problem := _operate(patch, resource):
            return place.below("patch").fault(problem, rule="EN005")
    return all(answer is False for answer, _ in answers)


def _merge(patch: Patch, resources: Sequence[Resource]) -> None:
    for resource in resources:
        resource.manifest = None
        resource.gone = patch.deletes


def _operate(patch: Patch, resource: Resource) -> str:
    """Apply operations to an object; return why they can't be, empty where they can."""
    if resource.manifest is None:
        return ""
    if not resource.own:
        resource.manifest, resource.own = deepcopy(resource.manifest), True
    try:
        apply(patch.operations, resource.manifest)
        scoped = is_cluster_scoped(resource.manifest)
        resource.ids.append(identify(resource.manifest, cluster_scoped=scoped))
    except PatchError as error:
        who = resource.ids[0]
        return f"{error.problem} of {who.kind} {who.name}"
    except (TooMuchError, LookupError, TypeError, AttributeError):
        resource.manifest = None  # it is no longer an object whose names can be read
    return ""


def _without_object(
    bundle: Bundle, written: WrittenPatch, place: Place, resources: Sequence[Resource]
) -> Finding:
    target = _written(written.target)
    if written.target is None:
        (merge, *_) = [
            each for each in _merges(written) if not any(is_for(each, one) for one in resources)
        ] or _merges(written)
        name = str(merge["metadata"]["name"])
        namespace = merge["metadata"].get("namespace")
        what = f"{merge['apiVersion']} {merge['kind']} {f'{namespace}/' if namespace else ''}{name}"
        at = place.below("patch")
    else:
        name = target.get("name", "")
        what = ", ".join(f"{key} {each}" for key, each in target.items()) or "anything"
        at = place.below("target")
    ids = [resource.ids[0] for resource in resources]
    known = {each.name for each in ids}
    hint = nearest(name, known) if name and name not in known else _listed(ids)
    problem = f"bundle {bundle.name} has no object that is {what}"
    if bundle.options.components:
        expected = "Name an object, or leave it to a component that has one."
        expected = f"{hint} (A component may have it as well.)" if hint else expected
        return at.fault(problem, expected, Severity.WARNING, rule="EN006")
    return at.fault(problem, hint or "Name an object that it has.", rule="EN006")


def _listed(ids: Sequence[Any]) -> str:
    """Return a few of the objects that there are."""
    few = [
        f"{each.kind} {each.namespace}/{each.name}"
        if each.namespace not in ("default", "_non_namespaceable_")
        else f"{each.kind} {each.name}"
        for each in ids[:5]
    ]
    more = f" and {len(ids) - len(few)} more" if len(ids) > len(few) else ""
    return f"Name one of {', '.join(few)}{more}." if few else ""


def _resources(plan: Plan, unit: Unit, contents: Contents) -> list[Resource]:
    """Return what kustomize has when it patches the payload of a unit.

    Objects that an overlay takes in are not followed: its own build may have changed them.
    """
    found = applications(plan, unit, contents)
    overlays = (product.overlay for _, product in found if product.overlay)
    taken_in = [_resource(item) for overlay in overlays for item in overlay.holdings.objects]
    for resource in taken_in:
        resource.manifest = None
    manifests = [_resource(each) for _, product in found for each in product.manifests]
    generated = (_generated(each) for _, one in found for each in one.config_maps)
    return [*manifests, *taken_in, *generated]


def _resource(manifest: Manifest) -> Resource:
    metadata = manifest["metadata"]
    return Resource(
        ids=[identify(manifest, cluster_scoped=is_cluster_scoped(manifest))],
        labels=metadata.get("labels") or {},
        annotations=metadata.get("annotations") or {},
        manifest=manifest,
    )


def _generated(generator: ConfigMapGenerator) -> Resource:
    """Return a ConfigMap that is made in the build; its data are not followed."""
    return Resource(
        ids=[identify(generator.manifest, cluster_scoped=False)],
        labels=generator.labels,
        annotations=generator.annotations,
    )

"""Patches and images of an application: held against its objects, or applied to them."""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

from kure_hooks.decoding import nearest
from kure_hooks.findings import Finding
from kure_hooks.kustomize.images import Renaming, in_containers
from kure_hooks.kustomize.merging import merged
from kure_hooks.kustomize.patches import PatchError, TooMuchError, apply, parse, problems
from kure_hooks.kustomize.targets import Resource, identify, is_for, matches
from kure_hooks.manifests import Manifest, identity, written
from kure_hooks.objects.scopes import is_cluster_scoped
from kure_hooks.stack.bundle_options import Image, Patch
from kure_hooks.stack.model import Application
from kure_hooks.yamlio.place import Place, Problem

_BY_KUSTOMIZE = "Delete apply, so that kustomize does it when it builds the directory."


def patch_problems(patches: Sequence[Patch]) -> Iterator[Problem]:
    """Yield what is wrong with patches by themselves, below the key `patches`."""
    for index, patch in enumerate(patches):
        target = None if patch.target is None else written(patch.target)
        for pointer, problem, expected in problems(patch.patch, target):
            yield ("patches", index, *pointer), problem, expected


def unmatched(application: Application, manifests: Sequence[Manifest]) -> Iterator[Finding]:
    """Yield the patches that are for none of the objects, which kustomize would refuse."""
    resources = [_resource(manifest) for manifest in manifests]
    for index, patch in enumerate(application.spec.patches):
        place = application.key("spec", "patches", index)
        if patch.target is not None:
            target = written(patch.target)
            if all(matches(target, resource) is False for resource in resources):
                yield _nothing(application, place.below("target"), target.get("name"), manifests)
            continue
        for merge in parse(patch.patch, has_target=False).merges:
            if not any(is_for(merge, resource) for resource in resources):
                name = merge["metadata"]["name"]
                yield _nothing(application, place.below("patch"), name, manifests)


def _nothing(
    application: Application, place: Place, name: str | None, manifests: Sequence[Manifest]
) -> Finding:
    if not manifests:
        problem = f"application {application.name} has no object to patch"
        return place.fault(problem, "Delete the patch, or add objects.", rule="AP008")
    names = {manifest["metadata"]["name"] for manifest in manifests}
    if name and name not in names:
        problem = f"application {application.name} has no object {name} to patch"
        return place.fault(problem, nearest(name, names), rule="AP008")
    objects = ", ".join(str(identity(manifest)) for manifest in manifests[:5])
    problem = f"no object of application {application.name} is what this patch is for"
    expected = f"kind, name and namespace of an object, such as {objects}"
    return place.fault(problem, expected, rule="AP008")


def applied(
    application: Application, manifests: Sequence[Manifest]
) -> tuple[list[Manifest | None], list[Finding]]:
    """Return the objects after all patches, then images, and what can't be applied to them.

    An object that a patch deletes is None. Patches do what they do in a build of kustomize 5.8, and
    what is not known of that is a finding.
    """
    objects: list[Manifest | None] = list(manifests)
    findings: list[Finding] = []
    for index, patch in enumerate(application.spec.patches):
        place = application.key("spec", "patches", index, "patch")
        for at, manifest in enumerate(objects):
            try:
                objects[at] = manifest and _patched(manifest, patch)
            except PatchError as error:
                problem = f"{error.problem}, in {identity(manifest or {})}"
                findings.append(place.fault(problem, error.expected, rule="AP008"))
    for index, image in enumerate(application.spec.images):
        renaming = _renaming(image)
        if renaming.pattern is None:
            place = application.key("spec", "images", index, "name")
            problem = f"{image.name} is a regular expression to kustomize"
            findings.append(place.fault(problem, _BY_KUSTOMIZE, rule="AP008"))
            continue
        objects = [manifest and _with_image(manifest, renaming) for manifest in objects]
    return objects, findings


def _patched(manifest: Manifest, patch: Patch) -> Manifest | None:
    """Return an object after a patch; PatchError where that can't be done or is not known."""
    parsed = parse(patch.patch, has_target=patch.target is not None)
    resource = _resource(manifest)
    if patch.target is not None:
        fits = matches(written(patch.target), resource)
        if fits is None:
            raise PatchError("nobody knows whether the target means an object", _BY_KUSTOMIZE)
        merges = parsed.merges if fits else ()
    else:
        fits = False
        merges = [merge for merge in parsed.merges if is_for(merge, resource)]
    if merges and parsed.deletes:
        return None
    for merge in merges:
        manifest = merged(manifest, merge)
    return _operated(manifest, parsed.operations) if fits and parsed.operations else manifest


def _operated(manifest: Manifest, operations: Sequence[Manifest]) -> Manifest:
    changed = deepcopy(manifest)
    try:
        apply(operations, changed)
        identify(changed, cluster_scoped=is_cluster_scoped(changed))
    except (TooMuchError, LookupError, TypeError, AttributeError) as error:
        raise PatchError("the patch can't be followed", _BY_KUSTOMIZE) from error
    return changed


def _renaming(image: Image) -> Renaming:
    return Renaming(image.name, image.new_name or "", image.new_tag or "", image.digest or "")


def _with_image(manifest: Manifest, renaming: Renaming) -> Manifest:
    """Return an object with an image renamed in its containers, at any depth; a CRD has none."""
    pattern = renaming.pattern
    if pattern is None or manifest["kind"] == "CustomResourceDefinition":
        return manifest

    def change(value: Any, _: object) -> Any:
        is_meant = isinstance(value, str) and pattern.fullmatch(value)
        return renaming.renamed(value) if is_meant else value

    changed: Manifest = in_containers(manifest, change)
    return changed


def _resource(manifest: Manifest) -> Resource:
    metadata: Mapping[str, Any] = manifest["metadata"]
    return Resource(
        ids=[identify(manifest, cluster_scoped=is_cluster_scoped(manifest))],
        labels=metadata.get("labels") or {},
        annotations=metadata.get("annotations") or {},
    )

"""Rules for what payloads hold on Argo CD 3.5.

Nothing is written into payloads that exist: Flux changes objects after their build, and for Argo CD
that happens here to files that are generated, which those of such a payload are not. Some objects
Argo CD applies, but never finds in sync.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

from msgspec.structs import replace

from kure_hooks.decoding.refusals import MOST_ANNOTATIONS
from kure_hooks.decoding.types import key_of
from kure_hooks.engines.annotations import SYNC_OPTIONS
from kure_hooks.engines.argocd.sync_policy import sync_options
from kure_hooks.engines.interface import Check
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding, Severity, of_rule
from kure_hooks.layout.payloads import Contents
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.units import Unit
from kure_hooks.manifests import CLAIM, Manifest, canonical, identity, kind_of, text_at, value_at
from kure_hooks.stack.bundle_options import OF_KUSTOMIZE, BundleOptions
from kure_hooks.yamlio.document import key_path

_OTHERWISE = re.compile("(?:ServerSideApply|Replace)=true")


@of_rule("AC035")
def files_stay_as_they_are(plan: Plan, contents: Contents, tree: Tree) -> Iterator[Finding]:
    """Refuse the keys of a bundle that would change files which are there already.

    The kustomization.yaml of an application of kind Kustomize has the common metadata.
    """
    del tree  # the files are not to be touched
    for bundle in plan.cluster.bundles():
        options = bundle.options
        overlays = [
            application.name for application, product in contents[bundle.name] if product.overlay
        ]
        if bundle.payload is None and not overlays:
            continue
        subject = f"application {overlays[0]}" if overlays else f"the payload of {bundle.name}"
        refused: Sequence[tuple[bool, tuple[str, ...], str]] = (
            (options.post_build is not None, ("postBuild",), "Write the values into the files."),
            (options.common_metadata is not None, ("commonMetadata",), _BY_KUSTOMIZE),
            (options.argocd.force, ("argocd", "force"), "Write sync options on the objects."),
        )
        for is_set, steps, expected in refused:
            if is_set and not (overlays and steps == ("commonMetadata",)):
                problem = f"Argo CD has nothing like {'.'.join(steps)} for the files of {subject}"
                yield bundle.key(*steps).fault(problem, expected)


@of_rule("AC036")
def sources_are_built_in_one_way(plan: Plan) -> Iterator[Finding]:
    """Options of a directory or a chart are for a payload, and exclude those of kustomize."""
    for unit in plan.units:
        chosen = [key for key in ("directory", "helm") if getattr(unit.bundle.options.argocd, key)]
        for key in chosen if unit.exists else ():
            if others := [*(set(chosen) - {key}), *_of_kustomize(unit)]:
                problem = f"bundle {unit.name} has argocd.{key} beside {others[0]}"
                expected = "Remove one: Argo CD builds a source in one way."
                yield unit.bundle.key("argocd", key).fault(problem, expected)
        for key in () if unit.exists else chosen:
            problem = f"bundle {unit.name} has argocd.{key}, but its files are built by kustomize"
            yield unit.bundle.key("argocd", key).fault(problem, "Add a payload, or remove the key.")


@of_rule("AO013")
def resource_waves_are_written(plan: Plan) -> Iterator[Finding]:
    """Refuse a payload whose objects would have to be put into waves among those of others."""
    if plan.cluster.argocd.ordering != "resource-waves":
        return
    for node in plan.cluster.root.closure():
        together = list(node.bundle.closure()) if node.bundle else []
        for bundle in together if len(together) > 1 else ():
            if bundle.payload is not None:
                problem = f"the objects in the payload of bundle {bundle.name} can't get a wave"
                expected = "Give the bundle a node of its own, or set ordering: waves."
                yield bundle.key("payload").fault(problem, expected)


_BY_KUSTOMIZE = (
    "Set argocd.kustomize.commonLabels and labelWithoutSelector: true, or change the files."
)

RULES: Sequence[Check] = (
    sources_are_built_in_one_way,
    resource_waves_are_written,
)


def _of_kustomize(unit: Unit) -> list[str]:
    options = unit.bundle.options
    keys = [key_of(BundleOptions, name) for name in OF_KUSTOMIZE if getattr(options, name)]
    return [*keys, "argocd.kustomize"] if options.argocd.kustomize else keys


@of_rule("AC004")
def claim_templates_are_in_sync(plan: Plan, contents: Contents, tree: Tree) -> Iterator[Finding]:
    """A claim template has the keys that the API server adds.

    Under server-side apply Argo CD takes them for a difference that no sync removes
    (argo-cd#11143), and whatever waits for the Application waits for ever.
    """
    del tree  # the objects are all that counts
    for bundle in plan.cluster.bundles():
        if "ServerSideApply=true" not in sync_options(plan, bundle):
            continue
        for application, product in contents[bundle.name]:
            for manifest, at in zip_longest(product.manifests, product.places):
                for index, keys in _incomplete_claims(manifest):
                    template = key_path(("spec", "volumeClaimTemplates", index))
                    problem = (
                        f"{identity(manifest)} is never in sync, "
                        f"because {template} lacks {' and '.join(keys)}"
                    )
                    expected = " and ".join(f"{key}: {CLAIM[key]}" for key in keys)
                    fault = application.key("spec").fault(problem, expected, Severity.WARNING)
                    yield replace(fault, at=at, key="") if at else fault


@of_rule("AC037")
def large_objects_are_applied_on_the_server(
    plan: Plan, contents: Contents, tree: Tree
) -> Iterator[Finding]:
    """Applied by the client, an object is in an annotation of its own, which has a limit."""
    del tree  # the objects are all that counts
    for bundle in plan.cluster.bundles():
        if "ServerSideApply=true" in sync_options(plan, bundle):
            continue
        for application, product in contents[bundle.name]:
            for manifest, at in zip_longest(product.manifests, product.places):
                own = text_at(manifest, "metadata", "annotations", SYNC_OPTIONS)
                if _OTHERWISE.search(own) or len(canonical(manifest)) <= MOST_ANNOTATIONS:
                    continue
                problem = f"{identity(manifest)} is too large to be applied by Argo CD's client"
                expected = "Delete ServerSideApply=false from the sync options."
                fault = application.key("spec").fault(problem, expected)
                yield replace(fault, at=at, key="") if at else fault


def _incomplete_claims(manifest: Manifest) -> Iterator[tuple[int, list[str]]]:
    """Yield the index of each claim template that lacks keys, and the keys."""
    if kind_of(manifest) != ("apps", "StatefulSet"):
        return
    templates: Any = value_at(manifest, "spec", "volumeClaimTemplates")
    for index, template in enumerate(templates if isinstance(templates, list) else ()):
        keys = [key for key in CLAIM if isinstance(template, dict) and not template.get(key)]
        if keys:
            yield index, keys

"""Objects that Argo CD 3.5 applies, but never finds in sync."""

import re
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from msgspec.structs import replace

from kure_hooks.decoding.refusals import MOST_ANNOTATIONS
from kure_hooks.engines.annotations import SYNC_OPTIONS
from kure_hooks.engines.argocd.sync_policy import sync_options
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding, Severity, of_rule
from kure_hooks.layout.payloads import Contents
from kure_hooks.layout.plan import Plan
from kure_hooks.manifests import CLAIM, Manifest, canonical, identity, kind_of, text_at, value_at
from kure_hooks.yamlio.document import key_path

_OTHERWISE = re.compile("(?:ServerSideApply|Replace)=true")


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

"""Adoptions of random trees, bundle by bundle: no object of any owner changes.

KURE_HOOKS_IMPORTS sets the number of trees for each engine; without it there are a few.
"""

import os
import re
from collections import Counter

import pytest
from msgspec.structs import replace

from kure_hooks.errors import UsageError
from kure_hooks.files.memory import OverlaidTree
from kure_hooks.gitops.builds import Builds
from kure_hooks.gitops.clusters import read_repository
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.payload import Way
from kure_hooks.manifests import canonical, value_at
from kure_hooks.operations.adopt import Wish, adopt
from kure_hooks.operations.adoptable import targets
from kure_hooks.operations.adoption import Choice, import_cluster
from kure_hooks.operations.compile import Request, generate_stack
from tests.support.clusters import REPOSITORY
from tests.support.importing import aged, each_random_tree, workspace

TREES = int(os.environ.get("KURE_HOOKS_IMPORTS", "3"))
# Reasons that lie in the bundle, and none in the conversion.
EXPECTED = (
    "is defined (twice|in two files)|applies nothing|can't be compared: .* (source|OCI artifact)"
)


@pytest.mark.parametrize("engine", ["flux", "argocd"])
def test_random_bundles_are_adopted_without_a_change(engine):
    kinds, left, counts = Counter(), Counter(), Counter()

    def check(case, random):
        repository = workspace(aged(case, random))
        for cluster in read_repository(repository.tree, origin=REPOSITORY).clusters:
            try:
                imported = import_cluster(repository, Choice(engine, "adopted", [cluster.name]))
            except UsageError:
                continue
            stack = {imported.path: imported.text.encode()}
            adopt_all(with_tree(repository, OverlaidTree(stack, repository.tree)))

    def adopt_all(opened):
        before = objects(opened)
        names = adopt_names(opened)
        for name in names:
            adopted = adopt(opened, Wish([name]))
            counts["bundles"] += 1
            for _, reasons in adopted.left:
                left[reasons[0]] += 1
            if adopted.is_sound:
                texts = {path: after for path, (_, after) in adopted.texts.items()}
                opened = with_tree(opened, OverlaidTree(texts, opened.tree))
                for moved in adopted.moved:
                    kinds.update(moved.kinds)
                counts["adopted"] += 1
        assert objects(opened) == before

    each_random_tree(engine, TREES, check)
    assert [reason for reason in left if not re.search(EXPECTED, reason)] == []
    assert counts["adopted"] > TREES
    assert {"Manifests", "AppWorkload"} <= kinds.keys()


def with_tree(opened, tree):
    copy = replace(opened, tree=tree)
    copy.__dict__["origin"] = REPOSITORY
    return copy


def adopt_names(opened):
    try:
        return [target.bundle.name for target in targets(opened, (), every=True)]
    except UsageError:
        return []


def objects(opened):
    """Return what is built of the directory of each owner that the stack itself writes."""
    result = generate_stack(Request(opened.tree, opened.settings, "stacks/adopted.yaml"))
    assert not result.findings
    files = Files(OverlaidTree(result.files, opened.tree))
    builds = Builds(files)
    return {
        item.label: sorted(canonical(each.manifest) for each in payload(item, builds).resources)
        for path in result.files
        if not result.origins[path].application
        for item in files.objects(path)
        if item.kind in ("Kustomization", "Application") and directory(item) in files.directories
    }


def directory(item):
    source = item.manifest.get("spec", {}).get("source") or item.manifest.get("spec", {})
    return (source.get("path") or "?").removeprefix("./").rstrip("/")


def payload(item, builds):
    path = directory(item)
    if item.kind == "Kustomization":
        return builds.payload(path, Way.FLUX)
    has_build = f"{path}/kustomization.yaml" in builds.files.paths
    recurses = value_at(item.manifest, "spec", "source", "directory", "recurse")
    plain = Way.RECURSIVE if recurses else Way.DIRECTORY
    return builds.payload(path, Way.KUSTOMIZE if has_build else plain)

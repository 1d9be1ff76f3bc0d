"""Imports of random trees: every owner comes out as it is.

KURE_HOOKS_IMPORTS sets the number of trees for each engine; without it there are a few.
"""

import os

import pytest

from kure_hooks.errors import UsageError
from kure_hooks.gitops.clusters import read_repository
from kure_hooks.operations.adoption import Choice, import_cluster
from tests.support.clusters import REPOSITORY
from tests.support.importing import aged, each_random_tree, workspace

TREES = int(os.environ.get("KURE_HOOKS_IMPORTS", "20"))


@pytest.mark.parametrize("engine", ["flux", "argocd"])
def test_random_trees_come_out_as_they_are(engine):
    counts = {"owners": 0, "bundles": 0}

    def check(case, random):
        repository = workspace(aged(case, random), external=("Kustomization */elsewhere",))
        read = read_repository(repository.tree, origin=REPOSITORY)
        for cluster in read.clusters:
            try:
                imported = import_cluster(repository, Choice(engine, "adopted", [cluster.name]))
            except UsageError:
                assert not any(map(is_bundle, cluster.owners))
                continue
            assert [item for item in imported.left if not is_of_the_start(item)] == []
            assert imported.is_whole
            counts["owners"] += imported.owners
            counts["bundles"] += imported.bundles

    each_random_tree(engine, TREES, check)
    assert counts["bundles"] > TREES


def is_of_the_start(item):
    return item.reason in {
        "applies the entry itself",
        "is the source of the entry itself",
        "installs Flux and starts the cluster",
        "is a part of the GitOps tool's own installation",
    }


def is_bundle(owner):
    """Tell whether an owner would be a bundle; what applies the entry itself is none."""
    return owner.who.kind in ("Kustomization", "Application") and owner.parent is not None

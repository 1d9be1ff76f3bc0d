"""The second proof of the switch: the repository as it would be applies the same."""

import pytest

from kure_hooks.errors import UsageError
from kure_hooks.gitops.clusters import read_repository
from kure_hooks.operations.taking import refuse_changes
from tests.support.importing import workspace
from tests.support.linting import config_map, kustomization

BEFORE = {"clusters/prod/web.yaml": kustomization("web"), "apps/web/a.yaml": config_map("a")}


def repository(files):
    return read_repository(workspace(files).tree)


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ({}, "Kustomization flux-system/web would not be there"),
        ({"clusters/prod/web.yaml": kustomization("web", interval="1h")}, "spec.interval"),
        (BEFORE | {"apps/web/a.yaml": config_map("b")}, "no longer apply ConfigMap default/a"),
    ],
)
def test_a_switch_that_changes_an_owner_is_refused(files, problem):
    (before,) = repository(BEFORE).clusters
    with pytest.raises(
        UsageError, match="the switch would change what the cluster applies"
    ) as error:
        refuse_changes(before, repository(files), "clusters/new", set())
    assert problem in str(error.value)


def test_owners_may_be_in_the_entry_or_in_the_generated_tree():
    (before,) = repository(BEFORE).clusters
    moved = {"clusters/new/sub/web.yaml": kustomization("web"), "apps/web/a.yaml": config_map("a")}
    other = {"clusters/third/web.yaml": kustomization("web", "./apps/x")}
    refuse_changes(before, repository(BEFORE | other), "clusters/new", set())
    refuse_changes(before, repository(moved | other), "clusters/new", set())

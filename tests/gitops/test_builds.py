"""The builds of kustomizations, compared with those of the real kustomize."""

from pathlib import Path

import pytest

from kure_hooks.files.tree import WorkTree
from kure_hooks.gitops.builds import Builds
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.payload import Way
from kure_hooks.kustomize import BUILD_FILES
from tests.support.kustomize_builds import Comparison, compare

ROOT = Path(__file__).parents[2]
TREES = ROOT.parent / "shared/data/trees"
NAMES = ("flux2-kustomize-helm-example", "infra-deployments-argo-cd-apps", "onedr0p-home-ops")


def directories(root):
    """Return the directories below a root that have a file of kustomize's."""
    files = (path for name in BUILD_FILES for path in root.rglob(name) if path.is_file())
    return sorted({path.parent.relative_to(root).as_posix().removeprefix(".") for path in files})


def builds(root):
    return Builds(Files(WorkTree(root)))


@pytest.mark.skipif(not TREES.is_dir(), reason="there is no ../shared/data/trees")
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("way", [Way.FLUX, Way.KUSTOMIZE], ids=lambda way: way.name)
def test_real_repositories_build_as_kustomize_builds_them(name, way):
    ours = builds(TREES / name)
    results = {
        directory: compare(TREES / name, ours.payload(directory, way))
        for directory in directories(TREES / name)
    }
    wrong = {directory: result for directory, result in results.items() if not result.is_right}
    assert wrong == {}
    assert {result.kind for result in results.values()} <= {Comparison.EQUAL, Comparison.BOTH_FAIL}

"""What a team deploys, whole: charts, patched manifests and overlays, as golden trees.

The repository is that of tests/apps/deployed/repository; beside it is its tree for each engine.
"""

import subprocess
from pathlib import Path

import pytest

from tests.support.charts import with_helm
from tests.support.git import write
from tests.support.tools import tool

DEPLOYED = Path(__file__).parent / "deployed"


def files(directory):
    return {
        path.relative_to(directory).as_posix(): path.read_text()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(params=["flux", "argocd"])
def generated(request, tmp_path, kure, monkeypatch):
    """A repository for one engine with its tree, and the name of the engine."""
    with_helm(monkeypatch)
    texts = files(DEPLOYED / "repository")
    texts["stacks/prod.yaml"] = texts["stacks/prod.yaml"].replace("ENGINE", request.param)
    write(tmp_path, texts)
    code, out, err = kure("generate")
    assert code == 1, out + err
    return request.param, tmp_path


def test_the_golden_trees(generated, update_golden):
    """E18.2 to E18.8, and E11.1 to E11.4: directories of their own beside what lies flat."""
    engine, place = generated
    found = files(place / "clusters")
    if update_golden:
        write(DEPLOYED / engine, found)
    assert found == files(DEPLOYED / engine)


def test_each_directory_is_built_by_the_real_kustomize(generated):
    _, place = generated
    directories = [path.parent for path in (place / "clusters").rglob("kustomization.yaml")]
    assert len(directories) > 5
    for directory in directories:
        command = [
            tool("kustomize"),
            "build",
            "--load-restrictor",
            "LoadRestrictionsNone",
            directory,
        ]
        subprocess.run(command, check=True, capture_output=True)


@pytest.mark.parametrize("backend", ["embedded", "kubeconform"])
def test_each_object_is_valid(generated, kure, backend):
    if backend == "kubeconform":
        tool("kubeconform")
    code, out, err = kure("validate", "--backend", backend, "clusters")
    assert code == 0, out + err


def test_it_is_in_sync_from_then_on(generated, kure):
    code, out, err = kure("check")
    assert (code, out) == (0, ""), out + err

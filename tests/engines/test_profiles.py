"""The golden trees of a cluster with a profile and overrides, on both engines.

The folder `repository` beside them is what they are made of.
"""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from kure_hooks.operations.schemas import export
from kure_hooks.operations.workspace import open_workspace
from tests.support.git import write
from tests.support.schemas import conforming
from tests.support.tools import tool

GOLDEN = Path(__file__).parent / "golden" / "profiles"
ENGINES = ("flux", "argocd")


@pytest.fixture
def repository(tmp_path):
    return shutil.copytree(GOLDEN / "repository", tmp_path / "repository")


def texts(directory):
    return {
        path.relative_to(directory).as_posix(): path.read_text()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("engine", ENGINES)
def test_the_golden_tree_of_a_profile_and_overrides(engine, repository, kure, update_golden):
    code, _, err = kure("generate", cwd=repository)
    assert (code, err) == (1, "")
    found = texts(repository / "clusters" / engine)
    if update_golden:
        write(GOLDEN / engine, found)
    assert found == texts(GOLDEN / engine)


@pytest.mark.parametrize("engine", ENGINES)
def test_each_directory_is_built_by_the_real_kustomize(engine):
    directories = [path.parent for path in (GOLDEN / engine).rglob("kustomization.yaml")]
    assert len(directories) > 2
    for directory in directories:
        command = [tool("kustomize"), "build", directory]
        subprocess.run(command, check=True, capture_output=True)


@pytest.mark.parametrize("backend", ["embedded", "kubeconform"])
def test_each_object_is_valid(backend, repository, kure):
    if backend == "kubeconform":
        tool("kubeconform")
    kure("generate", cwd=repository)
    code, out, err = kure("validate", "--backend", backend, "clusters", cwd=repository)
    assert code == 0, out + err


@pytest.fixture(scope="module")
def schemas(tmp_path_factory):
    directory = tmp_path_factory.mktemp("schemas")
    export(open_workspace(tmp_path_factory.mktemp("repository")), directory, "1.34")
    return directory


@pytest.mark.parametrize("engine", ENGINES)
def test_the_real_kubeconform_takes_each_object_of_the_golden_tree(engine, schemas):
    files = sorted((GOLDEN / engine).rglob("*.yaml"))
    objects = [each for file in files for each in yaml.safe_load_all(file.read_text())]
    verdicts = conforming(schemas, files)
    assert {verdict["status"] for verdict in verdicts} == {"statusValid"}, verdicts
    assert sorted(verdict["kind"] for verdict in verdicts) == sorted(
        each["kind"] for each in objects
    )


def test_the_golden_trees_have_what_a_profile_decides_on():
    beside = {"Certificate", "ExternalSecret", "HTTPRoute", "Ingress", "PersistentVolumeClaim"}
    for engine in ENGINES:
        tree = texts(GOLDEN / engine)
        assert beside <= {yaml.safe_load(text)["kind"] for text in tree.values()}


@pytest.mark.parametrize("engine", ENGINES)
def test_everything_in_the_golden_trees_is_what_a_layer_says(engine):
    """What people read in the golden files, held in words."""
    tree = texts(GOLDEN / engine)
    (shop,) = [yaml.safe_load(text) for path, text in tree.items() if "statefulset" in path]
    pod = shop["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert shop["spec"]["replicas"] == 3
    assert container["env"] == [
        {"name": "LOG_LEVEL", "value": "info"},
        {"name": "REGION", "value": "eu"},
    ]
    assert container["resources"] == {
        "requests": {"cpu": "50m", "memory": "64Mi"},
        "limits": {"memory": "256Mi"},
    }
    assert pod["tolerations"] == [{"key": "spot", "operator": "Exists"}]
    assert shop["spec"]["volumeClaimTemplates"][0]["spec"]["storageClassName"] == "fast"
    (agent,) = [yaml.safe_load(text) for path, text in tree.items() if "daemonset" in path]
    assert agent["spec"]["template"]["spec"]["nodeSelector"] == {"kubernetes.io/os": "linux"}
    assert "tolerations" not in agent["spec"]["template"]["spec"]
    assert "replicas" not in agent["spec"]
    (chart,) = [text for text in tree.values() if "color: green" in text]
    assert "message" not in chart


@pytest.mark.parametrize("engine", ENGINES)
def test_a_changed_profile_is_the_reason_of_drift(engine, repository, kure):
    kure("generate", cwd=repository)
    profile = repository / "profiles" / "eu.yaml"
    profile.write_text(profile.read_text().replace("memory: 256Mi", "memory: 300Mi"))
    code, out, _ = kure("check", f"stacks/{engine}.yaml", cwd=repository)
    assert code == 1
    assert "256Mi -> 300Mi" in out
    _, out, _ = kure("explain", "profiles/eu.yaml", cwd=repository)
    assert out.count("DaemonSet shop/agent") == len(ENGINES)

"""The reference implementation's own examples load here as they are."""

import shutil
from pathlib import Path

import pytest
import yaml

from kure_hooks import config
from kure_hooks.files.tree import WorkTree
from kure_hooks.operations import fleet
from tests.support.git import write
from tests.support.schemas import assert_valid

EXAMPLES = Path(__file__).parents[1].parent / "shared" / "data" / "reference-examples"
SETTINGS = """\
stacks: [{stack}]
argocd:
  repoURL: https://github.com/acme/fleet.git
"""
ONE_APPLICATION = """\
name: one
node:
  name: all
  bundle:
    name: all
    applications:
      - path: {path}
"""
GITOPS = ("toolkit.fluxcd.io", "fluxcd.controlplane.io", "argoproj.io")

pytestmark = pytest.mark.skipif(
    not EXAMPLES.is_dir(), reason=f"the reference examples are not at {EXAMPLES}"
)


def files(*, applications):
    """Return the examples that are applications, or those that are stacks."""
    found = {str(path.relative_to(EXAMPLES)): path for path in sorted(EXAMPLES.rglob("*.yaml"))}
    mark = "apiVersion: generators.gokure.dev/"
    return [name for name, path in found.items() if (mark in path.read_text()) == applications]


@pytest.fixture
def generate(tmp_path):
    """Generate one stack of a copy of the examples and return documents by path."""
    shutil.copytree(EXAMPLES, tmp_path, dirs_exist_ok=True)

    def run(stack):
        write(tmp_path, {".kure-hooks.yaml": SETTINGS.format(stack=stack)})
        tree = WorkTree(tmp_path)
        generated = fleet.generate(tree, config.load(tree), ()).files
        write(tmp_path, generated)
        return {path: list(yaml.safe_load_all(data)) for path, data in generated.items()}

    return run


def of_gitops(documents):
    return [
        path
        for path, (first, *_) in documents.items()
        if first["apiVersion"].rpartition("/")[0].endswith(GITOPS)
    ]


def test_nothing_is_left_out():
    assert len(files(applications=True)) + len(files(applications=False)) >= 20


@pytest.mark.parametrize("stack", files(applications=False))
def test_a_stack_generates(generate, tmp_path, stack):
    documents = generate(stack)
    (name,) = {each["name"] for each in yaml.safe_load_all((EXAMPLES / stack).read_text())}
    assert f"clusters/{name}/kustomization.yaml" in documents
    if found := of_gitops(documents):
        assert_valid(tmp_path / each for each in found)


@pytest.mark.parametrize("path", files(applications=True))
def test_an_application_generates_its_objects(generate, tmp_path, path):
    write(tmp_path, {"one.yaml": ONE_APPLICATION.format(path=path)})
    documents = generate("one.yaml")
    written = {
        each["metadata"]["name"] for each in yaml.safe_load_all((EXAMPLES / path).read_text())
    }
    found = {
        each["metadata"]["name"]
        for name, parts in documents.items()
        for each in parts
        if name.startswith("clusters/one/all/") and not name.endswith("/kustomization.yaml")
    }
    assert written <= found


@pytest.mark.parametrize("kind", ["fluxhelm", "fluxhelm-oci"])
def test_a_release_is_valid_for_flux(generate, tmp_path, kind):
    write(tmp_path, {"one.yaml": ONE_APPLICATION.format(path=f"generators/{kind}.yaml")})
    documents = generate("one.yaml")
    found = [path for path in of_gitops(documents) if path.startswith("clusters/one/all/")]
    assert len(found) == 2
    assert_valid(tmp_path / each for each in found)


def test_a_release_from_a_helm_repository(generate, tmp_path):
    write(tmp_path, {"one.yaml": ONE_APPLICATION.format(path="generators/fluxhelm.yaml")})
    documents = generate("one.yaml")
    (release,) = documents["clusters/one/all/database-helmrelease-postgresql.yaml"]
    (source,) = documents["clusters/one/all/database-helmrepository-postgresql.yaml"]
    assert source["spec"] == {"interval": "10m", "url": "https://charts.bitnami.com/bitnami"}
    values = release["spec"].pop("values")
    assert values["auth"]["existingSecret"] == "postgres-credentials"
    assert release["spec"] == {
        "chart": {
            "spec": {
                "chart": "postgresql",
                "version": "12.0.0",
                "sourceRef": {"kind": "HelmRepository", "name": "postgresql"},
            }
        },
        "interval": "30m",
        "timeout": "10m",
        "maxHistory": 5,
        "install": {"createNamespace": True, "disableWait": False},
        "upgrade": {"cleanupOnFail": True, "disableWait": False},
    }

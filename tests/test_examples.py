"""The checked-in example is what the stacks generate, and works for the tools that read it."""

import re
import shutil
import subprocess
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
import yaml

from kure_hooks import config
from kure_hooks.apps import GENERATORS
from kure_hooks.files.tree import WorkTree
from kure_hooks.operations import fleet as operations
from kure_hooks.stack.load import load
from tests.support.git import commit_all, git, make_repository
from tests.support.schemas import assert_valid
from tests.support.tools import tool

FLEET = Path(__file__).parents[1] / "examples" / "fleet"
CONTROL = {"edge": "argocd", "production-eu": "flux-system", "staging": "flux-system"}
GITOPS = ("toolkit.fluxcd.io", "fluxcd.controlplane.io", "argoproj.io")
MANIFEST = "clusters/production-eu/apps/shop/shop-deployment-storefront.yaml"
FIX = "To fix: kure-hooks generate --root examples/fleet; git add -A -- examples/fleet/clusters\n"

each_cluster = pytest.mark.parametrize("cluster", CONTROL)


@pytest.fixture
def copy(tmp_path):
    """The example as it lies in this repository: committed, below the top of a work tree."""
    make_repository(tmp_path)
    copied = shutil.copytree(FLEET, tmp_path / "examples" / "fleet")
    commit_all(tmp_path, "The example")
    return copied


def documents(path):
    return list(yaml.safe_load_all(path.read_text()))


def manifests(cluster):
    """Return the objects of every file of a cluster, by path."""
    files = sorted((FLEET / "clusters" / cluster).rglob("*.yaml"))
    return {path: documents(path) for path in files if path.name != "kustomization.yaml"}


def identity(manifest):
    group = manifest["apiVersion"].rpartition("/")[0]
    metadata = manifest["metadata"]
    return group, manifest["kind"], metadata.get("namespace", ""), metadata["name"]


@cache
def built(directory):
    """Return what the real kustomize makes of a directory."""
    done = subprocess.run(
        [tool("kustomize"), "build", directory], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return tuple(identity(each) for each in yaml.safe_load_all(done.stdout) if each)


def applied(cluster):
    """Return the directory that each GitOps object of a cluster applies, by the object's name."""
    found = {}
    for path, objects in manifests(cluster).items():
        if path.parent.name != CONTROL[cluster]:
            continue
        for each in objects:
            if each["kind"] == "Kustomization":
                found[each["metadata"]["name"]] = each["spec"]["path"]
            elif each["kind"] == "Application":
                found[each["metadata"]["name"]] = each["spec"]["source"]["path"]
            elif each["kind"] == "FluxInstance":
                found[each["metadata"]["name"]] = each["spec"]["sync"]["path"]
    return {name: FLEET / path for name, path in found.items()}


def payloads(cluster):
    """Return the applied directories without the one that the bootstrap starts from."""
    start = {FLEET / "clusters" / cluster, FLEET / "clusters" / cluster / CONTROL[cluster]}
    return {name: path for name, path in applied(cluster).items() if path not in start}


def test_the_example_is_in_sync(copy, kure):
    assert kure("check", "--root", "examples/fleet") == (0, "", "")


def test_the_example_is_as_big_as_a_small_company():
    tree = WorkTree(FLEET)
    settings = config.load(tree)
    stacks = [load(tree, each, settings, GENERATORS) for each in operations.find(tree, settings)]
    clusters = [cluster for stack in stacks for cluster in stack.clusters]
    bundles = [bundle for cluster in clusters for bundle in cluster.bundles()]
    assert sorted(each.name for each in clusters) == sorted(CONTROL)
    assert len(bundles) >= 12
    assert sum(len(bundle.applications) for bundle in bundles) >= 25
    fleet = operations.generate(tree, settings, (), jobs=1)
    inputs = {path for each in fleet.inputs.values() for path in each.files}
    used = {path for path in inputs if path.startswith("apps/")}
    assert used == {f"apps/{each.name}" for each in (FLEET / "apps").iterdir()}
    assert len(used) >= 15


def test_every_directory_builds():
    for file in sorted((FLEET / "clusters").rglob("kustomization.yaml")):
        built(file.parent)


@each_cluster
def test_every_applied_path_is_a_directory(cluster):
    assert len(payloads(cluster)) >= 4
    for name, directory in applied(cluster).items():
        assert directory.is_dir(), f"{name} applies {directory}, which is not there"


@each_cluster
def test_every_object_is_applied_exactly_once(cluster):
    start = FLEET / "clusters" / cluster
    found = Counter(each for path in (start, *payloads(cluster).values()) for each in built(path))
    assert found == Counter(
        identity(each) for objects in manifests(cluster).values() for each in objects
    )
    assert set(found.values()) == {1}


@each_cluster
def test_the_entry_point_reaches_every_object_that_applies_a_directory(cluster):
    start = built(FLEET / "clusters" / cluster)
    names = {name for _, _, _, name in start}
    assert applied(cluster).keys() <= names
    assert all(group.endswith(GITOPS) for group, *_ in start), "the entry point has a workload"


def test_every_file_is_listed_beside_it():
    for path in sorted((FLEET / "clusters").rglob("*.yaml")):
        if path.name != "kustomization.yaml":
            (listing,) = documents(path.with_name("kustomization.yaml"))
            assert path.name in listing["resources"], path


@each_cluster
def test_gitops_objects_are_valid(cluster):
    found = manifests(cluster).items()
    assert_valid(path for path, each in found if identity(each[0])[0].endswith(GITOPS))


def test_there_is_no_secret_in_it():
    kinds = {each["kind"] for name in CONTROL for one in manifests(name).values() for each in one}
    assert "Secret" not in kinds


def test_the_readme_explains_a_path_that_is_there(copy, kure):
    command = re.search(r"`kure-hooks explain (\S+)`", (FLEET / "README.md").read_text())
    code, out, err = kure("explain", "--root", "examples/fleet", command[1])
    assert (code, err) == (0, "")
    assert re.search(r"^application +till$", out, re.MULTILINE)


def test_an_edited_manifest_is_reported_and_mended(copy, kure):
    path = copy / MANIFEST
    before = path.read_text()
    path.write_text(before.replace("memory: 128Mi", "memory: 1Gi"))
    code, out, err = kure("check", "--root", "examples/fleet")
    assert (code, err) == (1, "")
    assert "Deployment" in out
    assert "shop/storefront" in out
    assert "limits.memory" in out
    assert "1Gi" in out
    assert out.endswith(FIX)
    assert kure("generate", "--root", "examples/fleet")[0] == 1
    assert path.read_text() == before
    assert kure("check", "--root", "examples/fleet") == (0, "", "")


def test_the_printed_fix_mends_what_was_not_added(copy, kure):
    git(copy, "rm", "--quiet", "--cached", MANIFEST)
    code, out, err = kure("check", "--root", "examples/fleet")
    assert (code, err) == (1, "")
    assert "not added to git" in out
    assert out.endswith(FIX)
    _, _, staging = FIX.strip().partition("; git ")
    git(copy.parents[1], *staging.split())
    assert kure("check", "--root", "examples/fleet") == (0, "", "")


def test_line_endings_that_git_converts_are_no_drift(copy, kure):
    (copy / ".gitattributes").write_text("clusters/** text eol=crlf\n")
    path = copy / MANIFEST
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert kure("check", "--root", "examples/fleet") == (0, "", "")

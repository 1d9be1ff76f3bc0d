"""Imports of repositories that others wrote: at least 95 % of the owners come out as they are."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from kure_hooks.files.memory import OverlaidTree
from kure_hooks.files.tree import WorkTree
from kure_hooks.operations.adoption import Choice, import_cluster
from kure_hooks.operations.compile import Request, generate_stack
from tests.support.importing import workspace
from tests.support.tools import tool

TREES = Path(__file__).parents[3] / "shared/data/trees"
DEPLOYMENTS = "https://github.com/redhat-appstudio/infra-deployments.git"

CASES = [
    ("flux2-kustomize-helm-example", "flux", "clusters/production", "", 6),
    ("flux2-kustomize-helm-example", "flux", "clusters/staging", "", 6),
    ("onedr0p-home-ops", "flux", "kubernetes/flux/cluster", "", 147),
    *(
        (
            "infra-deployments-argo-cd-apps",
            "argocd",
            f"argo-cd-apps/app-of-app-sets/{name}",
            DEPLOYMENTS,
            owners,
        )
        for name, owners in (
            ("development", 45),
            ("konflux-public-production", 59),
            ("production-downstream", 61),
            ("rd-staging", 9),
            ("staging-downstream", 62),
        )
    ),
]


def read(tree, engine, directory, origin):
    if not TREES.is_dir():
        pytest.skip(f"{TREES} is not there")
    opened = workspace({}, origin=origin)
    files = WorkTree(TREES / tree)
    repository = type(opened)(
        root=opened.root, source="worktree", tree=files, settings=opened.settings, git=False
    )
    repository.__dict__["origin"] = origin
    return repository, import_cluster(repository, Choice(engine, "adopted", [directory]))


@pytest.mark.parametrize(("tree", "engine", "directory", "origin", "owners"), CASES)
def test_owners_of_real_repositories_come_out_as_they_are(tree, engine, directory, origin, owners):
    _, imported = read(tree, engine, directory, origin)
    assert imported.owners == owners
    assert imported.equal >= 0.95 * owners
    assert len(imported.left) <= 2


def test_kustomize_says_the_same_of_kustomizations_that_others_patch(tmp_path):
    """A real build of the repository and its patches has the Kustomizations that come out."""
    kustomize = tool("kustomize")
    repository, imported = read("onedr0p-home-ops", "flux", "kubernetes/flux/cluster", "")
    shutil.copytree(TREES / "onedr0p-home-ops/kubernetes", tmp_path / "kubernetes")
    (parent,) = yaml.safe_load_all((tmp_path / "kubernetes/flux/cluster/ks.yaml").read_text())
    for directory in (tmp_path / "kubernetes/apps").iterdir():
        if directory.is_dir():
            add(tmp_path, directory)
    build = {"resources": ["kubernetes/apps"], "patches": parent["spec"]["patches"]}
    apps = [f"{path.name}/" for path in sorted((tmp_path / "kubernetes/apps").iterdir())]
    listed = {"resources": [name.rstrip("/") for name in apps]}
    (tmp_path / "kubernetes/apps/kustomization.yaml").write_text(yaml.safe_dump(listed))
    (tmp_path / "kustomization.yaml").write_text(yaml.safe_dump(build))
    command = [kustomize, "build", "--load-restrictor", "LoadRestrictionsNone", tmp_path]
    built = subprocess.run(command, capture_output=True, check=True).stdout
    expected = {name(each): plain(each) for each in kustomizations(built)}
    tree = OverlaidTree({imported.path: imported.text.encode()}, repository.tree)
    result = generate_stack(Request(tree, repository.settings, imported.path))
    written = {
        name(each): plain(each) for data in result.files.values() for each in kustomizations(data)
    }
    missing = {each for each in expected if each not in written}
    assert missing == {("default", "sonarr")}  # its payload needs a script that is not here
    del written["flux-system", "cluster-apps"]
    assert written == {key: each for key, each in expected.items() if key in written}


def add(root, directory):
    assert (directory / "kustomization.yaml").is_file(), directory.relative_to(root)


def kustomizations(data):
    for each in yaml.safe_load_all(data):
        if each and each.get("apiVersion") == "kustomize.toolkit.fluxcd.io/v1":
            yield each


def name(manifest):
    return manifest["metadata"]["namespace"], manifest["metadata"]["name"]


def plain(manifest):
    """Return a Kustomization with one spelling of paths, durations and namespaces."""
    home = manifest["metadata"]["namespace"]
    spec = dict(manifest["spec"])
    spec["path"] = spec["path"].removeprefix("./").rstrip("/")
    for key in ("interval", "timeout", "retryInterval"):
        if key in spec:
            spec[key] = re.sub(r"(?<=[hm])0[ms]", "", spec[key])
    if spec["sourceRef"].get("namespace") == home:
        spec["sourceRef"] = {k: v for k, v in spec["sourceRef"].items() if k != "namespace"}
    spec["dependsOn"] = [{"namespace": home, **each} for each in spec.get("dependsOn", ())]
    return spec

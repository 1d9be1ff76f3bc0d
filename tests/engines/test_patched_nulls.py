"""Null values of objects that a bundle patches: kustomize leaves them, as they unset defaults."""

import subprocess

import pytest
import yaml

from tests.support.generate import leaf, node, tree
from tests.support.git import write
from tests.support.tools import tool

VALUES = {"resources": None, "ingress": {"className": None, "hosts": [None]}}
RELEASE = {
    "apiVersion": "helm.toolkit.fluxcd.io/v2",
    "kind": "HelmRelease",
    "metadata": {"name": "web", "namespace": "apps"},
    "spec": {"interval": "1h", "values": VALUES},
}
OBJECTS = {"name": "web", "kind": "Manifests", "spec": {"objects": [RELEASE]}}
CHART = {
    "name": "web",
    "kind": "HelmChart",
    "namespace": "apps",
    "spec": {
        "source": {"type": "HelmRepository", "url": "https://charts.example.com"},
        "chart": {"name": "web", "version": "1.0.0"},
        "values": VALUES,
    },
}
MERGE = {"kind": "HelmRelease", "metadata": {"name": "any"}, "spec": {"timeout": "5m"}}
PATCHES = {
    "merge": yaml.safe_dump(MERGE),
    "operation": "- {op: add, path: /spec/timeout, value: 5m}",
}


def patched(files, directory):
    """Return the HelmRelease of a bundle as its patches leave it, by the real kustomize."""
    write(directory, files)
    (owner,) = [
        item
        for text in files.values()
        for item in yaml.safe_load_all(text)
        if item["kind"] in ("Kustomization", "Application") and item.get("spec")
    ]
    spec = owner["spec"]
    patches = spec["patches"] if "patches" in spec else spec["source"]["kustomize"]["patches"]
    payload = spec["path"] if "path" in spec else spec["source"]["path"]
    start = payload.removeprefix("./").removeprefix("clusters/prod/")
    write(
        directory,
        {"kustomization.yaml": yaml.safe_dump({"resources": [start], "patches": patches})},
    )
    command = [tool("kustomize"), "build", str(directory)]
    done = subprocess.run(command, capture_output=True, check=True)
    (release,) = [item for item in yaml.safe_load_all(done.stdout) if item["kind"] == "HelmRelease"]
    return release


@pytest.mark.parametrize("kind", PATCHES)
@pytest.mark.parametrize(
    ("engine", "application"), [("flux", OBJECTS), ("flux", CHART), ("argocd", OBJECTS)]
)
def test_a_patch_leaves_the_nulls_of_what_it_changes(tmp_path, engine, application, kind):
    patches = [{"patch": PATCHES[kind], "target": {"kind": "HelmRelease"}}]
    files = tree(node("prod", leaf("web", application, patches=patches)), engine=engine)
    release = patched(files, tmp_path)
    assert release["spec"]["timeout"] == "5m"
    assert release["spec"]["values"] == VALUES

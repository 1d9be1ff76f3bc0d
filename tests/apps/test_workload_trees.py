"""Trees of the golden AppWorkloads on both engines, as real programs see them; random edits."""

import subprocess
from pathlib import Path
from random import Random

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from kure_hooks import config
from kure_hooks.cli import main
from kure_hooks.errors import InputError
from kure_hooks.manifests import mapping_at
from tests.apps.test_workload import DOCUMENTS, FILES, GOLDEN
from tests.fuzz import mutations
from tests.support import git
from tests.support.generate import REPOSITORY, generated
from tests.support.tools import tool

# Its fields are all there is, whether they fit together or not.
WHOLE = [name for name in DOCUMENTS if name != "everything"]
ENGINES = {
    "flux": {"type": "flux"},
    "argocd": {"type": "argocd", "argocd": {"repoURL": REPOSITORY}},
}


def stack(engine, names):
    applications = [{"path": f"../apps/{name}.yaml"} for name in names]
    bundle = {"name": "apps", "applications": applications}
    return {"name": "prod", "gitops": ENGINES[engine], "node": {"name": "prod", "bundle": bundle}}


@pytest.fixture(scope="module", params=ENGINES)
def tree(request, tmp_path_factory):
    """A repository whose tree is generated, with every document that is whole."""
    root = tmp_path_factory.mktemp(request.param)
    documents = {f"apps/{name}.yaml": (GOLDEN / f"{name}.yaml").read_text() for name in WHOLE}
    text = yaml.safe_dump(stack(request.param, WHOLE))
    git.write(root, {**documents, **FILES.files, "stacks/prod.yaml": text})
    command(root, "generate", code=1)
    return root


def command(root, *words, code=0):
    done = CliRunner().invoke(main, [*words, "--root", str(root)])
    assert done.exit_code == code, done.output


def built(directory):
    command = [tool("kustomize"), "build", directory]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return list(yaml.safe_load_all(done.stdout))


def test_both_backends_take_the_tree(tree, monkeypatch):
    monkeypatch.setenv("PATH", str(Path(tool("kubeconform")).parent), prepend=":")
    command(tree, "validate")
    command(tree, "validate", "--backend", "kubeconform", "clusters")


def test_kustomize_builds_what_was_generated(tree):
    (payload,) = {path.parent for path in tree.glob("clusters/prod/**/*-job-resize.yaml")}
    objects = built(payload)
    generated_files = [path for path in payload.glob("*.yaml") if path.name != "kustomization.yaml"]
    assert len(objects) == len(generated_files)
    config_maps = {each["metadata"]["name"] for each in objects if each["kind"] == "ConfigMap"}
    assert len(config_maps) == 3
    for name in config_maps:
        assert str(objects).count(f"'{name}'") > 1, f"nothing refers to {name}"


def test_no_two_workloads_select_the_same_pods(tree):
    (payload,) = {path.parent for path in tree.glob("clusters/prod/**/*-job-resize.yaml")}
    selectors = [
        mapping_at(each, "spec", "selector", "matchLabels")
        for each in built(payload)
        if each["kind"] in ("Deployment", "StatefulSet", "DaemonSet")
    ]
    assert len(selectors) > 3
    for one in selectors:
        assert [other for other in selectors if one.items() <= other.items()] == [one]


def told(files):
    """Return what is told of files, which is nothing where a tree is generated."""
    try:
        assert generated(files).files
    except InputError as error:
        return error.findings
    return ()


@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 2**32), name=st.sampled_from(WHOLE))
def test_any_edit_gives_a_tree_or_findings_with_positions(seed, name):
    random = Random(seed)  # noqa: S311 - every edit can be made again
    document = yaml.safe_load((GOLDEN / f"{name}.yaml").read_text())
    for _ in range(random.choice((1, 1, 2, 3))):
        document["spec"] = mutations.value(document["spec"], random)
    text = yaml.safe_dump(document, sort_keys=False)
    files = {f"apps/{name}.yaml": text, "stacks/prod.yaml": yaml.safe_dump(stack("flux", [name]))}
    findings = told({**files, config.FILE_NAME: ""})
    assert [finding for finding in findings if not finding.at.line] == []

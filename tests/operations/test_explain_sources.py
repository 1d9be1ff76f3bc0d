"""Explaining a source: the clusters, files and objects that come of it."""

import shutil
from pathlib import Path

import pytest

from kure_hooks.errors import UsageError
from kure_hooks.operations.check import produce
from kure_hooks.operations.explain import Trace, Uses, explain
from kure_hooks.operations.workspace import open_workspace

FLEET = Path(__file__).parents[2] / "examples/fleet"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    root = tmp_path_factory.mktemp("fleet") / "fleet"
    shutil.copytree(FLEET, root)
    return open_workspace(root)


def test_an_application_file_makes_these_files(workspace):
    uses = explain(workspace, "apps/till.yaml")
    directory = "clusters/edge/stores"
    assert uses == Uses(
        "apps/till.yaml",
        {
            "edge (stacks/edge.yaml)": {
                f"{directory}/shop-deployment-till.yaml": ["Deployment shop/till"],
                f"{directory}/shop-service-till.yaml": ["Service shop/till"],
            }
        },
    )
    assert uses.lines()[:4] == [
        ("source", "apps/till.yaml"),
        ("cluster", "edge (stacks/edge.yaml)"),
        ("file", f"{directory}/shop-deployment-till.yaml"),
        ("object", "Deployment shop/till"),
    ]


def test_both_ways_agree(workspace):
    """Each source of a file makes, among others, that file."""
    generated = produce(workspace, ())
    sources = {origin.at.path for origin in generated.origins.values()}
    assert len(sources) > 20
    for source in sorted(sources):
        uses = explain(workspace, source)
        assert isinstance(uses, Uses)
        assert uses.is_exact
        made = {path for files in uses.clusters.values() for path in files}
        expected = {path for path, origin in generated.origins.items() if origin.at.path == source}
        assert expected <= made
        trace = explain(workspace, min(made))
        assert isinstance(trace, Trace)


def test_a_file_that_an_application_reads(workspace):
    files = explain(workspace, "manifests/scripts").clusters.values()
    assert any("configmap-backup-script" in path for made in files for path in made)


def test_a_stack_makes_all_of_its_clusters(workspace):
    uses = explain(workspace, "stacks/edge.yaml")
    generated = produce(workspace, ["edge"])
    (files,) = uses.clusters.values()
    assert set(files) == set(generated.files)
    whole = explain(workspace, "stacks")
    assert len(whole.clusters) == 3


KNOWN = "and none reads it. Name a generated file, or one that a stack reads."


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("apps/til.yaml", 'and none reads it. Did you mean "apps/till.yaml"?'),
        ("README.md", f"No stack generates README.md, {KNOWN}"),
        (".kure-hooks.yaml", f"No stack generates .kure-hooks.yaml, {KNOWN}"),
    ],
)
def test_what_no_stack_knows(workspace, path, words):
    with pytest.raises(UsageError) as error:
        explain(workspace, path)
    assert str(error.value).endswith(words)

"""Commits with manifests under pre-commit and prek, with the hook that needs no stack."""

import shutil

import pytest

from tests.validators.test_definitions import crd

RIGHT = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: b}\n"
WRONG = RIGHT.replace("\ndata:", "\ndaat:")
UNKNOWN = 'm/a.yaml:4:1: ConfigMap a: daat: unknown key. Did you mean "data"?'


def test_a_manifest_that_the_api_server_refuses_is_not_committed(validating):
    validating.write("m/a.yaml", WRONG)
    validating.git("add", "--all")
    assert UNKNOWN in validating.refused()
    validating.write("m/a.yaml", RIGHT)
    assert UNKNOWN in validating.refused()  # it is not staged
    validating.git("add", "--all")
    validating.accepted()
    assert validating.committed("m/a.yaml") == RIGHT


def test_what_is_not_staged_is_not_looked_at(validating):
    validating.write("m/a.yaml", RIGHT)
    validating.git("add", "--all")
    validating.write("m/a.yaml", WRONG)
    validating.write("m/b.yaml", WRONG)
    validating.accepted()
    assert validating.read("m/a.yaml") == WRONG


@pytest.mark.parametrize("name", ["m/a.yml", "m/a.json"])
def test_it_runs_for_every_ending_of_manifests(validating, name):
    text = (
        WRONG if name.endswith("yml") else '{"apiVersion": "v1", "kind": "ConfigMap", "daat": {}}'
    )
    validating.write(name, text)
    validating.git("add", "--all")
    assert "unknown key" in validating.refused()


def test_other_files_are_committed_without_it(validating):
    validating.write("README.md", "words\n")
    validating.git("add", "--all")
    assert "no files to check" in validating.accepted()


def test_it_works_without_a_stack(validating):
    shutil.rmtree(validating.path / "stacks")
    shutil.rmtree(validating.path / "clusters")
    validating.write("m/a.yaml", WRONG)
    validating.git("add", "--all")
    assert UNKNOWN in validating.refused()
    validating.write("m/a.yaml", RIGHT)
    validating.git("add", "--all")
    validating.accepted()


def test_staged_crds_judge_and_changed_ones_are_told(validating):
    widget = "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\nspec: {size: a}\n"
    validating.write("crds/w.yaml", crd("size"))
    validating.write("m/w.yaml", widget)
    validating.git("add", "--all")
    assert "m/w.yaml:4:8: Widget w: spec.size: this is a text" in validating.refused()
    validating.write("m/w.yaml", widget.replace("size: a", "size: 1"))
    validating.write("vendor/schemas/widgets.example.com.yaml", crd("size"))
    validating.git("add", "--all")
    assert "this is not in vendor/kure-hooks.lock.yaml" in validating.refused()

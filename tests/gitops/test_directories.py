"""Directories without a kustomization, as Flux and Argo CD read them."""

import pytest

from kure_hooks.files.tree import WorkTree
from kure_hooks.gitops.builds import Builds
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.payload import Way

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {}\n"


def payload(root, files, way, directory="app"):
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return Builds(Files(WorkTree(root))).payload(directory, way)


def names(payload):
    return sorted(item.name for item in payload.resources)


TREE = {
    "app/a.yaml": CONFIG.format("a"),
    "app/b.yml": CONFIG.format("b"),
    "app/c.json": '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}}',
    "app/d.YAML": CONFIG.format("d"),
    "app/in/e.yaml": CONFIG.format("e"),
    "app/kust/kustomization.yaml": "namePrefix: x-\nresources: [f.yaml]\n",
    "app/kust/f.yaml": CONFIG.format("f"),
    "app/kust/g.yaml": CONFIG.format("g"),
    "app/other/deep/Kustomization": "configMapGenerator: [{name: h}]\n",
    "application/i.yaml": CONFIG.format("i"),
}


def test_flux_takes_in_all_yaml_below_and_directories_that_have_a_kustomization(tmp_path):
    found = payload(tmp_path, TREE, Way.FLUX)
    assert [name[:3] for name in names(found)] == ["a", "b", "e", "h-6", "x-f"]
    assert found.faults == found.unknown == ()
    assert {"app/a.yaml", "app/kust/f.yaml", "app/other/deep/Kustomization"} <= found.files
    assert {"app", "app/in", "app/kust", "app/other/deep"} <= found.directories


def test_argo_cd_takes_in_the_files_of_the_directory(tmp_path):
    assert names(payload(tmp_path, TREE, Way.DIRECTORY)) == ["a", "b", "c"]


def test_argo_cd_takes_in_all_files_below(tmp_path):
    found = payload(tmp_path, {**TREE, "app/kust/kustomization.yaml": "a: b\n"}, Way.RECURSIVE)
    assert names(found) == ["a", "b", "c", "e", "f", "g"]


def test_flux_fails_for_yaml_that_is_no_object(tmp_path):
    found = payload(tmp_path, {**TREE, "app/values.yaml": "a: b\n"}, Way.FLUX)
    assert [(str(fault.at), fault.rule) for fault in found.faults] == [
        ("app/values.yaml:1:1", "KZ001")
    ]
    assert "kustomize can't build this: the file has an object without a kind" in str(found.faults)


def test_argo_cd_leaves_out_what_does_not_look_like_an_object(tmp_path):
    files = {
        "app/values.yaml": "a: b\n",
        "app/skipped.yaml": f"# +argocd:skip-file-rendering\n{CONFIG.format('x')}",
    }
    found = payload(tmp_path, {**TREE, **files}, Way.DIRECTORY)
    assert (names(found), found.faults) == (["a", "b", "c"], ())


def test_argo_cd_fails_for_a_document_without_kind_beside_an_object(tmp_path):
    text = f"{CONFIG.format('z')}---\na: b\n"
    found = payload(tmp_path, {**TREE, "app/z.yaml": text}, Way.DIRECTORY)
    assert [str(fault.at) for fault in found.faults] == ["app/z.yaml:6:1"]


def test_same_object_in_two_files_is_refused_by_flux_and_not_by_argo_cd(tmp_path):
    files = {**TREE, "app/twice.yaml": CONFIG.format("a")}
    (fault,) = payload(tmp_path, files, Way.FLUX).faults
    assert (fault.rule, fault.at.path) == ("KZ002", "app/twice.yaml")
    assert payload(tmp_path, files, Way.DIRECTORY).faults == ()


@pytest.mark.parametrize("text", ["", "resources:\n", "foo: bar\n", "resources: []\nfoo: bar\n"])
def test_flux_minds_no_empty_file_and_no_unknown_field_where_it_begins(tmp_path, text):
    files = {"app/kustomization.yaml": text, "over/kustomization.yaml": "resources: [../app]\n"}
    assert payload(tmp_path, files, Way.FLUX).faults == ()
    assert len(payload(tmp_path, files, Way.KUSTOMIZE).faults) == 1
    assert len(payload(tmp_path, files, Way.FLUX, "over").faults) == 1


def test_flux_annotates_what_a_file_without_resources_makes(tmp_path):
    files = {
        "app/kustomization.yaml": "bases: [../base]\n",
        "base/kustomization.yaml": "resources: [b.yaml]\nsecretGenerator: [{name: s}]\n",
        "base/b.yaml": CONFIG.format("b"),
    }
    config, secret = payload(tmp_path, files, Way.FLUX).resources
    key = "config.kubernetes.io/origin"
    assert config.manifest["metadata"]["annotations"] == {key: "path: ../base/b.yaml\n"}
    assert secret.manifest["metadata"]["annotations"] == {
        key: "configuredIn: ../base/kustomization.yaml\nconfiguredBy:\n"
        "  apiVersion: builtin\n  kind: SecretGenerator\n"
    }


def test_directory_that_is_not_there_has_nothing(tmp_path):
    for way in (Way.FLUX, Way.DIRECTORY, Way.RECURSIVE):
        found = payload(tmp_path, TREE, way, "none")
        assert (found.resources, found.faults, found.files) == ((), (), frozenset())

"""Replacements and generators of the kind Kustomize, built by the real kustomize."""

import subprocess

import pytest
import yaml

from kure_hooks.errors import InputError
from tests.support.charts import files_of
from tests.support.git import write
from tests.support.tools import tool

FILES = {
    "base/kustomization.yaml": "resources: [web.yaml]\n"
    "configMapGenerator: [{name: settings, namespace: web, literals: [a=1, b=2]}]\n",
    "base/web.yaml": """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: web, labels: {host: "web.example.com:8080"}}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: "ghcr.io/acme/web:v1.0"
          envFrom: [{configMapRef: {name: settings}}, {configMapRef: {name: own, optional: true}}]
""",
    "files/b": "22",
    "files/own.ini": "x",
}
REPLACEMENT = {
    "source": {
        "kind": "Deployment",
        "name": "web",
        "fieldPath": "spec.template.spec.containers.0.image",
        "options": {"delimiter": ":", "index": 1},
    },
    "targets": [
        {
            "select": {"kind": "Deployment"},
            "reject": [{"name": "other"}],
            "fieldPaths": ["spec.template.metadata.labels.version"],
            "options": {"create": True},
        }
    ],
}


def application(**spec):
    spec = {"path": "../base"} | spec
    return {"name": "app", "namespace": "web", "kind": "Kustomize", "spec": spec}


def built(directory, engine="flux", **spec):
    """Return the objects of the application by kind, as kustomize builds them, and its file."""
    result = files_of(FILES, application(**spec), engine=engine)
    write(directory, FILES | {path: data.decode() for path, data in result.files.items()})
    path = directory / "clusters/prod/all/apps/app"
    done = subprocess.run([tool("kustomize"), "build", path], check=True, capture_output=True)
    objects = list(yaml.safe_load_all(done.stdout))
    return objects, yaml.safe_load((path / "kustomization.yaml").read_text())


@pytest.mark.parametrize("engine", ["flux", "argocd"])
def test_a_value_is_copied(engine, tmp_path):
    objects, configuration = built(tmp_path, engine, replacements=[REPLACEMENT])
    (web,) = [each for each in objects if each["kind"] == "Deployment"]
    assert web["spec"]["template"]["metadata"]["labels"] == {"app": "web", "version": "v1.0"}
    assert configuration["replacements"] == [REPLACEMENT]


def test_config_maps_are_made_beside_those_of_the_directory(tmp_path):
    options = {"immutable": True, "labels": {"team": "shop"}, "annotations": {"a": "b"}}
    made = {"name": "own", "files": ["../files/own.ini"], "options": options}
    objects, _ = built(tmp_path, configMaps=[made])
    (own,) = [each for each in objects if each["metadata"]["name"].startswith("own-")]
    assert (own["immutable"], own["data"]) == (True, {"own.ini": "x"})
    assert own["metadata"]["labels"] == {"team": "shop"}
    assert own["metadata"]["annotations"] == {"a": "b"}
    (web,) = [each for each in objects if each["kind"] == "Deployment"]
    references = web["spec"]["template"]["spec"]["containers"][0]["envFrom"]
    assert references[1]["configMapRef"]["name"] == own["metadata"]["name"]


@pytest.mark.parametrize(
    ("behavior", "data"), [("merge", {"a": "1", "b": "22"}), ("replace", {"b": "22"})]
)
def test_config_maps_of_the_directory_get_other_files(behavior, data, tmp_path):
    made = {"name": "settings", "files": ["../files/b"], "behavior": behavior}
    objects, _ = built(tmp_path, configMaps=[made])
    (settings,) = [each for each in objects if each["kind"] == "ConfigMap"]
    assert settings["data"] == data


def test_a_config_map_may_keep_its_name(tmp_path):
    options = {"disableNameSuffixHash": True}
    made = {"name": "own", "files": ["../files/own.ini"], "options": options}
    objects, _ = built(tmp_path, configMaps=[made])
    assert "own" in [each["metadata"]["name"] for each in objects]


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"replacements": [{"source": {}, "targets": []}]}, "replacements[0].targets: "),
        (
            {"replacements": [REPLACEMENT | {"sauce": {}}]},
            'replacements[0].sauce: unknown key. Did you mean "source"?',
        ),
        (
            {"configMaps": [{"name": "a", "files": ["../files/c"]}]},
            "configMaps[0].files[0]: no file matches files/c",
        ),
        (
            {"configMaps": [{"name": "a", "files": ["../files/b"], "behavior": "mix"}]},
            'configMaps[0].behavior: "mix" is not valid.',
        ),
    ],
)
def test_faults_have_their_place(spec, words):
    with pytest.raises(InputError) as caught:
        files_of(FILES, application(**spec))
    (found,) = caught.value.findings
    key = found.key.removeprefix("node.children[0].bundle.applications[0].spec.")
    assert f"{key}: {found.message}".startswith(words)


def test_what_the_objects_of_manifests_have_none_of_is_unknown():
    """There is no directory whose ConfigMaps could change."""
    spec = {"configMaps": [{"name": "a", "files": ["../files/b"], "behavior": "merge"}]}
    with pytest.raises(InputError, match="behavior: unknown key"):
        files_of(FILES, application() | {"kind": "Manifests", "spec": spec})

"""Patches and images of the kind Manifests: by the real kustomize, and applied when generated."""

import json
import subprocess

import pytest
import yaml

from kure_hooks.errors import InputError
from tests.support.charts import documents, files_of
from tests.support.git import write
from tests.support.tools import tool

WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      initContainers: [{name: init, image: "ghcr.io/acme/web:1.0"}]
      containers:
        - {name: web, image: "ghcr.io/acme/web:1.0@sha256:abc", env: [{name: A, value: a}]}
        - {name: other, image: "ghcr.io/acme/other:1.0"}
"""
MORE = """\
apiVersion: v1
kind: List
items:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: one, labels: {app: web}}, data: {a: "1"}}
  - {apiVersion: v1, kind: ConfigMapList, items: [
      {apiVersion: v1, kind: ConfigMap, metadata: {name: two}, data: {b: "2"}}]}
"""
FILES = {"manifests/web.yaml": WEB, "manifests/more.yaml": MORE}
MERGE = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: web}
spec:
  replicas: null
  template:
    spec:
      containers: [{name: web, env: [{name: B, value: b}]}]
"""
CHANGES = {
    "merge": {"patches": [{"patch": MERGE}]},
    "operations": {
        "patches": [
            {
                "patch": '- {op: add, path: /metadata/annotations, value: {"a/b": c}}\n'
                "- {op: test, path: /metadata/labels/app, value: web}\n",
                "target": {"labelSelector": "app=web"},
            }
        ]
    },
    "a target by pattern": {
        "patches": [
            {
                "patch": "{apiVersion: v1, kind: ConfigMap, metadata: {name: x}, data: {c: '3'}}",
                "target": {"kind": "ConfigMap", "name": "o.*"},
            }
        ]
    },
    "one after the other": {
        "patches": [
            {"patch": "- {op: add, path: /data/x, value: word}", "target": {"name": "one"}},
            {"patch": "- {op: move, from: /data/x, path: /data/z}", "target": {"name": "one"}},
        ]
    },
    "deletion": {
        "patches": [
            {
                "patch": "{apiVersion: v1, kind: ConfigMap, $patch: delete, metadata: "
                "{name: two, namespace: web}}"
            }
        ]
    },
    "images": {
        "images": [
            {"name": "ghcr.io/acme/web", "newName": "mirror.example/web", "newTag": "2.0"},
            {"name": "ghcr.io/acme/other", "digest": f"sha256:{'0' * 64}"},
        ]
    },
}


def application(**spec):
    spec = {"files": ["../manifests"]} | spec
    return {"name": "app", "namespace": "web", "kind": "Manifests", "spec": spec}


def built(directory, result):
    """Return what kustomize makes of the directory of the application, or of its bundle."""
    write(directory, {path: data.decode() for path, data in result.files.items()})
    path = directory / "clusters/prod/all/apps"
    path = path / "app" if (path / "app").is_dir() else path
    done = subprocess.run([tool("kustomize"), "build", path], check=True, capture_output=True)
    return {each["metadata"]["name"]: each for each in yaml.safe_load_all(done.stdout)}


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("engine", ["flux", "argocd"])
def test_applied_here_is_what_kustomize_makes(name, engine, tmp_path):
    stack = {"gitops": {"createNamespaces": False, "externalNamespaces": ["web"]}}
    written = files_of(FILES, application(**CHANGES[name]), engine=engine, **stack)
    here = files_of(FILES, application(**CHANGES[name], apply=True), engine=engine, **stack)
    by_kustomize = built(tmp_path / "written", written)
    assert by_kustomize == built(tmp_path / "here", here)
    configuration = yaml.safe_load(written.files["clusters/prod/all/apps/app/kustomization.yaml"])
    assert configuration.keys() - {"apiVersion", "kind", "resources"} == CHANGES[name].keys()
    assert not any(path.startswith("all/apps/app/") for path in documents(here))
    plain = built(tmp_path / "plain", files_of(FILES, application(), engine=engine, **stack))
    assert by_kustomize != plain


def problem(**spec):
    with pytest.raises(InputError) as caught:
        files_of(FILES, application(**spec))
    (found,) = caught.value.findings
    key = found.key.removeprefix("node.children[0].bundle.applications[0].spec.")
    return f"{key}: {found.problem}. {found.expected}"


@pytest.mark.parametrize("apply", [False, True])
@pytest.mark.parametrize(
    ("patch", "words"),
    [
        (
            {"patch": MERGE.replace("name: web, n", "name: wbe, n")},
            'patches[0].patch: application app has no object wbe to patch. Did you mean "web"?',
        ),
        (
            {"patch": MERGE.replace(", namespace: web", "")},
            (
                "patches[0].patch: no object of application app is what this patch is for. kind, "
                "name and namespace of an object, such as ConfigMap web/one, ConfigMap web/two"
            ),
        ),
        (
            {"patch": "- {op: remove, path: /data/a}", "target": {"kind": "Secret"}},
            "patches[0].target: no object of application app is what this patch is for.",
        ),
        ({"patch": "a: 1"}, "patches[0].patch: "),
        (
            {"patch": "- {op: eat, path: /a}", "target": {"kind": "Secret"}},
            "patches[0].patch: ",
        ),
    ],
)
def test_faults_are_found_in_both_ways(patch, words, apply):
    assert problem(patches=[patch], apply=apply).startswith(words)


@pytest.mark.parametrize("patch", [{"patch": MERGE}, {"patch": "[]", "target": {"kind": "Job"}}])
def test_without_objects_there_is_nothing_to_patch(patch):
    """A file of comments has none."""
    with pytest.raises(InputError) as caught:
        files_of({"manifests/web.yaml": "# later\n"}, application(patches=[patch]))
    assert [each.message for each in caught.value.findings] == [
        "application app has no object to patch. Delete the patch, or add objects."
    ]


def test_what_fails_when_it_is_applied_names_the_object():
    patch = {"patch": "- {op: remove, path: /data/none}", "target": {"kind": "ConfigMap"}}
    with pytest.raises(InputError) as caught:
        files_of(FILES, application(patches=[patch], apply=True))
    assert [each.problem for each in caught.value.findings] == [
        f"remove finds nothing at /data/none, in ConfigMap web/{name}" for name in ("one", "two")
    ]


def test_apply_needs_something_to_apply():
    assert problem(apply=True).startswith("apply: there is nothing to apply. Delete apply")


def test_a_large_object_is_taken(tmp_path):
    """Above 1 MiB, as dashboards and CRDs are; annotations of the client would not hold it."""
    field = {"type": "string", "description": "x" * 900}
    schema = {"type": "object", "properties": {f"p{number}": field for number in range(1_200)}}
    crd = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "bigs.acme.dev"},
        "spec": {
            "group": "acme.dev",
            "scope": "Namespaced",
            "names": {"kind": "Big", "plural": "bigs"},
            "versions": [
                {
                    "name": "v1",
                    "served": True,
                    "storage": True,
                    "schema": {"openAPIV3Schema": schema},
                }
            ],
        },
    }
    files = {"manifests/crd.json": json.dumps(crd)}
    assert len(files["manifests/crd.json"]) > 1 << 20
    for engine in ("flux", "argocd"):
        found = documents(files_of(files, application(), engine=engine))
        assert found["all/apps/cluster-customresourcedefinition-bigs.acme.dev.yaml"] == crd
    (app,) = [each for each in found.values() if each["kind"] == "Application"]
    assert "ServerSideApply=true" in app["spec"]["syncPolicy"]["syncOptions"]

    off = {"argocd": {"syncPolicy": {"syncOptions": ["ServerSideApply=false"]}}}
    with pytest.raises(InputError, match="is too large to be applied by Argo CD's client"):
        files_of(files, application(), engine="argocd", bundle=off)

"""Changes between two revisions that the API server refuses, as `diff` tells them."""

import json

import pytest
import yaml

from kure_hooks.cel import available
from tests.support.generate import bundle, node
from tests.support.git import commit_all, make_repository, write

CRD = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "things.example.com"},
    "spec": {
        "group": "example.com",
        "scope": "Namespaced",
        "names": {"kind": "Thing", "plural": "things"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "properties": {
                            "spec": {
                                "type": "object",
                                "properties": {
                                    "size": {
                                        "type": "integer",
                                        "x-kubernetes-validations": [
                                            {
                                                "rule": "self >= oldSelf",
                                                "message": "a thing never shrinks",
                                            }
                                        ],
                                    }
                                },
                            }
                        },
                    }
                },
            }
        ],
    },
}


def store(**spec):
    labels = {"app": "db"}
    pod = {"containers": [{"name": "db", "image": "db:1"}]}
    base = {
        "serviceName": "db",
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": pod},
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": "db"},
        "spec": base | spec,
    }


def thing(size):
    meta = {"name": "thing"}
    return {
        "apiVersion": "example.com/v1",
        "kind": "Thing",
        "metadata": meta,
        "spec": {"size": size},
    }


def stack(*objects, **fields):
    spec = {"objects": list(objects)}
    app = {"name": "app", "namespace": "shop", "kind": "Manifests", "spec": spec}
    root = node("", {"name": "apps", "bundle": bundle("apps", app, **fields)})
    return {"stacks/prod.yaml": yaml.safe_dump({"name": "prod", "node": root})}


@pytest.fixture
def told(tmp_path, kure):
    """What `diff` says of the change of one stack to another, as JSON."""

    def diff(before, after, **files):
        write(tmp_path, {**before, **files})
        make_repository(tmp_path)
        commit_all(tmp_path, "first")
        write(tmp_path, after)
        code, _, err = kure("diff", "--output", f"json={tmp_path / 'report.json'}")
        assert (code, err) == (1, "")
        return json.loads((tmp_path / "report.json").read_text())

    return diff


def test_a_change_of_an_immutable_field_is_an_error_where_the_object_is_asked_for(told):
    report = told(stack(store()), stack(store(serviceName="other", replicas=2)))
    (finding,) = report["findings"]
    assert finding["rule"] == "VA193"
    assert finding["pointer"] == "/spec/serviceName"
    assert finding["object"] == "StatefulSet shop/db"
    assert finding["at"]["path"] == "stacks/prod.yaml"


@pytest.mark.parametrize(
    "fields", [{"force": True}, {}], ids=["by the Kustomization", "by the object"]
)
def test_what_flux_makes_again_is_no_error(told, fields):
    new = store(serviceName="other")
    if not fields:
        new["metadata"]["annotations"] = {"kustomize.toolkit.fluxcd.io/force": "Enabled"}
    assert told(stack(store(), **fields), stack(new, **fields)).get("findings", []) == []


def test_a_new_object_and_one_that_goes_are_no_errors(told):
    other = store(serviceName="other")
    other["metadata"]["name"] = "other"
    assert told(stack(store()), stack(other)).get("findings", []) == []


def job(image="web:1"):
    pod = {"containers": [{"name": "main", "image": image}], "restartPolicy": "Never"}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "once", "namespace": "shop"},
        "spec": {"template": {"spec": pod}},
    }


def tag(name):
    return {"images": [{"name": "web", "newTag": name}]}


def test_objects_are_compared_as_their_controller_sends_them(told):
    (finding,) = told(stack(job(), **tag("2")), stack(job(), **tag("3")))["findings"]
    assert finding["rule"] == "VA193"
    assert finding["object"] == "Job shop/once"
    assert finding["pointer"] == "/spec/template/spec/containers/0/image"
    assert finding["at"]["path"] == "stacks/prod.yaml"
    assert ", after the image at clusters/prod/" in finding["problem"]


def test_what_is_sent_as_before_is_no_change(told):
    report = told(stack(job("web:1"), **tag("3")), stack(job("web:2"), **tag("3")))
    assert report.get("findings", []) == []


def test_a_change_that_becomes_part_of_the_file_is_none(told):
    report = told(stack(job("web:1"), **tag("2")), stack(job("web:2")))
    assert report.get("findings", []) == []


def test_a_patch_that_comes_is_a_change(told):
    patch = '[{"op": "replace", "path": "/spec/serviceName", "value": "other"}]'
    fields = {"patches": [{"patch": patch, "target": {"kind": "StatefulSet"}}]}
    (finding,) = told(stack(store()), stack(store(), **fields))["findings"]
    assert finding["pointer"] == "/spec/serviceName"
    assert ", after the patch at clusters/prod/" in finding["problem"]
    forced = stack(store(), force=True, **fields)
    assert told(stack(store(), force=True), forced).get("findings", []) == []


def test_an_object_in_another_namespace_is_another_object(told):
    new = stack(store(serviceName="other"), targetNamespace="elsewhere")
    findings = told(stack(store()), new)["findings"]
    assert [finding["rule"] for finding in findings if finding["rule"].startswith("VA")] == []
    old = stack(store(), targetNamespace="elsewhere")
    (finding,) = told(old, new)["findings"]
    assert finding["object"] == "StatefulSet elsewhere/db"


def test_what_nobody_knows_of_one_version_is_not_compared_with_what_is_known(told):
    known = stack(job("web:2"), **tag("2"))
    maps = {"configMaps": [{"name": "settings", "files": ["../a.ini"]}]}
    (document,) = known.values()
    tree = yaml.safe_load(document)
    (app,) = tree["node"]["children"][0]["bundle"]["applications"]
    app["spec"]["objects"] = [job("web:1")]
    app["spec"] |= maps
    unknown = {"stacks/prod.yaml": yaml.safe_dump(tree)}
    files = {"a.ini": "a=1"}
    assert told(known, unknown, **files).get("findings", []) == []


@pytest.mark.skipif(not available(), reason="cel-expr-python is not installed")
def test_a_rule_about_changes_of_a_crd_in_the_repository_is_asked(told):
    files = {"crds/things.yaml": yaml.safe_dump(CRD)}
    report = told(stack(thing(2)), stack(thing(1)), **files)
    (finding,) = report["findings"]
    assert finding["rule"] == "VA195"
    assert finding["problem"] == "the API server refuses this change: a thing never shrinks"
    assert finding["pointer"] == "/spec/size"


@pytest.mark.parametrize("on", ["true", "false"])
def test_the_settings_turn_it_off(told, on):
    files = {".kure-hooks.yaml": f"validate: {{onGenerate: {on}}}\n"}
    report = told(stack(store()), stack(store(serviceName="other")), **files)
    assert len(report.get("findings", [])) == (on == "true")


def test_the_finding_says_what_to_do(told):
    (finding,) = told(stack(store()), stack(store(serviceName="other")))["findings"]
    assert finding["problem"] == "the API server refuses to change this field"
    assert finding["expected"] == (
        "Keep the old value, or delete the object on the cluster so that it is made again."
    )

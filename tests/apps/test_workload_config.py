"""The ConfigMap of an AppWorkload: the hash in its name, who refers to it, content from files."""

from base64 import b64decode

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kure_hooks.apps import workload
from kure_hooks.errors import InputError
from kure_hooks.manifests import identity
from kure_hooks.stack.model import Application
from kure_hooks.yamlio import read, strict
from kure_hooks.yamlio.place import Place
from tests.support.generate import application as entry
from tests.support.generate import leaf, node, tree
from tests.support.memory import MemoryTree

CONTAINER = {"name": "main", "image": "nginx:1"}
KEY = {"configMapKeyRef": {"name": "shop-config", "key": "a"}}
REFERENCES = {
    "a variable": {"env": [{"name": "A", "valueFrom": KEY}]},
    "an environment": {"envFrom": [{"configMapRef": {"name": "shop-config"}}]},
}
VOLUMES = {
    "a volume": {"configMap": {"name": "shop-config"}},
    "a projected volume": {"projected": {"sources": [{"configMap": {"name": "shop-config"}}]}},
}


def product(spec, files=None):
    """Return what an application in `apps/shop.yaml` stands for, beside some files."""
    spec = {"workload": "Deployment", "containers": [CONTAINER], **spec}
    text = yaml.safe_dump({"spec": spec}, sort_keys=False)
    (document,) = read(text.encode(), "apps/shop.yaml", strict)
    application = Application(
        name="shop",
        namespace="web",
        kind="AppWorkload",
        spec=msgspec.convert(spec, workload.Spec, strict=True),
        labels={},
        annotations={},
        place=Place(document),
    )
    return workload.generate(application, MemoryTree(files or {}))


def config_map(spec, files=None):
    manifests = product(spec, files).manifests
    (found,) = [manifest for manifest in manifests if manifest["kind"] == "ConfigMap"]
    return found


def refused(config_files, files, **spec):
    """Return the findings of an application with files for its ConfigMap."""
    with pytest.raises(InputError) as error:
        product({"configFiles": config_files, **spec}, files)
    return [str(finding) for finding in error.value.findings]


@pytest.mark.parametrize("key", ["containers", "initContainers"])
@pytest.mark.parametrize("fields", REFERENCES.values(), ids=REFERENCES)
def test_references_of_containers_have_the_name_with_the_hash(key, fields):
    containers = [CONTAINER | {"name": "other"} | fields]
    config, deployment = product({"config": {"a": "1"}, key: containers}).manifests
    (container,) = deployment["spec"]["template"]["spec"][key]
    assert config["metadata"]["name"].startswith("shop-config-")
    assert config["metadata"]["name"] in str(container)
    assert "'shop-config'" not in str(container)


@pytest.mark.parametrize("volume", VOLUMES.values(), ids=VOLUMES)
def test_references_of_volumes_have_the_name_with_the_hash(volume):
    volumes = [{"name": "config", **volume}, {"name": "other", "configMap": {"name": "mine"}}]
    config, deployment = product({"config": {"a": "1"}, "volumes": volumes}).manifests
    changed, other = deployment["spec"]["template"]["spec"]["volumes"]
    assert config["metadata"]["name"] in str(changed)
    assert other == {"name": "other", "configMap": {"name": "mine"}}


def test_a_secret_of_the_same_name_keeps_its_name():
    source = {"envFrom": [{"secretRef": {"name": "shop-config"}}]}
    _, deployment = product({"config": {"a": "1"}, "containers": [CONTAINER | source]}).manifests
    assert deployment["spec"]["template"]["spec"]["containers"] == [CONTAINER | source]


def test_a_stable_name_stays_as_it_is_written():
    source = {"envFrom": [{"configMapRef": {"name": "shop-config"}}]}
    spec = {"config": {"a": "1"}, "configName": "stable", "containers": [CONTAINER | source]}
    made = product(spec)
    config, deployment = made.manifests
    assert config["metadata"]["name"] == "shop-config"
    assert deployment["spec"]["template"]["spec"]["containers"] == [CONTAINER | source]
    assert made.superseded == []


TEXTS = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["", "1", "2"]), min_size=1)


@given(one=TEXTS, other=TEXTS)
def test_equal_content_has_equal_names_and_other_content_others(one, other):
    names = [config_map({"config": content})["metadata"]["name"] for content in (one, other)]
    assert (names[0] == names[1]) == (one == other)


def test_labels_of_the_application_change_no_name():
    plain, labelled = (
        config_map({"config": {"a": "1"}, "labels": labels}) for labels in ({}, {"team": "x"})
    )
    assert identity(plain) == identity(labelled)


def test_a_text_and_the_same_bytes_have_the_same_name():
    text = config_map({"config": {"a.ini": "x=1\n"}})
    assert config_map({"configFiles": ["a.ini"]}, {"apps/a.ini": "x=1\n"}) == text


def test_files_have_their_names_or_keys_as_keys():
    files = {"settings/a.ini": "x=1\n", "apps/b.ini": "y=1\n"}
    found = config_map(
        {"configFiles": ["../settings/a.ini", "c=b.ini"], "config": {"d": ""}}, files
    )
    assert found["data"] == {"a.ini": "x=1\n", "c": "y=1\n", "d": ""}


def test_of_a_folder_the_files_directly_in_it_are_taken():
    files = {"apps/conf/b": "2", "apps/conf/a": "1", "apps/conf/more/c": "3", "apps/conf2": "4"}
    assert config_map({"configFiles": ["conf/"]}, files)["data"] == {"a": "1", "b": "2"}


@pytest.mark.parametrize("value", [b"\xff\xfe", "\ufffe".encode()])
def test_what_is_no_text_is_binary_data(value):
    found = config_map({"configFiles": ["a.bin"]}, {"apps/a.bin": value})
    assert "data" not in found
    assert b64decode(found["binaryData"]["a.bin"]) == value


FAULTS = """
../../x: ../../x leaves the repository. Name a file inside it.
a.inn: apps/a.inn does not exist
conf: apps/conf has folders only. Name a folder that has files.
k=conf/more: apps/conf/more is a folder, in which each file has a key of its own. \
Write the path without a key.
a b: "a b" is no key of a ConfigMap. \
Write at most 253 letters, digits, '-', '_' and '.', which do not begin with '..'.
"""


@pytest.mark.parametrize("fault", FAULTS.strip().splitlines())
def test_files_that_can_not_be_taken_are_told(fault):
    files = {"apps/a.ini": "", "apps/a b": "", "apps/conf/more/c": "3"}
    name, _, told = fault.partition(": ")
    assert refused([name], files) == [f"apps/shop.yaml:7:5: spec.configFiles[0]: {told}"]


def test_two_files_with_one_key_are_told_at_the_second():
    (finding,) = refused(["a.ini", "a.ini=b"], {"apps/a.ini": "", "apps/b": ""})
    problem = "the key a.ini is already written at apps/shop.yaml:7:5."
    assert finding == (
        f"apps/shop.yaml:8:5: spec.configFiles[1]: {problem} Write KEY=PATH with another key."
    )


def test_all_faults_are_told_at_once():
    assert len(refused(["x", "../../y", "a b"], {"apps/a b": ""})) == 3


def test_a_key_of_the_document_and_of_a_file_is_told_at_the_file():
    (finding,) = refused(["a"], {"apps/a": ""}, config={"a": "1"})
    assert finding.startswith("apps/shop.yaml:7:5: spec.configFiles[0]: the key a is already")


def test_a_config_map_holds_one_mebibyte():
    files = {"apps/a": b"a" * (1 << 20), "apps/b": "b"}
    assert config_map({"configFiles": ["a"]}, files)
    (finding,) = refused(["a", "b"], files)
    assert "spec.configFiles[0]: the values have 1,048,577 bytes together" in finding


def written(engine, kind, **spec):
    """Return the annotations of an object of an application, as an engine writes it."""
    web = entry("web") | {"kind": "AppWorkload", "spec": {"containers": [CONTAINER], **spec}}
    files = tree(node("prod", leaf("web", web)), engine=engine)
    (text,) = [text for path, text in files.items() if f"-{kind}-web" in path]
    return yaml.safe_load(text)["metadata"].get("annotations")


def test_argo_cd_deletes_an_old_config_map_when_the_new_pods_are_ready():
    spec = {"workload": "Deployment", "config": {"a": "1"}}
    options = {"argocd.argoproj.io/sync-options": "PruneLast=true"}
    assert written("argocd", "configmap", **spec) == options
    assert written("flux", "configmap", **spec) is None
    assert written("argocd", "configmap", **spec, configName="stable") is None


def test_a_job_is_made_again_where_its_change_is_refused():
    options = {"argocd.argoproj.io/sync-options": "Force=true,Replace=true"}
    assert written("argocd", "job", workload="Job") == options
    forced = {"kustomize.toolkit.fluxcd.io/force": "enabled"}
    assert written("flux", "job", workload="Job") == forced
    scheduled = {"workload": "CronJob", "schedule": "@daily"}
    assert written("argocd", "cronjob", **scheduled) is None
    assert written("flux", "cronjob", **scheduled) is None

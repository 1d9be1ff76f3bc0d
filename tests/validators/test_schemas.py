"""A pull request never chooses its judge."""

import json
import os

import pytest

from kure_hooks.errors import UsageError
from kure_hooks.files.memory import MemoryTree
from kure_hooks.files.tree import WorkTree
from kure_hooks.validators.schemas import Resource, provided
from tests.support.git import write

ANYTHING = "{}"
NOTHING = '{"not": {}}'
WIDGET = Resource("example.com/v1", "Widget")


def found(files, *locations, resource=WIDGET):
    brought = provided(
        MemoryTree({path: data.encode() for path, data in files.items()}),
        locations,
        [resource],
        "1.34.0",
    )
    return {resource: schema.path for resource, schema in brought.items()}


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("s", "s/example.com/widget_v1.json"),
        ("s/{{.Group}}/{{ .ResourceKind }}.json", "s/example.com/widget.json"),
        (
            "s/{{.NormalizedKubernetesVersion}}{{.StrictSuffix}}/{{.ResourceKind}}{{.KindSuffix}}.json",
            "s/v1.34.0-strict/widget-example-v1.json",
        ),
        ("s/{{.ResourceAPIVersion}}/all.json", "s/v1/all.json"),
    ],
)
def test_all_variables_of_kubeconform_s_templates(location, path):
    assert found({path: ANYTHING}, location) == {WIDGET: path}
    assert found({"s/other.json": ANYTHING}, location) == {}


def test_the_first_location_goes_first():
    files = {"a/example.com/widget_v1.json": ANYTHING, "b/example.com/widget_v1.json": ANYTHING}
    assert found(files, "b", "a") == {WIDGET: "b/example.com/widget_v1.json"}


@pytest.mark.parametrize(
    "resource",
    [
        Resource("v1", "Secret"),
        Resource("apps/v1", "Deployment"),
        Resource("rbac.authorization.k8s.io/v1", "ClusterRole"),
    ],
)
def test_kinds_of_kubernetes_are_judged_by_kubernetes(resource):
    files = {f"s/{resource.group}/{resource.kind.lower()}_v1.json": ANYTHING}
    assert found(files, "s", resource=resource) == {}


def test_a_custom_resource_may_be_in_a_group_of_k8s_io():
    gateway = Resource("gateway.networking.k8s.io/v1", "Gateway")
    path = "s/gateway.networking.k8s.io/gateway_v1.json"
    assert found({path: ANYTHING}, "s", resource=gateway) == {gateway: path}


@pytest.mark.parametrize(
    "schema",
    [
        '{"$ref": "file:///etc/passwd"}',
        '{"properties": {"a": [{"$ref": "http://127.0.0.1:9/x.json"}]}}',
        '{"$ref": "../../secret.json"}',
        '{"$id": "http://127.0.0.1:9/", "$ref": "#/x"}',
        "{",
        "[" * 100_000,
    ],
)
def test_a_schema_loads_nothing(schema):
    with pytest.raises(UsageError, match=r"the schema s/example\.com/widget_v1\.json "):
        found({"s/example.com/widget_v1.json": schema}, "s")


def test_a_link_is_not_followed(tmp_path):
    (tmp_path / "out.json").write_text(ANYTHING)
    directory = tmp_path / "root/s/example.com"
    directory.mkdir(parents=True)
    (directory / "widget_v1.json").symlink_to(tmp_path / "out.json")
    with pytest.raises(UsageError, match="symbolic link"):
        provided(WorkTree(tmp_path / "root"), ["s"], [WIDGET], "1.34.0")


OBJECT = "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: a}\n"


@pytest.fixture
def offline(monkeypatch):
    for proxy in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(proxy, "http://127.0.0.1:9")


@pytest.mark.usefixtures("kubeconform", "offline")
@pytest.mark.parametrize("backend", ["embedded", "kubeconform"])
def test_the_report_says_which_schema_judged(backend, tmp_path, kure):
    settings = "validate: {schemaLocations: [s]}\n"
    write(tmp_path, {"a.yaml": OBJECT, ".kure-hooks.yaml": settings})
    write(tmp_path, {"s/example.com/widget_v1.json": NOTHING})
    code, out, _ = kure("validate", "a.yaml", "--backend", backend, "--format", "json")
    assert (code, json.loads(out)["schemas"]) == (1, {"s/example.com/widget_v1.json": 1})
    write(tmp_path, {"s/example.com/widget_v1.json": ANYTHING})
    code, out, _ = kure("validate", "a.yaml", "--backend", backend, "--verbose")
    assert code == 0
    assert "judged by s/example.com/widget_v1.json: 1 object\n" in out


@pytest.mark.usefixtures("kubeconform", "offline")
@pytest.mark.parametrize("backend", ["embedded", "kubeconform"])
def test_who_runs_the_command_may_choose_the_judge_of_everything(backend, tmp_path, kure):
    write(tmp_path, {"a.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nx: 1\n"})
    write(tmp_path, {"s/v1/secret_v1.json": ANYTHING})
    command = ("validate", "a.yaml", "--backend", backend)
    assert kure(*command, "--schemas", "s") == (0, "", "")
    write(tmp_path, {".kure-hooks.yaml": "validate: {schemaLocations: [s]}\n"})
    assert kure(*command)[0] in {1, 3}
    assert kure(*command, "--schemas", "nowhere")[0] == 2


@pytest.mark.parametrize(
    ("location", "problem"),
    [
        ("../schemas", "has a part '..'"),
        ("/schemas", "is absolute"),
        ("s/{{.Kind}}", "has another template than {{.Group}}, {{.KindSuffix}}, "),
        ("{{range $i}}", "has another template than"),
        ('s/{{ printf "%s" .Group }}', "has another template than"),
        ("https://example.com/{{.Group}}", "has a part 'https:' that holds ':'"),
    ],
)
def test_locations_are_inside_of_the_repository(location, problem, tmp_path, kure):
    settings = json.dumps({"validate": {"schemaLocations": ["ok", location]}})
    write(tmp_path, {"a.yaml": OBJECT, ".kure-hooks.yaml": settings})
    code, out, _ = kure("validate", "a.yaml")
    assert code == 2
    place = ".kure-hooks.yaml:1:41: validate.schemaLocations[1]: the path "
    assert out.startswith(f"{place}{problem}")


@pytest.mark.parametrize("content", ["", "- 1\n"])
def test_nothing_validated_is_no_success(content, tmp_path, kure):
    write(tmp_path, {"d/values.yaml": content})
    code, out, _ = kure("validate", "d")
    said = "error: no object was validated. Name files that hold Kubernetes objects, and have"
    assert (code, out) == (3, f"{said} schemas for their kinds.\n")


def test_without_the_program_nothing_is_green(tmp_path, kure, monkeypatch):
    monkeypatch.setenv("PATH", os.devnull)
    write(tmp_path, {"a.yaml": OBJECT})
    code, _, err = kure("validate", "a.yaml", "--backend", "kubeconform")
    assert (code, "kubeconform is not installed, so nothing was validated" in err) == (3, True)

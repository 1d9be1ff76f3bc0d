"""The list of schemas that validate."""

import json

import pytest

from kure_hooks.schemas.packed import Catalogue
from tests.support.git import write
from tests.validators.test_definitions import crd


@pytest.fixture
def listed(kure):
    def run(*args):
        code, out, err = kure("schemas", "list", "--format", "json", *args)
        assert (code, err) == (0, "")
        return json.loads(out)

    return run


def test_every_packed_kind_is_listed_with_its_release_and_licence(listed):
    listing = listed("--kubernetes", "1.36")
    kinds = [
        (api_version, kind)
        for project in listing["packed"]
        for api_version, names in project["kinds"].items()
        for kind in names
    ]
    assert sorted(kinds) == sorted(Catalogue().kinds("1.36"))
    assert listing["kubernetes"] == "1.36"
    assert {project["name"] for project in listing["packed"]} >= {"Kubernetes", "Flux", "Argo CD"}
    assert all(project["licence"] and project["version"] for project in listing["packed"])


def test_the_version_is_that_of_the_settings(tmp_path, listed):
    write(tmp_path, {".kure-hooks.yaml": 'validate: {kubernetes: "1.29"}\n'})
    assert listed()["kubernetes"] == "1.29"
    assert listed("--kubernetes", "1.99")["kubernetes"] == Catalogue().versions[-1]


def test_crds_of_the_repository_are_listed_by_file(tmp_path, kure, listed):
    write(tmp_path, {"a.yaml": crd("size"), "b.yaml": f"{crd('a')}x: [\n"})
    kure("schemas", "add", "a.yaml")
    listing = listed()
    (vendored,) = listing["vendored"]
    assert vendored["path"] == "vendor/schemas/widgets.example.com.yaml"
    assert len(vendored["sha256"]) == 64
    assert listing["repository"] == [{"path": "a.yaml", "kinds": {"example.com/v1": ["Widget"]}}]
    (problem,) = listing["problems"]
    assert problem.startswith("b.yaml: its CRD can't be read")


def test_people_get_lines(tmp_path, kure):
    write(tmp_path, {"a.yaml": crd("size")})
    code, out, err = kure("schemas", "list", "--kubernetes", "1.34")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith("Kubernetes 1.34.")
    assert lines[0].endswith("(Apache-2.0)")
    assert "  v1: " in "\n".join(lines)
    assert lines[-2:] == ["a.yaml (of the repository)", "  example.com/v1: Widget"]


def test_a_version_that_is_none_is_wrong_use(kure):
    code, out, err = kure("schemas", "list", "--kubernetes", "new")
    assert (code, out) == (2, "")
    assert "is no Kubernetes version" in err

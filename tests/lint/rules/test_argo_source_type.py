import pytest

from tests.support.argocd_linting import URL, application, argocd
from tests.support.linting import config_map, lint, told

BUILD = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml]\n"


def built(source, build=BUILD):
    files = argocd(application("web", source=source))
    del files["manifests/web/manifests.yaml"]
    files["manifests/web/a.yaml"] = config_map("a")
    return {**files, "manifests/web/kustomization.yaml": build}


def test_two_types():
    source = {"helm": {"releaseName": "web"}, "kustomize": {"namePrefix": "eu-"}}
    (line,) = told(argocd(application("web", source=source)), "AR005")
    assert "this source has kustomize and helm, and Argo CD takes one type" in line


def test_a_directory_that_is_for_kustomize():
    assert told(built({"directory": {"recurse": True}}), "AR005", origin=URL) == [
        (
            "error: apps/web-application.yaml:14:5: Argo CD applies "
            "manifests/web/kustomization.yaml as an object, because the source has "
            "directory. Remove directory, so that kustomize builds it."
        )
    ]


@pytest.mark.parametrize(
    "source",
    [
        {"helm": {"releaseName": "web"}},
        {"kustomize": {"namePrefix": "eu-"}, "directory": {"recurse": False}},
        {"kustomize": {"namePrefix": "eu-"}, "helm": {}},
    ],
)
def test_one_type(source):
    assert lint(argocd(application("web", source=source)), "AR005") == []


@pytest.mark.parametrize(
    "source",
    [
        {"directory": {"recurse": False}},
        {"directory": {"exclude": "kustomization.yaml", "recurse": True}},
        {"directory": {"include": "{a,b}.yaml", "recurse": True}},
        {"directory": {"jsonnet": {"libs": ["vendor"]}}},
    ],
)
def test_directories_that_leave_the_file_out(source):
    assert lint(built(source), "AR005", origin=URL) == []


def test_argo_cd_ignores_a_file_that_does_not_say_what_it_is():
    files = built({"directory": {"recurse": True}}, "resources: [a.yaml]\n")
    assert lint(files, "AR005", origin=URL) == []

import pytest

from tests.support.argocd_linting import URL, application, argocd
from tests.support.linting import document, lint, told

INSTALL = "https://raw.githubusercontent.com/argoproj/argo-cd/v{}/manifests/install.yaml"
SERVER_SIDE = {"syncOptions": ["ServerSideApply=true"]}


def crd(size, annotations=None):
    text = document(
        "apiextensions.k8s.io/v1",
        "CustomResourceDefinition",
        "widgets.example.com",
        spec={"group": "example.com", "names": {"kind": "Widget"}, "x": "y" * size},
    )
    return text.replace("metadata:", f"metadata:\n  annotations: {annotations or {}}", 1)


def installed(version, more="", **options):
    files = argocd(application("argocd", **options))
    del files["manifests/argocd/manifests.yaml"]
    build = f"resources: ['{INSTALL.format(version)}']\n{more}"
    return {**files, "manifests/argocd/kustomization.yaml": build}


def test_an_install_of_a_version_with_a_big_crd():
    assert told(installed("3.5.1"), "AR012", origin=URL) == [
        (
            "warning: apps/argocd-application.yaml:4:3: the CRD of ApplicationSets in Argo CD 3.5 "
            "is too big for client-side apply, with which argocd syncs. "
            "Add ServerSideApply=true to syncOptions."
        )
    ]


def test_an_older_version():
    assert lint(installed("3.2.0"), "AR012", origin=URL) == []


@pytest.mark.parametrize(
    "more",
    [
        "commonAnnotations: {argocd.argoproj.io/sync-options: ServerSideApply=true}\n",
        "patches: [{target: {kind: CustomResourceDefinition}, patch: ''}]\n",
    ],
)
def test_a_build_that_may_write_the_option_into_the_crds(more):
    assert lint(installed("3.5.1", more), "AR012", origin=URL) == []


def test_server_side_apply():
    assert lint(installed("3.5.1", syncPolicy=SERVER_SIDE), "AR012", origin=URL) == []


def test_any_crd_of_that_size():
    files = argocd(application("web"), web=crd(270_000))
    (finding,) = lint(files, "AR012", origin=URL)
    assert "CustomResourceDefinition widgets.example.com" in finding.problem


def test_a_crd_with_the_option_or_of_a_usual_size():
    marked = crd(270_000, {"argocd.argoproj.io/sync-options": "ServerSideApply=true"})
    for text in (marked, crd(200_000)):
        assert lint(argocd(application("web"), web=text), "AR012", origin=URL) == []

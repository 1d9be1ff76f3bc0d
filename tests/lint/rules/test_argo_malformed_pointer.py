import pytest

from tests.support.argocd_linting import application, application_set, argocd, settings
from tests.support.linting import lint, told


def ignoring(key, text):
    ignored = [{"group": "apps", "kind": "Deployment", key: [text]}]
    return argocd(application("web", ignoreDifferences=ignored))


def test_a_pointer_of_another_form():
    assert told(ignoring("jsonPointers", ".spec.replicas"), "AR017") == [
        (
            'error: apps/web-application.yaml:25:7: ".spec.replicas" is no JSON pointer, and Argo '
            "CD "
            "ignores no difference with it. Write /spec/replicas."
        )
    ]


@pytest.mark.parametrize(
    ("key", "text", "severity"),
    [
        ("jsonPointers", "", "error"),
        ("jsonPointers", "spec/replicas", "error"),
        ("jsonPointers", "$.spec.replicas", "error"),
        ("jsonPointers", "/metadata/annotations/a~b", "warning"),
        ("jsonPointers", "/spec/containers/*/image", "warning"),
        ("jsonPointers", "/spec/containers[0]/image", "warning"),
        ("jqPathExpressions", "/spec/replicas", "error"),
        ("jqPathExpressions", ".spec.containers[", "error"),
        ("jqPathExpressions", ".spec | select(.a == 'b')", "error"),
    ],
)
def test_what_argo_cd_cannot_read(key, text, severity):
    assert [finding.severity for finding in lint(ignoring(key, text), "AR017")] == [severity]


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("jsonPointers", "/spec/replicas"),
        ("jsonPointers", "/metadata/annotations/example.com~1name~0"),
        ("jsonPointers", "/"),
        ("jsonPointers", "/data"),
        ("jqPathExpressions", '.spec.containers[] | select(.name == "web").image'),
    ],
)
def test_what_argo_cd_reads(key, text):
    assert lint(ignoring(key, text), "AR017") == []


def test_the_settings_of_argo_cd():
    key = "resource.customizations.ignoreDifferences.apps_Deployment"
    files = argocd(application("web"), settings(**{key: "jsonPointers: [spec.replicas]\n"}))
    (finding,) = lint(files, "AR017")
    assert finding.object == "ConfigMap argocd/argocd-cm"
    right = argocd(application("web"), settings(**{key: "jsonPointers: [/spec/replicas]\n"}))
    assert lint(right, "AR017") == []


def test_differences_of_the_applications_of_a_set():
    ignored = [{"jqPathExpressions": [".spec.source.["]}]
    made = application_set("all", application("x"), ignoreApplicationDifferences=ignored)
    (finding,) = lint(argocd(made), "AR017")
    assert finding.object == "ApplicationSet argocd/all"


def test_parameters_may_be_in_an_expression():
    ignored = [{"kind": "Service", "jqPathExpressions": ["{{ .path }}"]}]
    text = application("{{ .name }}", ignoreDifferences=ignored)
    elements = [{"list": {"elements": [{"name": "a", "path": ".spec"}]}}]
    assert lint(argocd(application_set("all", text, elements)), "AR017") == []

import yaml

from kure_hooks.lint.rules import argo_unknown_field
from kure_hooks.schemas.packed import Catalogue
from tests.support.argocd_linting import application, application_set, argocd, project
from tests.support.linting import document, lint, told

NESTED = [
    {
        "matrix": {
            "generators": [
                {"git": {"repoURL": "https://git.example.com/a", "directories": [{"path": "*"}]}},
                {"matrix": {"generators": [{"clusters": {}}, {"list": {"elements": [{"x": 1}]}}]}},
            ]
        }
    }
]


def test_a_field_that_no_application_has():
    text = application("web", dependencies=[{"name": "database"}])
    assert told(argocd(text), "AR011") == [
        (
            "error: apps/web-application.yaml:21:3: Application has no field spec.dependencies. "
            "Remove it."
        )
    ]


def test_a_field_at_the_wrong_level_of_a_template():
    policy = {"preserveResourcesOnDeletion": True}
    text = application_set("all", application("{{ .name }}", syncPolicy=policy))
    findings = lint(argocd(text), "AR011")
    assert "ApplicationSet argocd/all" in {finding.object for finding in findings}


def test_a_misspelt_field_of_a_project():
    (finding,) = lint(argocd(project("shop", sourceRepo=["*"])), "AR011")
    assert finding.expected == 'Did you mean "sourceRepos"?'


def test_fields_that_are_there():
    source = {
        "helm": {"valuesObject": {"any": {"thing": [1]}}, "parameters": [{"name": "a"}]},
        "kustomize": {"commonLabels": {"any": "label"}, "patches": [{"patch": "x"}]},
    }
    text = application("web", source=source, info=[{"name": "a", "value": "b"}])
    made = application_set("all", application("{{ .name }}"), NESTED, templatePatch="spec: {}")
    files = argocd(text, made, project("shop", sourceRepos=["*"], roles=[{"name": "a"}]))
    assert lint(files, "AR011") == []


def test_a_field_of_a_newer_argo_cd_whose_crd_is_here():
    schema = {
        "type": "object",
        "properties": {
            "spec": {"type": "object", "properties": {"dependencies": {"type": "array"}}}
        },
    }
    spec = {
        "group": "argoproj.io",
        "names": {"kind": "Application"},
        "scope": "Namespaced",
        "versions": [{"name": "v1alpha1", "served": True, "schema": {"openAPIV3Schema": schema}}],
    }
    crd = document(
        "apiextensions.k8s.io/v1", "CustomResourceDefinition", "applications.argoproj.io", spec=spec
    )
    text = application("web", dependencies=[])
    assert lint(argocd(text, crd), "AR011") == []
    (finding,) = lint(argocd(application("web", dependency=[]), crd), "AR011")
    assert finding.expected == 'Did you mean "dependencies"?'


def test_fields_to_come_are_none_of_this_version():
    schema = yaml.safe_dump(Catalogue().structural("argoproj.io/v1alpha1", "Application", "1.34"))
    assert not any(name in schema for name in argo_unknown_field.LATER)

import pytest

from tests.support.linting import config_map, document, lint


def repository(name, generators, **options):
    spec = {
        "goTemplate": True,
        "goTemplateOptions": ["missingkey=error"],
        "generators": generators,
        "template": {
            "metadata": {"name": name},
            "spec": {
                "project": "default",
                "destination": {"server": "https://kubernetes.default.svc", "namespace": "x"},
                "source": {"repoURL": "https://git.example.com/a.git", "path": "guest/a"},
            },
        },
        **options,
    }
    text = document("argoproj.io/v1alpha1", "ApplicationSet", "set", "argocd", spec=spec)
    return {"argo/set.yaml": text, "guest/a/manifests.yaml": config_map("a")}


LIST = [{"list": {"elements": [{"env": "a"}]}}]


def git(path):
    url = "https://git.example.com/a.git"
    return [{"git": {"repoURL": url, "revision": "main", "directories": [{"path": path}]}}]


@pytest.mark.parametrize("name", ["x-{{.env}", "x-{{.env", "x-{{.enw}}"])
def test_a_template_that_argo_cd_refuses(name):
    (finding,) = lint(repository(name, LIST), "AR019")
    assert (finding.severity, finding.pointer) == ("error", "/spec/template")


def test_a_generator_that_matches_nothing():
    files = repository("x-{{.path.basename}}", git("gest/*"))
    (finding,) = lint(files, "AR019", origin="https://git.example.com/a.git")
    assert (finding.severity, finding.pointer) == ("warning", "/spec/generators")


@pytest.mark.parametrize(
    ("name", "generators"),
    [
        ("x-{{.env}}", LIST),
        ("x-{{.path.basename}}", git("guest/*")),
        ("x-{{.name}}", [{"clusters": {}}]),  # what Argo CD knows is not here
        ("x", [{"list": {"elements": []}}]),
    ],
)
def test_sets_that_make_applications(name, generators):
    files = repository(name, generators)
    assert lint(files, "AR019", origin="https://git.example.com/a.git") == []

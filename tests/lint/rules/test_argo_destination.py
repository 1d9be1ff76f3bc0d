import pytest

from tests.support.argocd_linting import application, application_set, argocd
from tests.support.linting import lint, told

SERVER = "https://kubernetes.default.svc"


def test_both():
    text = application("web", destination={"server": SERVER, "name": "in-cluster"})
    assert told(argocd(text), "AR003") == [
        (
            "error: apps/web-application.yaml:16:5: this destination has both a server and a name, "
            "which Argo CD refuses. Remove one of them."
        )
    ]


@pytest.mark.parametrize("place", [{"namespace": "web"}, {"server": ""}, {}])
def test_neither(place):
    (finding,) = lint(argocd(application("web", destination=place)), "AR003")
    assert finding.problem == "this destination names no cluster"


@pytest.mark.parametrize("place", [{"name": "spoke"}, {"server": SERVER, "name": ""}])
def test_one(place):
    assert lint(argocd(application("web", destination=place)), "AR003") == []


def test_a_template_that_parameters_fill():
    template = application("{{ .name }}", destination={"name": "{{ .name }}"})
    assert lint(argocd(application_set("all", template)), "AR003") == []


def test_a_template_whose_patch_has_the_destination():
    template = application("{{ .name }}", destination={})
    assert len(lint(argocd(application_set("all", template)), "AR003")) >= 1
    patched = application_set("all", template, templatePatch="spec: {}")
    files = argocd(patched)
    assert [finding.object for finding in lint(files, "AR003")] in (
        [],
        ["Application argocd/a"],
    )

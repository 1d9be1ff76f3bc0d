import pytest

from tests.support.argocd_linting import URL, application, application_set, argocd, in_wave
from tests.support.linting import document, fleet, kustomization, lint, told


def service(wave):
    manifest = document("v1", "Service", "web", "shop", spec={})
    return manifest.replace("name: web", f"name: web\n  annotations: {{{WAVE}: {wave}}}")


WAVE = "argocd.argoproj.io/sync-wave"


@pytest.mark.parametrize("wave", ["first", "1.5", "", "0x1", " 1", "1_000"])
def test_no_number(wave):
    (finding,) = lint(argocd(application("web", metadata=in_wave(wave))), "AR006")
    assert "is no whole number" in finding.problem


def test_a_number_without_quotes_is_refused():
    files = argocd(application("web"), web=service("3"))
    assert told(files, "AR006", origin=URL) == [
        (
            "error: manifests/web/manifests.yaml:5:17: the wave 3 is no string, so the object is "
            'refused. Write "3".'
        )
    ]


def test_kustomize_writes_numbers_as_strings():
    files = argocd(application("web"), web=service("3"))
    files["manifests/web/kustomization.yaml"] = "resources: [manifests.yaml]\n"
    assert lint(files, "AR006", origin=URL) == []


@pytest.mark.parametrize("wave", ["-5", "0", "+1", "007", "100"])
def test_numbers(wave):
    assert lint(argocd(application("web", metadata=in_wave(wave))), "AR006") == []


def test_the_template_of_a_set():
    wrong = application_set("all", application("{{ .name }}", metadata=in_wave("late")))
    assert {finding.object for finding in lint(argocd(wrong), "AR006")} == {
        "ApplicationSet argocd/all"
    }


@pytest.mark.parametrize(("wave", "count"), [("5", 0), ("late", 1)])
def test_a_wave_that_parameters_fill(wave, count):
    filled = application("{{ .name }}", metadata=in_wave("{{ .wave }}"))
    elements = [{"list": {"elements": [{"name": "a", "wave": wave}]}}]
    files = argocd(application_set("all", filled, elements))
    assert len(lint(files, "AR006")) == count


def test_nothing_reads_the_wave_of_an_object_of_flux():
    assert lint(fleet(kustomization("web"), web=service("3")), "AR006") == []

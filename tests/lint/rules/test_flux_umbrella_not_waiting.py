from tests.support.linting import fleet, kustomization, lint


def repository(**spec):
    inner = kustomization("ingress")
    return fleet(
        kustomization("infra", **spec),
        kustomization("web", dependsOn=[{"name": "infra"}]),
        infra=inner,
        ingress="",
    )


def test_a_dependency_on_one_that_applies_others():
    (finding,) = lint(repository(), "FX010")
    assert (finding.severity, finding.object) == ("warning", "Kustomization flux-system/infra")
    assert "infra, which is ready before ingress" in finding.problem


def test_one_that_waits():
    assert lint(repository(wait=True), "FX010") == []


def test_one_that_checks_its_children():
    check = {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "name": "ingress",
        "namespace": "flux-system",
    }
    assert lint(repository(healthChecks=[check]), "FX010") == []


def test_one_without_children():
    files = fleet(kustomization("infra"), kustomization("web", dependsOn=[{"name": "infra"}]))
    assert lint(files, "FX010") == []

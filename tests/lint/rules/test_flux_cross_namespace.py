from tests.support.linting import fleet, kustomization, lint

SOURCE = {"kind": "GitRepository", "name": "flux-system", "namespace": "flux-system"}


def test_references_to_another_namespace_are_told():
    text = kustomization(
        "web",
        namespace="shop",
        sourceRef=SOURCE,
        dependsOn=[{"name": "db", "namespace": "data"}],
    )
    findings = lint(fleet(text), "FX020")
    assert {finding.severity for finding in findings} == {"info"}
    assert len(findings) == 2


def test_its_own_namespace_may_be_written():
    assert lint(fleet(kustomization("web", sourceRef=SOURCE)), "FX020") == []


def test_a_reference_without_a_namespace():
    assert lint(fleet(kustomization("web", namespace="flux-system")), "FX020") == []

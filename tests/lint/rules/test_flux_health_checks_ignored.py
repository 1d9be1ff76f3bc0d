from tests.support.linting import fleet, kustomization, lint

CHECKS = [{"apiVersion": "apps/v1", "kind": "Deployment", "name": "web", "namespace": "shop"}]
EXPRESSIONS = [{"apiVersion": "example.com/v1", "kind": "Thing", "current": "status.ready"}]


def test_checks_beside_wait():
    (finding,) = lint(fleet(kustomization("web", wait=True, healthChecks=CHECKS)), "FX009")
    assert (finding.severity, finding.pointer) == ("warning", "/spec/healthChecks")


def test_expressions_alone():
    (finding,) = lint(fleet(kustomization("web", healthCheckExprs=EXPRESSIONS)), "FX009")
    assert finding.expected == "Add wait: true."


def test_checks_without_wait_and_expressions_with_it():
    assert lint(fleet(kustomization("web", healthChecks=CHECKS)), "FX009") == []
    files = fleet(kustomization("web", wait=True, healthCheckExprs=EXPRESSIONS))
    assert lint(files, "FX009") == []

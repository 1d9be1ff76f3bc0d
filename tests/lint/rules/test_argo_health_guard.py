import pytest

from kure_hooks.config.argocd import ArgocdOptions
from kure_hooks.engines.argocd.health import CM_KEY, health_lua
from kure_hooks.lint import argocd_settings
from tests.support.argocd_linting import HEALTH, LUA, application, argocd, in_wave, settings
from tests.support.linting import document, lint, told

COPIED = "hs = { status = obj.status.health.status }\nreturn hs\n"
WAVED = (application("a", metadata=in_wave("1")), application("b", metadata=in_wave("2")))


def test_a_copy_of_the_health():
    (line,) = told(argocd(*WAVED, settings(**{HEALTH: COPIED})), "AR018")
    assert line.startswith(
        "warning: apps/argocd-cm-configmap.yaml:7:3: this health check reads status.health and "
        "not status.sync.comparedTo or status.sync.status"
    )


@pytest.mark.parametrize("missing", ["comparedTo", "Synced"])
def test_half_a_guard(missing):
    lua = LUA.replace("sync.status", "sync.x").replace(missing, "x")
    if missing == "comparedTo":
        lua = LUA.replace(missing, "x")
    assert len(lint(argocd(*WAVED, settings(**{HEALTH: lua})), "AR018")) == 1


def test_a_guard():
    assert lint(argocd(*WAVED, settings(**{HEALTH: LUA})), "AR018") == []


def test_nothing_waits_without_waves():
    files = argocd(application("a"), application("b"), settings(**{HEALTH: COPIED}))
    assert lint(files, "AR018") == []


def test_the_health_checks_of_an_operator():
    check = {"group": "argoproj.io", "kind": "Application", "check": COPIED}
    operated = document(
        "argoproj.io/v1beta1", "ArgoCD", "argocd", "argocd", spec={"resourceHealthChecks": [check]}
    )
    (finding,) = lint(argocd(*WAVED, operated), "AR018")
    assert finding.object == "ArgoCD argocd/argocd"


def test_the_check_that_kure_hooks_writes():
    assert CM_KEY == argocd_settings.CM_KEY == HEALTH
    for strict in (True, False):
        lua = health_lua(ArgocdOptions(health_requires_sync=strict))
        findings = lint(argocd(*WAVED, settings(**{HEALTH: lua})), "AR018")
        assert len(findings) == (0 if strict else 1)

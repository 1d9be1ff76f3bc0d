from tests.support.argocd_linting import (
    HEALTH,
    LUA,
    URL,
    application,
    argocd,
    in_wave,
    settings,
)
from tests.support.linting import lint, told

RETRY = {"syncPolicy": {"automated": {"prune": True}, "retry": {"limit": -1}}}
ROOT = application("root", "apps", **RETRY)
FIRST = application("database", metadata=in_wave("1"))
SECOND = application("web", metadata=in_wave("2"))


def test_settings_without_a_health_check():
    files = argocd(FIRST, SECOND, settings(), root=ROOT)
    (line,) = told(files, "AR008", origin=URL)
    assert line.startswith(
        "error: apps/database-application.yaml:9:5: Argo CD does not wait between the waves of the "
        "Applications of root"
    )


def test_the_settings_may_be_elsewhere():
    (finding,) = lint(argocd(FIRST, SECOND, root=ROOT), "AR008", origin=URL)
    assert finding.severity == "info"


def test_a_health_check():
    files = argocd(FIRST, SECOND, settings(**{HEALTH: LUA}), root=ROOT)
    assert lint(files, "AR008", origin=URL) == []


def test_a_health_check_in_the_values_of_a_chart():
    files = argocd(FIRST, SECOND, settings(), root=ROOT)
    files["values/argocd.yaml"] = f"configs:\n  cm:\n    {HEALTH}: return {{}}\n"
    assert lint(files, "AR008", origin=URL) == []


def test_one_wave_orders_nothing():
    files = argocd(FIRST, application("web", metadata=in_wave("1")), settings(), root=ROOT)
    assert lint(files, "AR008", origin=URL) == []


def test_a_parent_that_gives_up():
    files = argocd(FIRST, SECOND, settings(**{HEALTH: LUA}))
    (finding,) = lint(files, "AR008", origin=URL)
    assert (finding.severity, finding.object) == ("warning", "Application argocd/root")

from kure_hooks.gitops.repository import Declared
from kure_hooks.lint.rules.flux_interval import check
from tests.support.linting import fleet, kustomization, lint, model, told


def test_less_than_a_minute():
    (text,) = told(fleet(kustomization("web", interval="10s")), "FX008")
    words = "the interval 10s is shorter than 1m. Write 1m or more."
    assert text == f"warning: clusters/prod/web.yaml:7:3: {words}"


def test_a_minute_is_enough():
    assert lint(fleet(kustomization("web", interval="60s")), "FX008") == []


def test_the_settings_set_another_limit():
    def told_with(shortest, interval):
        repository = model(fleet(kustomization("web", interval=interval)))
        (cluster,) = repository.clusters
        cluster.declared = Declared(shortest_interval=shortest)
        return [finding.message for finding in check(cluster) if "web" in finding.at.path]

    assert told_with("30s", "30s") == []
    assert told_with("2m", "90s") == ["the interval 90s is shorter than 2m. Write 2m or more."]


def test_what_is_longer_than_the_interval():
    files = fleet(kustomization("web", interval="5m", retryInterval="10m", timeout="5m1s"))
    fields = [finding.pointer for finding in lint(files, "FX008")]
    assert fields == ["/spec/retryInterval", "/spec/timeout"]


def test_what_is_as_long():
    files = fleet(kustomization("web", interval="5m", retryInterval="300s", timeout="5m"))
    assert lint(files, "FX008") == []

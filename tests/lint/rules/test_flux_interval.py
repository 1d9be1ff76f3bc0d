from tests.support.linting import fleet, kustomization, lint, told


def test_less_than_a_minute():
    assert told(fleet(kustomization("web", interval="10s")), "FX008") == [
        "warning: clusters/prod/web.yaml:7:3: the interval 10s is below a minute. Write 1m or more."
    ]


def test_a_minute_is_enough():
    assert lint(fleet(kustomization("web", interval="60s")), "FX008") == []


def test_what_is_longer_than_the_interval():
    files = fleet(kustomization("web", interval="5m", retryInterval="10m", timeout="5m1s"))
    fields = [finding.pointer for finding in lint(files, "FX008")]
    assert fields == ["/spec/retryInterval", "/spec/timeout"]


def test_what_is_as_long():
    files = fleet(kustomization("web", interval="5m", retryInterval="300s", timeout="5m"))
    assert lint(files, "FX008") == []

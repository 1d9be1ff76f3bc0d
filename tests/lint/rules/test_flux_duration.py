import pytest

from tests.support.linting import SYNC, fleet, kustomization, lint, told


def test_days_are_no_unit():
    assert told(fleet(kustomization("web", interval="1d")), "FX007") == [
        (
            "error: clusters/prod/web.yaml:7:3: 1d is no duration. "
            "Write a number with ms, s, m or h, such as 10m."
        )
    ]


def test_the_timeout_of_a_source_has_no_hours():
    files = fleet()
    path = "clusters/prod/flux-system/gotk-sync.yaml"
    files[path] = SYNC.replace("  ref:\n", "  timeout: 1h\n  ref:\n")
    (finding,) = lint(files, "FX007")
    assert "has no hours" in finding.problem


@pytest.mark.parametrize("value", ["1h30m", "90s", "1.5h", "500ms", "${INTERVAL}"])
def test_durations(value):
    assert lint(fleet(kustomization("web", interval=value)), "FX007") == []


@pytest.mark.parametrize("value", [10, "10", "10 m", "-1m", "1h 30m", "µs"])
def test_others(value):
    assert len(lint(fleet(kustomization("web", timeout=value)), "FX007")) == 1

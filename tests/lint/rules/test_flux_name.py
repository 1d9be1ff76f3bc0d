import pytest

from tests.support.linting import fleet, kustomization, lint


def test_a_name_beyond_a_label():
    (finding,) = lint(fleet(kustomization("a" * 64)), "FX015")
    assert "64 characters" in finding.problem


@pytest.mark.parametrize("name", ["a" * 63, "web", "web.prod-1", "1a"])
def test_names(name):
    assert lint(fleet(kustomization(name)), "FX015") == []


@pytest.mark.parametrize("name", ["Web", "web_prod", "-web", "web-"])
def test_what_is_no_name(name):
    (finding,) = lint(fleet(kustomization(name)), "FX015")
    assert finding.severity == "error"

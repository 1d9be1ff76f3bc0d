import pytest

from tests.support.git import isolate, make_repository


@pytest.fixture(autouse=True)
def _alone(monkeypatch, tmp_path_factory):
    isolate(monkeypatch, tmp_path_factory.mktemp("home"))


@pytest.fixture
def top(tmp_path):
    """An empty repository."""
    return make_repository(tmp_path / "top")

"""Fixtures of the live suite; each test here has the marker `live`, deselected by default."""

from pathlib import Path

import pytest

from tests.live.programs import SERVER, missing
from tests.live.reporting import Table, stand_ins, standing_in

pytest.register_assert_rewrite("tests.live.rolling")

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.live)


@pytest.fixture(scope="session")
def table(request):
    """The table of what was rolled out, printed at the end of the run."""
    return request.config.stash.setdefault(TABLE, Table())


TABLE = pytest.StashKey[Table]()


def pytest_sessionfinish(session):
    """Let a worker of pytest-xdist hand over what it would have printed."""
    config = session.config
    if hasattr(config, "workeroutput"):
        table = config.stash.get(TABLE, Table())
        config.workeroutput["live"] = {"rows": table.rows, "stand_ins": stand_ins()}


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    live = getattr(node, "workeroutput", {}).get("live", {})
    table = node.config.stash.setdefault(TABLE, Table())
    table.rows += live.get("rows", ())
    for name in live.get("stand_ins", ()):
        standing_in(name)


def pytest_terminal_summary(terminalreporter, config):
    table = config.stash.get(TABLE, None)
    if table and table.rows:
        terminalreporter.section("on the cluster")
        terminalreporter.write_line(str(table))
    if names := stand_ins():
        terminalreporter.section("not the real thing")
        for name in names:
            terminalreporter.write_line(name)


@pytest.fixture
def place(request, tmp_path):
    """A directory for a cluster, its logs and its repositories."""
    if absent := missing(*SERVER):
        pytest.skip(f"{', '.join(absent)}: run .ci/live --build")
    return tmp_path

import shutil
import sys

import pytest

from tests.action.runner import ACTION, Job

INSTALL = next(each for each in ACTION["runs"]["steps"] if each["name"] == "Install kure-hooks")
AFTER = ACTION["runs"]["steps"][ACTION["runs"]["steps"].index(INSTALL) + 1 :]


@pytest.fixture(scope="session")
def installed(tmp_path_factory):
    """The runner's temporary directory after the install step."""
    workspace = tmp_path_factory.mktemp("hostile-workspace")
    # What Python would import instead of pip if it looked into the checkout.
    for module in ("pip", "venv", "json", "hatchling"):
        (workspace / f"{module}.py").write_text("raise SystemExit('imported from the checkout')\n")
    job = Job(workspace, tmp_path_factory.mktemp("runner-temp"))
    job.context["steps.python.outputs.python-path"] = sys.executable
    job.run([{**INSTALL, "working-directory": str(workspace)}])
    assert job.code == 0, job.log
    return job.temp


@pytest.fixture
def workspace(tmp_path, in_sync):
    """A checkout of the test's own, in sync."""
    return shutil.copytree(in_sync, tmp_path / "workspace")


@pytest.fixture
def act(workspace, installed):
    """Run the action in a checkout, its installation done already; hyphens are underscores."""

    def run(at=workspace, variables=None, token="", **inputs):
        named = {name.replace("_", "-"): value for name, value in inputs.items()}
        job = Job(at, installed, named, variables or {}, token)
        job.run(AFTER)
        return job

    return run

"""A newcomer's machine: the built wheel and a hook runner in an environment of their own."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from kure_hooks import __version__
from kure_hooks.setup.starters import HOME
from tests.hooks.conftest import hook_repository  # noqa: F401 - a fixture
from tests.journeys.journal import Journal, Step
from tests.packaging.conftest import (  # noqa: F401 - fixtures
    distributions,
    wheel,
    without_the_checkout,
)
from tests.support.git import git, make_repository

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def programs(tmp_path_factory, wheel):  # noqa: F811
    """Install what a newcomer installs; returns the step, and the directory of the programs."""
    home = tmp_path_factory.mktemp("tools")
    start = time.monotonic()
    variables = without_the_checkout()
    subprocess.run([sys.executable, "-m", "venv", home], env=variables, check=True)
    install = [home / "bin/pip", "install", "--quiet", wheel, "pre-commit", "prek"]
    done = subprocess.run(install, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    command = f"python3 -m venv tools; tools/bin/pip install {wheel.name} pre-commit prek"
    return Step(command, time.monotonic() - start, 0, done.stdout), home / "bin"


@pytest.fixture(scope="session")
def machine(tmp_path_factory, programs, hook_repository):  # noqa: F811
    """Return the environment in which a newcomer works.

    The address of the project leads to a clone of this work tree, which has the tag of the version.
    """
    git(hook_repository, "tag", "--force", f"v{__version__}")
    home = tmp_path_factory.mktemp("home")
    return {
        **without_the_checkout(),
        "HOME": str(home),
        "PATH": f"{programs[1]}:/usr/local/bin:/usr/bin:/bin",
        "PRE_COMMIT_HOME": str(home / "pre-commit"),
        "PREK_HOME": str(home / "prek"),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.file://{hook_repository}.insteadOf",
        "GIT_CONFIG_VALUE_0": HOME,
    }


@pytest.fixture
def journal(request, capfd, tmp_path, programs, machine):
    """Begin a journal in an empty repository; it is written to build/journeys at the end."""
    make_repository(tmp_path / "remote", "--bare")
    made = Journal(make_repository(tmp_path / "fleet"), machine, [programs[0]])
    made.git("remote", "add", "origin", "../remote")
    yield made
    name = request.node.callspec.id
    path = ROOT / "build/journeys" / f"{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(made.page(name))
    with capfd.disabled():
        print(f"\nThe journey is in {path.relative_to(ROOT)}, {made.seconds:.0f} s.")  # noqa: T201

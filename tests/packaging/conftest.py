"""The distributions as a release builds them: the sdist, and the wheel made of it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.git import environment

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def distributions(request, tmp_path_factory):
    """Build both, unless they are given; returns the directory that has nothing else in it."""
    if given := request.config.getoption("--distributions"):
        return ROOT / given
    made = tmp_path_factory.mktemp("dist")
    build = (sys.executable, "-m", "build", "--no-isolation", "--outdir", made, ROOT)
    done = subprocess.run(build, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return made


@pytest.fixture(scope="session")
def wheel(distributions):
    (path,) = distributions.glob("*.whl")
    return path


@pytest.fixture(scope="session")
def sdist(distributions):
    (path,) = distributions.glob("*.tar.gz")
    return path


@pytest.fixture(scope="session")
def install(tmp_path_factory, wheel):
    """Install the wheel into an environment of its own for an interpreter; returns its programs."""
    made = {}

    def install_for(interpreter):
        if interpreter not in made:
            home = tmp_path_factory.mktemp("environment")
            variables = without_the_checkout()
            subprocess.run([interpreter, "-m", "venv", home], env=variables, check=True)
            pip = [home / "bin/python", "-m", "pip", "install", "--quiet", wheel]
            subprocess.run(pip, cwd=home, env=variables, check=True)
            made[interpreter] = home / "bin"
        return made[interpreter]

    return install_for


def without_the_checkout():
    """Return an environment in which nothing leads Python to this work tree."""
    kept = environment()
    for name in ("PYTHONPATH", "VIRTUAL_ENV"):
        kept.pop(name, None)
    return kept | {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PATH": os.environ.get("PATH", os.defpath)}

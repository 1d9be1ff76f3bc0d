import gc
import itertools
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support.children import environment
from tests.support.git import commit_all, make_repository

# A busy machine is no fault of a test. In CI the default is to draw the same in every run.
settings.register_profile(
    "busy", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("busy")


def pytest_addoption(parser):
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew")
    parser.addoption("--distributions", help="directory of an sdist and a wheel to be tried")


@pytest.fixture(scope="module", autouse=True)
def frozen():
    """Take what earlier modules have left for no garbage.

    A worker holds half a gigabyte at the end, and looking through it costs more than many a test.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture
def update_golden(request):
    return request.config.getoption("--update-golden")


@pytest.fixture(scope="module")
def fresh_directories(tmp_path_factory):
    """Names of new directories of a module, without end.

    pytest looks through all directories of a run for the next number, which with 20,000 tests
    takes more time than most of them.
    """
    base = tmp_path_factory.mktemp("module")
    return (base / str(number) for number in itertools.count())


@pytest.fixture
def tmp_path(fresh_directories, request):
    """The directory of a test, as pytest's own fixture of this name."""
    path = next(fresh_directories) / re.sub(r"\W", "_", request.node.name)[:30]
    path.mkdir(parents=True)
    return path


@pytest.fixture(autouse=True)
def isolated(monkeypatch, fresh_directories):
    """No test sees the user's git settings, cache or terminal."""
    home = next(fresh_directories)
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / ".cache"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Test")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "test@example.com")
    monkeypatch.delenv("COLUMNS", raising=False)


@pytest.fixture
def kure(tmp_path):
    """Run the real command in tmp_path and return exit code, stdout and stderr."""

    def run(*args, cwd=tmp_path):
        done = subprocess.run(
            [sys.executable, "-m", "kure_hooks", *args],
            cwd=cwd,
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])},
        )
        return done.returncode, done.stdout, done.stderr

    return run


@pytest.fixture
def interruptible():
    """Let what a test starts be interrupted, also where the tests themselves ignore SIGINT.

    A shell has its background jobs ignore it, and programs keep that.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def fleet(tmp_path):
    """A small repository without git: one Flux cluster, one application."""
    shutil.copytree(Path(__file__).parent / "fixtures" / "small", tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture(scope="session")
def in_sync(tmp_path_factory):
    """A checkout in sync: one Flux cluster, everything committed."""
    checkout = tmp_path_factory.mktemp("in-sync")
    shutil.copytree(Path(__file__).parent / "fixtures" / "small", checkout, dirs_exist_ok=True)
    make_repository(checkout)
    command = [sys.executable, "-m", "kure_hooks", "generate"]
    subprocess.run(command, cwd=checkout, env=environment(), check=False)
    commit_all(checkout, "all")
    return checkout

"""The hooks as users get them: installed by pre-commit and prek from a clone of this project."""

import subprocess

import pytest

from tests.hooks.checkout import Checkout, run_kure, stack
from tests.support.git import commit_all, environment, git, make_repository, write
from tests.support.project import repository_of_hooks
from tests.support.scripts import script

HOOK_TYPES = "pre-commit, pre-merge-commit, pre-push"


@pytest.fixture(scope="session")
def hook_repository(tmp_path_factory):
    """A git repository with what is in the work tree now; returns its path."""
    return repository_of_hooks(tmp_path_factory.mktemp("kure-hooks"))


RUNNERS = ("pre-commit", "prek")


@pytest.fixture(scope="session")
def caches(tmp_path_factory):
    """The cache of each runner, in which it installs the hooks once.

    It is not made by `runner`: of a fixture with parameters pytest keeps one value at a time.
    """
    return {name: str(tmp_path_factory.mktemp(name)) for name in RUNNERS}


@pytest.fixture(scope="session", params=RUNNERS)
def runner(request, caches):
    """A hook runner and its environment."""
    cache = caches[request.param]
    return request.param, {"PRE_COMMIT_HOME": cache, "PREK_HOME": cache}


@pytest.fixture
def checkout(tmp_path, runner, hook_repository):
    """Make a work tree with one stack in sync and a hook that git runs."""
    program, variables = runner

    def make(*names):
        path = make_repository(tmp_path / "checkout")
        revision = git(hook_repository, "rev-parse", "HEAD").strip()
        hooks = ", ".join(f"{{id: {name}}}" for name in names)
        repository = f"{{repo: {hook_repository}, rev: {revision}, hooks: [{hooks}]}}"
        config = f"default_install_hook_types: [{HOOK_TYPES}]\nrepos: [{repository}]\n"
        write(path, {".pre-commit-config.yaml": config})
        write(path, {"stacks/one.yaml": stack("one", "hello")})
        made = Checkout(path, variables)
        run_kure("generate", cwd=path)
        commit_all(path, "first")
        command = (script(program), "install")
        subprocess.run(command, cwd=path, env=environment() | variables, check=True)
        return made

    return make


@pytest.fixture
def generating(checkout):
    return checkout("kure-generate")


@pytest.fixture
def checking(checkout):
    return checkout("kure-check")


@pytest.fixture
def validating(checkout):
    return checkout("kure-validate")


@pytest.fixture
def linting(checkout):
    return checkout("kure-lint")

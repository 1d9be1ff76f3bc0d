"""Each hook's entry as the shipped manifest has it, without a runner around it."""

import shlex
import subprocess

import pytest
import yaml

from tests.hooks.checkout import ROOT, generated, run_kure, stack
from tests.support.git import commit_all, git, make_repository, write

MANIFEST = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
HOOKS = [hook for hook in MANIFEST if hook["language"] == "python"]  # the others' entries are these
NO_NETWORK = ("unshare", "--user", "--map-root-user", "--net")


OF_DRIFT = [hook for hook in HOOKS if hook["id"] not in ("kure-validate", "kure-lint")]


def runner(hook, repository):
    """Return a function that runs a hook's entry and returns exit code, stdout and stderr."""

    def run(under=()):
        _, *args = shlex.split(hook["entry"])
        done = run_kure(*args, cwd=repository, under=under)
        return done.returncode, done.stdout, done.stderr

    return run


@pytest.fixture(params=HOOKS, ids=lambda hook: hook["id"])
def entry(request, repository):
    return runner(request.param, repository)


@pytest.fixture(params=OF_DRIFT, ids=lambda hook: hook["id"])
def drift_entry(request, repository):
    return runner(request.param, repository)


@pytest.fixture
def repository(tmp_path):
    make_repository(tmp_path)
    write(tmp_path, {"stacks/one.yaml": stack("one", "hello")})
    run_kure("generate", cwd=tmp_path)
    commit_all(tmp_path, "first")
    return tmp_path


def test_passes_in_silence_when_in_sync(entry):
    assert entry() == (0, "", "")


def test_fails_with_what_to_run_until_the_result_is_staged(drift_entry, repository):
    write(repository, {"stacks/one.yaml": stack("one", "second")})
    git(repository, "add", "stacks")
    code, out, err = drift_entry()
    assert (code, err) == (1, "")
    assert out.endswith("git add -A -- clusters\n")


def test_the_printed_commands_mend_it(drift_entry, repository):
    write(repository, {"stacks/one.yaml": stack("one", "second")})
    git(repository, "add", "stacks")
    _, out, _ = drift_entry()
    for command in out.splitlines()[-1].partition(": ")[2].split("; "):
        program, *args = shlex.split(command)
        if program == "git":
            git(repository, *args)
        else:
            run_kure(*args, cwd=repository)
    assert drift_entry() == (0, "", "")
    assert "greeting: second" in git(repository, "show", f":{generated('one')}")


def test_paths_in_conflict_are_named(entry, repository):
    git(repository, "checkout", "--quiet", "-b", "other")
    write(repository, {"stacks/one.yaml": stack("one", "theirs")})
    commit_all(repository, "theirs")
    git(repository, "checkout", "--quiet", "main")
    write(repository, {"stacks/one.yaml": stack("one", "ours")})
    commit_all(repository, "ours")
    subprocess.run(["git", "merge", "--quiet", "other"], cwd=repository, check=False)
    code, out, err = entry()
    assert (code, out) == (2, "")
    assert err == (
        "error: 1 paths are in conflict (stacks/one.yaml). Resolve them and git add them.\n"
    )


def test_works_without_a_network(entry):
    if subprocess.run([*NO_NETWORK, "true"], capture_output=True, check=False).returncode:
        pytest.skip("unshare may not take the network away here")
    assert entry(NO_NETWORK) == (0, "", "")

"""The recipes of docs/bots.md: the workflow that pushes, and what Renovate runs."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from kure_hooks.files.globs import matches
from tests.action.runner import SHELL
from tests.support.children import environment
from tests.support.git import git
from tests.support.pages import blocks, read
from tests.support.pipelines import Forge
from tests.support.scripts import script

BLOCKS = list(blocks(read("docs/bots.md")))
TEXT = next(block.text for block in BLOCKS if block.language == "yaml")
WORKFLOW = yaml.safe_load(TEXT)
FIX = WORKFLOW["jobs"]["fix"]
CHECKOUT, GENERATE, PUSH = FIX["steps"]
RENOVATE, GLOBAL = (json.loads(block.text) for block in BLOCKS if block.language == "json")
EMAIL = "41898282+github-actions[bot]@users.noreply.github.com"
# Whom the tests commit as; a runner commits as nobody.
_WHO = {f"GIT_{role}_{key}" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}
TOKEN = "ghs_16C7e42F292c6912E7710c838347Ae178B4a"  # noqa: S105 - a canary


def kure(path, *arguments):
    command = [sys.executable, "-m", "kure_hooks", *arguments]
    done = subprocess.run(command, cwd=path, env=environment(), capture_output=True, check=False)
    return done.returncode, done.stdout.decode()


@pytest.fixture
def request_(tmp_path, in_sync):
    """A pull request that asks for another image, and has not regenerated the tree."""
    text = (in_sync / "apps/frontend.yaml").read_text().replace("nginx:1.25", "nginx:1.26")
    return Forge(tmp_path, in_sync, [{"apps/frontend.yaml": text}])


@pytest.fixture
def fix(request_, act):
    """Run the steps of the workflow on the branch of the pull request; return both logs."""

    def run(name="first", branch="topic", before_push=lambda: None):
        head = git(request_.origin, "rev-parse", branch).strip()
        checkout = request_.checkout(head, 1, name)
        inputs = {name.replace("-", "_"): value for name, value in GENERATE["with"].items()}
        job = act(checkout, request_.github("pull_request"), **inputs)
        assert job.code == 0, job.log
        before_push()
        if job.outputs()["drift"] != "true":
            return None
        others = {name: value for name, value in environment().items() if name not in _WHO}
        variables = {**others, "BRANCH": branch, "TOKEN": TOKEN, "LOGIN": PUSH["env"]["LOGIN"]}
        return subprocess.run(
            [*SHELL, "-c", PUSH["run"]],
            cwd=checkout,
            env=variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    return run


def test_the_steps_are_given_what_the_test_gives_them():
    assert CHECKOUT["with"]["ref"] == "${{ github.event.pull_request.head.sha }}"
    assert GENERATE["with"] == {"command": "generate", "fail-on": "findings"}
    assert PUSH["if"] == "steps.kure.outputs.drift == 'true'"
    assert PUSH["env"] == {
        "BRANCH": "${{ github.event.pull_request.head.ref }}",
        "TOKEN": "${{ github.token }}",
        "LOGIN": PUSH["env"]["LOGIN"],
    }


def test_only_the_branch_of_the_same_repository_is_pushed_to(request_):
    """The job is skipped for a fork; nothing else could start it."""
    assert WORKFLOW[True] == "pull_request"
    event = json.loads(Path(request_.github("pull_request")["GITHUB_EVENT_PATH"]).read_text())
    left, right = FIX["if"].split(" == ")
    value = {"github": {"event": event, "repository": "acme/fleet"}}
    for key in left.split("."):
        value = value[key]
    assert (value, right) == ("eve/fleet", "github.repository")
    assert value != "acme/fleet"


def test_what_is_regenerated_is_pushed_once(request_, fix):
    done = fix()
    assert (done.returncode, done.stdout) == (0, "")
    log = git(request_.origin, "log", "-1", "--format=%ae %s", "topic").strip()
    assert log == f"{EMAIL} Regenerate the GitOps tree"
    changed = git(request_.origin, "diff", "--name-only", "topic~1", "topic").split()
    assert changed == ["clusters/prod/apps/apps-deployment-frontend.yaml"]
    assert kure(request_.origin, "check", "--source", "topic") == (0, "")
    assert fix("second") is None


def test_it_never_follows_its_own_commit(request_, fix):
    fix()
    git(request_.origin, "switch", "--quiet", "topic")
    file = request_.origin / "apps/frontend.yaml"
    file.write_text(file.read_text().replace("nginx:1.26", "nginx:1.27"))
    git(request_.origin, "commit", "--quiet", "--all", "--amend", f"--author=x <{EMAIL}>", "-mx")
    git(request_.origin, "switch", "--quiet", "main")
    before = git(request_.origin, "rev-parse", "topic")
    done = fix("second")
    assert (done.returncode, done.stdout.startswith("::error::The last commit is")) == (1, True)
    assert git(request_.origin, "rev-parse", "topic") == before


def test_a_branch_that_has_moved_on_is_left_alone(request_, fix):
    def move():
        git(request_.origin, "update-ref", "refs/heads/topic", request_.merge)

    done = fix(before_push=move)
    assert (done.returncode, "rejected" in done.stdout) == (1, True)
    assert git(request_.origin, "rev-parse", "topic").strip() == request_.merge


def test_the_name_of_a_branch_is_only_a_name(request_, fix, tmp_path):
    branch = "x'$(touch${IFS}pwned)`touch${IFS}pwned`"
    git(request_.origin, "branch", branch, "topic")
    assert fix(branch=branch).returncode == 0
    assert git(request_.origin, "log", "-1", "--format=%ae", branch).strip() == EMAIL
    assert list(tmp_path.rglob("pwned")) == []


def test_no_token_is_printed_or_kept(request_, fix, tmp_path):
    git(request_.origin, "config", "receive.denyCurrentBranch", "refuse")
    done = fix()
    assert TOKEN not in done.stdout
    kept = [path for path in (tmp_path / "first/.git").rglob("*") if path.is_file()]
    assert [path for path in kept if TOKEN.encode() in path.read_bytes()] == []


def test_the_linters_of_workflows_find_nothing(tmp_path):
    file = tmp_path / ".github/workflows/fix.yaml"
    file.parent.mkdir(parents=True)
    # A release of ours is immutable, which nobody can tell from its tag.
    pinned = re.sub(r"(kure-hooks/kure-hooks)@(v[0-9.]+)", rf"\1@{'1' * 40} # \2", TEXT)
    file.write_text(pinned)
    for command in (
        ("actionlint", "-no-color"),
        ("zizmor", "--offline", "--no-progress", "--persona", "pedantic"),
        ("check-jsonschema", "--builtin-schema", "vendor.github-workflows"),
    ):
        done = subprocess.run(
            [script(command[0]), *command[1:], file],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_schema_of_renovate_tells_both_configurations_apart(tmp_path):
    """Only the host of Renovate may allow a command: in a repository the schema refuses it."""
    file = tmp_path / "renovate.json"
    command = [script("check-jsonschema"), "--builtin-schema", "vendor.renovate", str(file)]
    for config, code in ((RENOVATE, 0), (GLOBAL, 1)):
        file.write_text(json.dumps(config))
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stdout
    assert "{'required': ['allowedCommands']}" in done.stdout


def test_the_login_gives_git_the_token_of_the_environment(tmp_path):
    login = ("-c", "credential.helper=", "-c", f"credential.helper={PUSH['env']['LOGIN']}")
    done = subprocess.run(
        ["git", *login, "credential", "fill"],
        cwd=tmp_path,
        env={**environment(), "TOKEN": TOKEN, "GIT_TERMINAL_PROMPT": "0"},
        input="protocol=https\nhost=github.com\n\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines()[-2:] == ["username=x-access-token", f"password={TOKEN}"]


def test_renovate_runs_what_its_host_allows_and_commits_all_that_it_changes(in_sync, tmp_path):
    [rule] = RENOVATE["packageRules"]
    tasks = rule["postUpgradeTasks"]
    [command] = tasks["commands"]
    assert re.search(GLOBAL["allowedCommands"][0], command)
    assert not re.search(GLOBAL["allowedCommands"][0], f"{command}; touch pwned")
    checkout = tmp_path / "fleet"
    git(tmp_path, "clone", "--quiet", str(in_sync), str(checkout))
    file = checkout / "apps/frontend.yaml"
    file.write_text(file.read_text().replace("nginx:1.25", "nginx:1.26"))
    program, *arguments = command.split()
    assert program == "kure-hooks"
    code, _ = kure(checkout, *arguments)
    assert code == 0
    changed = git(checkout, "diff", "--name-only").split()
    assert changed == ["apps/frontend.yaml", "clusters/prod/apps/apps-deployment-frontend.yaml"]
    generated = [path for path in changed if path != "apps/frontend.yaml"]
    assert all(matches(tasks["fileFilters"][0], path) for path in generated)
    git(checkout, "add", "--", "apps", "clusters")
    assert kure(checkout, "check", "--source", "index") == (0, "")


def test_renovate_looks_into_inputs_and_nothing_generated():
    [pattern] = RENOVATE["kubernetes"]["managerFilePatterns"]
    expression = re.compile(pattern.strip("/"))
    assert expression.search("apps/frontend.yaml")
    assert expression.search("stacks/prod.yml")
    assert not expression.search("clusters/prod/apps/apps-deployment-frontend.yaml")
    assert matches(RENOVATE["ignorePaths"][0], "clusters/prod/kustomization.yaml")

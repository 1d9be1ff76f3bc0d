"""What action.yml promises and how its steps are built; judged by its own rules and by linters."""

import re
import subprocess
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.action.runner import ACTION, EXPRESSION, ROOT
from tests.support.scripts import script

STEPS = ACTION["runs"]["steps"]
RUNS = [step for step in STEPS if "run" in step]
LOCK = (ROOT / "action/requirements.txt").read_text()
PINNED = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", LOCK, re.MULTILINE))

WORKFLOW = """\
name: drift
on: pull_request
permissions: {}
concurrency:
  group: drift-${{ github.ref }}
  cancel-in-progress: true
jobs:
  drift:
    name: drift
    runs-on: ubuntu-latest
    permissions:
      contents: read # to check out
      pull-requests: write # to comment
    steps:
    - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
      with:
        persist-credentials: false
    - id: kure
      uses: ./
      with:
        command: check
        stacks: stacks/a.yaml stacks/b.yaml
        root: "."
        base: origin/main
        fail-on: changes risks
        formats: html junit
        comment: "true"
        timeout: "600"
    - if: ${{ !cancelled() }}
      env:
        DRIFT: ${{ steps.kure.outputs.drift }}
        COUNT: ${{ steps.kure.outputs.changed-count }}
        FILES: ${{ steps.kure.outputs.changed-files }}
        REPORT: ${{ steps.kure.outputs.report-path }}
        SARIF: ${{ steps.kure.outputs.sarif-path }}
        REPORTS: ${{ steps.kure.outputs.reports-path }}
        CODE: ${{ steps.kure.outputs.exit-code }}
      run: echo "$DRIFT $COUNT $FILES $REPORT $SARIF $REPORTS $CODE"
"""


def lint(program, *args, cwd=ROOT):
    command = [script(program), *args]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ACTION["inputs"])
def test_inputs_are_described_and_have_a_default(name):
    given = ACTION["inputs"][name]
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)
    assert set(given) == {"description", "required", "default"}
    assert given["description"]
    assert given["required"] is False
    assert isinstance(given["default"], str)


@pytest.mark.parametrize("name", ACTION["outputs"])
def test_outputs_are_described_and_come_from_a_step(name):
    given = ACTION["outputs"][name]
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)
    assert given["description"]
    assert given["value"] == f"${{{{ steps.run.outputs.{name} }}}}"


@pytest.mark.parametrize("step", RUNS, ids=lambda step: step["name"])
def test_scripts_get_what_they_need_from_the_environment(step):
    assert "${{" not in step["run"]
    assert step["shell"] == "bash"
    assert len(step["run"].splitlines()) == 1


def test_every_input_is_used_and_no_expression_is_unknown():
    used = {each for step in STEPS for each in EXPRESSION.findall(str(step))}
    inputs = {f"inputs.{name}" for name in ACTION["inputs"]}
    others = {"runner.temp", "steps.python.outputs.python-path", "steps.run.outputs.exit-code"}
    others |= {"steps.run.outputs.report-path", "github.token"}
    assert used == inputs | others


def test_only_the_step_that_comments_has_the_token():
    holders = [step["name"] for step in STEPS if "github.token" in str(step)]
    assert holders == ["Comment on the pull request"]


def test_python_never_looks_into_the_checkout():
    calls = [step for step in RUNS if "KURE_COMMAND" in step["env"] or "PYTHON" in step["env"]]
    assert len(calls) == 2
    calls += [step for step in RUNS if "REPORT" in step["env"]]
    assert all(step["env"]["PYTHONSAFEPATH"] == "1" for step in calls)
    script = (ROOT / "action/install.sh").read_text()
    scripts = [*(step["run"] for step in RUNS), *script.splitlines()]
    pythons = [line for line in scripts if re.search(r'python"|"\$PYTHON"', line)]
    assert len(pythons) == 4
    assert all('" -I ' in line for line in pythons)


def test_other_actions_are_pinned_by_commit_with_their_version_beside():
    uses = re.findall(r"uses: (.*)", (ROOT / "action.yml").read_text())
    assert uses
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", use) for use in uses)


def test_the_lock_covers_what_the_project_and_its_build_ask_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = project["project"]["dependencies"] + project["build-system"]["requires"]
    for requirement in map(Requirement, wanted):
        assert requirement.specifier.contains(PINNED[canonicalize_name(requirement.name)])


def test_the_lock_holds_only_pins_with_hashes_and_comments():
    pin = re.compile(r"[a-z0-9-]+==[\w.]+( ; [\w .'=<>]+)?( \\\n    --hash=sha256:[0-9a-f]{64})+\n")
    assert pin.sub("", re.sub(r"^#.*\n", "", LOCK, flags=re.MULTILINE)) == ""
    assert len(pin.findall(LOCK)) == len(PINNED)


def test_no_address_is_in_the_lock():
    assert "://" not in LOCK
    assert "--index" not in LOCK.replace("--no-index", "")


def test_the_workflow_schema_accepts_it():
    lint("check-jsonschema", "--builtin-schema", "vendor.github-actions", "action.yml")


def test_zizmor_finds_nothing():
    lint("zizmor", "--offline", "--no-progress", "--persona", "pedantic", "action.yml")


def test_shellcheck_finds_nothing():
    lint("shellcheck", "action/install.sh")


@pytest.fixture
def workflow(tmp_path):
    """A workflow of this repository, beside the action."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "action.yml").write_text((ROOT / "action.yml").read_text())
    file = tmp_path / ".github/workflows/drift.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(WORKFLOW)
    return file


def test_a_workflow_that_uses_it_is_clean(workflow, tmp_path):
    """Actionlint compares `with` with the inputs, and what is read with the outputs."""
    lint("actionlint", "-no-color", str(workflow), cwd=tmp_path)
    # Below medium it asks for `$/` in place of `./`, which actionlint doesn't know.
    lint("zizmor", "--offline", "--no-progress", "--min-severity=medium", str(workflow))
    lint("check-jsonschema", "--builtin-schema", "vendor.github-workflows", str(workflow))


def test_actionlint_notices_an_unknown_input(workflow, tmp_path):
    workflow.write_text(WORKFLOW.replace("stacks:", "stack:"))
    with pytest.raises(AssertionError, match='input "stack" is not defined'):
        lint("actionlint", "-no-color", str(workflow), cwd=tmp_path)


def test_the_workflow_here_gives_every_input_and_reads_every_output():
    steps = yaml.safe_load(WORKFLOW)["jobs"]["drift"]["steps"]
    assert set(steps[1]["with"]) == set(ACTION["inputs"])
    read = set(re.findall(r"steps\.kure\.outputs\.([a-z-]+)", WORKFLOW))
    assert read == set(ACTION["outputs"])

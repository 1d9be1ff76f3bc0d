"""The action's steps, run as the runner would run them, on real repositories."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from tests.action.runner import workflow_commands
from tests.support.git import git, write

DEPLOYMENT = "clusters/prod/apps/apps-deployment-frontend.yaml"

# Each is a command somewhere: in the runner's new syntax, in its old one, or in a diff's context.
COMMANDS = ("::error::x", "##[error]x", " ::add-mask::x", "::set-output name=drift::false")


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def outputs(drift, count, code):
    return {"drift": drift, "changed-count": count, "exit-code": code}


def told(job):
    """Return the outputs that are no files and no lists of such."""
    return {name: job.outputs()[name] for name in ("drift", "changed-count", "exit-code")}


def test_in_sync(act):
    job = act()
    assert (job.code, told(job)) == (0, outputs("false", "0", "0"))
    assert job.commands() == []
    assert "### kure-hooks: in sync" in job.files["GITHUB_STEP_SUMMARY"]
    assert "in 1 cluster." in job.files["GITHUB_STEP_SUMMARY"]


def test_drift_is_annotated_and_summed_up(act, workspace):
    edit(workspace / DEPLOYMENT, "replicas: 3", "replicas: 5")
    job = act()
    assert (job.code, told(job)) == (1, outputs("true", "1", "1"))
    [(level, properties, message)] = job.commands()
    assert (level, properties["file"]) == ("error", DEPLOYMENT)
    assert "spec.replicas: 5 -> 3" in message
    assert "`spec.replicas: 5 -> 3`" in job.files["GITHUB_STEP_SUMMARY"]
    assert "```diff\n@@" in job.files["GITHUB_STEP_SUMMARY"]
    assert re.search(r"spec\.replicas +5 -> 3", job.log)


def test_check_writes_nothing_and_generate_mends(act, workspace):
    edit(workspace / DEPLOYMENT, "replicas: 3", "replicas: 5")
    act()
    assert git(workspace, "status", "--porcelain") == f" M {DEPLOYMENT}\n"
    job = act(command="generate", stacks="stacks/prod.yaml")
    assert (job.code, told(job)) == (1, outputs("true", "1", "1"))
    assert git(workspace, "status", "--porcelain") == ""
    job = act(command="generate")
    assert (job.code, told(job)) == (0, outputs("false", "0", "0"))


def test_validate_says_nothing_about_drift(act):
    job = act(command="validate", stacks="clusters/prod  clusters")
    assert (job.code, told(job)) == (0, outputs("", "", "0"))
    assert job.commands() == []


def test_validate_annotates_what_the_api_server_would_refuse(act, workspace):
    edit(workspace / DEPLOYMENT, "replicas: 3", "replicaz: 3")
    job = act(command="validate", stacks=DEPLOYMENT)
    assert (job.code, told(job)) == (1, outputs("", "", "1"))
    [(level, properties, message)] = job.commands()
    assert (level, properties["file"]) == ("error", DEPLOYMENT)
    assert 'unknown key. Did you mean "replicas"?' in message


def test_lint_annotates_what_flux_would_not_find(act, workspace):
    job = act(command="lint")
    assert (job.code, told(job)) == (0, outputs("", "", "0"))
    assert {level for level, _, _ in job.commands()} <= {"notice"}
    shutil.rmtree(workspace / "stacks")
    web = workspace / "clusters/prod/flux-system/flux-system-kustomization-web.yaml"
    edit(web, "clusters/prod/apps", "clusters/prod/nowhere")
    job = act(command="lint", stacks="clusters/prod/flux-system")
    assert (job.code, told(job)) == (1, outputs("", "", "1"))
    (error, *_) = [command for command in job.commands() if command[0] == "error"]
    assert error[1]["file"] == "clusters/prod/flux-system/flux-system-kustomization-web.yaml"
    assert "FX001" in job.files["GITHUB_STEP_SUMMARY"]


@pytest.mark.parametrize("stacks", ["", ".", "m"])
def test_validate_needs_no_stack(act, workspace, stacks):
    shutil.rmtree(workspace / "stacks")
    shutil.rmtree(workspace / "clusters")
    manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
    write(workspace, {"m/a.yaml": f"{manifest}data: {{a: b}}\n"})
    job = act(command="validate", stacks=stacks)
    assert (job.code, told(job), job.commands()) == (0, outputs("", "", "0"), [])
    write(workspace, {"m/a.yaml": f"{manifest}daat: {{a: b}}\n"})
    job = act(command="validate", stacks=stacks)
    assert (job.code, told(job)) == (1, outputs("", "", "1"))
    [(level, properties, message)] = job.commands()
    assert (level, properties["file"], properties["line"]) == ("error", "m/a.yaml", "4")
    assert properties["title"] == "ConfigMap a"
    assert "at /daat" in message


def test_a_checkout_in_a_directory_of_its_own(act, workspace):
    edit(workspace / DEPLOYMENT, "replicas: 3", "replicas: 5")
    moved = workspace / "fleet"
    moved.mkdir()
    for each in list(workspace.iterdir()):
        if each != moved:
            each.rename(moved / each.name)
    job = act(root="fleet")
    assert (job.code, told(job)) == (1, outputs("true", "1", "1"))
    [(_, properties, _)] = job.commands()
    assert properties["file"] == DEPLOYMENT


def test_a_wrong_stack_file_is_annotated(act, workspace):
    edit(workspace / "stacks/prod.yaml", "kind: Cluster", "kind: Clutser")
    job = act()
    assert (job.code, told(job)) == (2, outputs("", "", "2"))
    [(level, properties, _)] = job.commands()
    assert (level, properties["file"]) == ("error", "stacks/prod.yaml")
    assert "### kure-hooks: failed" in job.files["GITHUB_STEP_SUMMARY"]
    assert "error in `stacks/prod.yaml:" in job.files["GITHUB_STEP_SUMMARY"]


WORKFLOW = """\
on: pull_request
jobs:
  drift:
    steps:
    - run: echo kure-hooks
    - uses: kure-hooks/kure-hooks@v0.1.0
      with:
        command: destroy
"""
CALL = ("error", {"file": ".github/workflows/drift.yaml", "line": "6", "col": "7"})


@pytest.fixture
def called(workspace):
    """The variables of a run whose workflow is in the checkout."""
    write(workspace, {".github/workflows/drift.yaml": WORKFLOW})
    return {"GITHUB_WORKFLOW_REF": "acme/fleet/.github/workflows/drift.yaml@refs/heads/main"}


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"command": "destroy"}, "not known. Write one of check, diff, generate, lint, validate"),
        ({"command": "chekc"}, "input command: 'chekc' is not known. Did you mean check?"),
        ({"command": "--version"}, "'--version' is not known"),
        ({"command": "check\n::error::x"}, "is not known"),
        (
            {"fail_on": "changes drift"},
            "input fail-on: 'drift' is not known. Write one of changes,",
        ),
        ({"fail_on": "never changes"}, "input fail-on: never stands beside others."),
        ({"formats": "html=../../evil"}, "input formats: 'html=../../evil' is not known"),
        ({"timeout": "10m"}, "input timeout: '10m' is no number of seconds. Write a number"),
        ({"command": "diff", "base": "none"}, "input base: diff needs a base. Name a revision"),
        ({"command": "generate", "base": "main"}, "generate compares with no base. Leave"),
    ],
)
def test_bad_inputs_are_refused_where_the_workflow_gives_them(act, workspace, called, inputs, said):
    job = act(variables=called, **inputs)
    assert (job.code, told(job)) == (2, outputs("", "", "2"))
    assert said in job.log
    assert said in job.files["GITHUB_STEP_SUMMARY"]
    is_there = list(inputs) == ["command"]
    place = CALL[1] | ({"line": "8", "col": "9"} if is_there else {})
    assert [(level, where) for level, where, _ in job.commands()] == [("error", place)]
    assert not (workspace / "pwned").exists()


def test_all_bad_inputs_are_told_at_once(act, called):
    job = act(variables=called, command="destroy", fail_on="drift", formats="pdf")
    assert [message.partition(":")[0] for _, _, message in job.commands()] == [
        "input command",
        "input fail-on",
        "input formats",
    ]


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"stacks": "--config=evil.yaml"}, "--config=evil.yaml is no stack of this repository"),
        ({"stacks": "$(touch pwned) `touch pwned`"}, "is no stack of this repository"),
        ({"root": "not-there"}, "not-there is no directory"),
        ({"root": '"; touch pwned; "'}, "is no directory"),
        ({"command": "diff", "base": "--output=x"}, "can't be the name of a revision"),
        ({"base": "nowhere", "command": "lint"}, "'nowhere' names no commit"),
    ],
)
def test_what_fails_for_no_file_is_annotated_at_the_call(act, workspace, called, inputs, said):
    job = act(variables=called, **inputs)
    assert (job.code, told(job)) == (2, outputs("", "", "2"))
    assert said in job.log
    assert said in job.files["GITHUB_STEP_SUMMARY"]
    # A root that is elsewhere has no workflow to look at.
    place = CALL[1] | ({"line": "1", "col": "1"} if "root" in inputs else {})
    assert [(level, properties) for level, properties, _ in job.commands()] == [("error", place)]
    assert not (workspace / "pwned").exists()


def test_a_failing_tool_is_exit_code_3(act, workspace, called):
    (workspace / ".git/index").write_text("no index\n")
    job = act(variables=called)
    assert (job.code, told(job)) == (3, outputs("", "", "3"))
    assert "kure-hooks: failed" in job.files["GITHUB_STEP_SUMMARY"]
    assert "index file smaller than expected" in job.log
    [(level, place, message)] = job.commands()
    assert (level, place) == CALL
    assert "index file smaller than expected" in message


@pytest.mark.parametrize("hostile", COMMANDS)
def test_hostile_content_gives_no_commands(act, workspace, hostile):
    edit(workspace / DEPLOYMENT, "replicas: 3", f"replicas: '{hostile}'\n  other: |\n    {hostile}")
    job = act()
    assert told(job) == outputs("true", "1", "1")
    assert [(name, each["file"]) for name, each, _ in job.commands()] == [("error", DEPLOYMENT)]
    shown = hostile.strip().replace("##[", "##\\[")
    assert shown in job.files["GITHUB_STEP_SUMMARY"]


@pytest.mark.parametrize("hostile", [*COMMANDS, "a\n::error::x", "a\r##[error]x", "`````", "%0A::"])
def test_hostile_file_names_give_no_commands(act, workspace, hostile):
    (workspace / "clusters/prod" / hostile.replace("/", "")).write_text("mine\n")
    job = act()
    assert told(job) == outputs("true", "1", "1")
    [(level, properties, _)] = job.commands()
    assert level == "error"
    assert properties["file"].startswith("clusters/prod/")


def test_the_log_is_quoted_even_if_the_report_were_not_escaped(act, workspace):
    """Two walls: with the commands switched on again, the text itself still holds none."""
    (workspace / "clusters/prod/##[error]x").write_text("mine\n")
    job = act(stacks="::error::x")
    annotation, start, inner = re.split(
        r"^::stop-commands::(\w{32})\n", job.log, flags=re.MULTILINE
    )
    assert annotation.startswith("::error")
    assert len(annotation.splitlines()) == 1
    assert inner.endswith(f"::{start}::\n")
    inner = inner.removesuffix(f"::{start}::\n")
    assert "::error::x" in inner
    assert list(workflow_commands(inner)) == []


def test_a_report_cannot_leave_its_fence(act, workspace):
    edit(workspace / DEPLOYMENT, "replicas: 3", "replicas: '`````` @everyone'")
    lines = act().files["GITHUB_STEP_SUMMARY"].splitlines()
    [start] = [number for number, line in enumerate(lines) if line.endswith("`diff")]
    fence = lines[start].removesuffix("diff")
    end = lines.index(fence)
    assert [line for line in lines[start + 1 : end] if fence in line] == []
    assert '-  replicas: "`````` @everyone"' in lines[start:end]
    assert lines[end + 1 : end + 3] == ["", "</details>"]


def test_an_error_message_cannot_leave_its_fence(act):
    summary = act(stacks="`````").files["GITHUB_STEP_SUMMARY"]
    assert re.fullmatch(r"### kure-hooks: failed\n\n(`{6,}) (?:(?!\1).)* \1\.\n", summary)
    summary = act(command="`````").files["GITHUB_STEP_SUMMARY"]
    wrong = r"### kure-hooks: wrong usage or input\n\n(`{6,})text\n[^\1]*\n\1\n"
    assert re.fullmatch(wrong, summary)


def test_a_huge_report_is_cut_below_the_limit_of_summaries(act, workspace):
    for number in range(4500):
        (workspace / "clusters/prod" / f"{number:04}-{'y' * 240}").write_text("")
    job = act()
    summary = job.files["GITHUB_STEP_SUMMARY"]
    assert told(job) == outputs("true", "4500", "1")
    assert 900_000 < len(summary.encode()) < 1 << 20
    assert re.search(r"\d+ of 4500 files\. The whole report has them\.\n$", summary)
    assert job.outputs()["changed-files"] == ""


def test_the_files_that_drifted_are_an_output(act, workspace):
    edit(workspace / DEPLOYMENT, "replicas: 3", "replicas: 5")
    odd = 'clusters/prod/odd "name"\n.txt'
    (workspace / odd).write_text("mine\n")
    assert json.loads(act().outputs()["changed-files"]) == [DEPLOYMENT, odd]
    (workspace / "clusters/prod/kustomization.yaml").unlink()
    written = json.loads(act(command="generate").outputs()["changed-files"])
    assert written == [DEPLOYMENT, "clusters/prod/kustomization.yaml"]


def test_more_reports_are_written_when_asked_for(act, workspace):
    edit(workspace / DEPLOYMENT, "replicas: 3", "replicas: 5")
    job = act(formats="html, junit\ngitlab rdjson diff")
    assert job.code == 1
    reports = Path(job.outputs()["reports-path"])
    assert sorted(path.name for path in reports.iterdir()) == [
        *("gl-code-quality-report.json", "report.diff", "report.html", "report.json"),
        *("report.rdjson", "report.sarif", "report.txt", "report.xml", "summary.md"),
    ]
    assert reports == Path(job.outputs()["report-path"]).parent


@pytest.mark.parametrize(
    ("fail_on", "code"), [("never", 0), ("findings warnings", 0), ("risks, changes", 1)]
)
def test_a_step_fails_for_what_it_is_told_to(act, workspace, fail_on, code):
    edit(workspace / DEPLOYMENT, "replicas: 3", "replicas: 5")
    job = act(fail_on=fail_on)
    assert (job.code, told(job)) == (code, outputs("true", "1", str(code)))


def test_wrong_input_fails_whatever_else_does_not(act, workspace):
    edit(workspace / "stacks/prod.yaml", "kind: Cluster", "kind: Clutser")
    assert act(fail_on="never").code == 2


def test_nothing_drifted_is_an_empty_list(act):
    assert act().outputs()["changed-files"] == "[]"


def test_reports_stay_for_later_steps(act, workspace):
    edit(workspace / DEPLOYMENT, "replicas: 3", "replicas: 5")
    first, second = act().outputs(), act().outputs()
    for each in (first, second):
        report = json.loads(Path(each["report-path"]).read_text())
        assert [change["path"] for change in report["drift"]] == [DEPLOYMENT]
        sarif = json.loads(Path(each["sarif-path"]).read_text())
        assert sarif["version"] == "2.1.0"
        assert len(sarif["runs"][0]["results"]) == 1
    assert first["report-path"] != second["report-path"]


def test_wrong_input_has_reports_as_well(act, workspace):
    edit(workspace / "stacks/prod.yaml", "kind: Cluster", "kind: Clutser")
    found = act().outputs()
    assert json.loads(Path(found["report-path"]).read_text())["findings"]
    assert json.loads(Path(found["sarif-path"]).read_text())["runs"][0]["results"]
    assert found["changed-files"] == ""


def test_no_report_is_no_path(act):
    found = act(command="destroy").outputs()
    assert (found["report-path"], found["sarif-path"], found["changed-files"]) == ("", "", "")


def test_nothing_reaches_later_steps_but_the_outputs(act, workspace):
    (workspace / "clusters/prod/GITHUB_ENV").write_text("A=b\n")
    job = act()
    assert (job.files["GITHUB_ENV"], job.files["GITHUB_PATH"]) == ("", "")


def test_delimiters_differ_from_run_to_run(act):
    first, second = (act().files["GITHUB_OUTPUT"] for _ in range(2))
    assert first != second


def test_modules_of_the_checkout_are_never_imported(act, workspace):
    for module in ("json", "click", "yaml", "kure_hooks", "sitecustomize"):
        (workspace / f"{module}.py").write_text("open('pwned', 'w')\nraise SystemExit(0)\n")
    assert told(act()) == outputs("false", "0", "0")
    assert not (workspace / "pwned").exists()


def test_only_the_lock_is_installed(installed):
    pip = (installed / "kure-hooks/bin/python", "-I", "-m", "pip", "list", "--format=json")
    done = subprocess.run(pip, capture_output=True, check=True)
    names = {canonicalize_name(each["name"]) for each in json.loads(done.stdout)}
    locked = (Path(__file__).parents[2] / "action/requirements.txt").read_text()
    pinned = set(re.findall(r"^([a-z0-9-]+)==", locked, re.MULTILINE))
    assert names - {"pip", "setuptools"} == pinned | {"kure-hooks"}

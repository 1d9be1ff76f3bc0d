"""The project's own workflows: their linters' verdicts, what they pin and what they may do."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from kure_hooks import __version__
from tests.support.scripts import script

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github/workflows").iterdir())
RELEASE = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text())
PIN = re.compile(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
@pytest.mark.parametrize(
    "command",
    [
        ("actionlint", "-no-color"),
        ("check-jsonschema", "--builtin-schema", "vendor.github-workflows"),
        ("zizmor", "--offline", "--no-progress", "--persona", "pedantic"),
    ],
    ids=lambda command: command[0],
)
def test_linters_have_nothing_to_say(command, path):
    program, *options = command
    command = [script(program), *options, path]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_by_commit_with_their_version(path):
    used = re.findall(r"uses: (.*)", path.read_text())
    # The action of this repository is that of the same commit.
    assert [line for line in used if not PIN.fullmatch(line) and line != "$/."] == []


def test_a_version_of_an_action_has_one_commit():
    texts = [path.read_text() for path in WORKFLOWS] + [
        (ROOT / name).read_text() for name in ("action.yml", "README.md")
    ]
    pins = {match.split()[0] for text in texts for match in PIN.findall(text)}
    assert len(pins) == len({pin.partition("@")[0] for pin in pins})


def test_only_what_runs_no_code_of_ours_can_sign_and_publish():
    assert RELEASE["permissions"] == {}
    jobs = RELEASE["jobs"]
    trusted = {name for name, job in jobs.items() if "id-token" in job["permissions"]}
    assert trusted == {"attest", "publish"}
    for name in trusted:
        assert not any("run" in step or "checkout" in step["uses"] for step in jobs[name]["steps"])
    assert {"contents": "read"} == jobs["build"]["permissions"] == jobs["container"]["permissions"]
    assert jobs["publish"]["environment"] == "pypi"
    assert "attest" in jobs["publish"]["needs"]
    assert jobs["attest"]["needs"] == ["build", "container"]


def test_the_reusable_workflow_passes_on_all_inputs_of_the_action():
    workflow = yaml.safe_load((ROOT / ".github/workflows/kure-hooks.yml").read_text())
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    inputs = workflow[True]["workflow_call"]["inputs"]
    # It checks out into the root, and may not write comments unless every caller lets it.
    assert set(inputs) == (set(action["inputs"]) - {"root", "comment"}) | {"runs-on"}
    [job] = workflow["jobs"].values()
    call = next(step for step in job["steps"] if step["uses"] == "$/.")
    assert call["with"] == {name: f"${{{{ inputs.{name} }}}}" for name in set(inputs) - {"runs-on"}}
    for name in set(inputs) - {"runs-on"}:
        assert inputs[name]["default"] == action["inputs"][name]["default"]
    assert not any("run" in step for step in job["steps"])


@pytest.mark.parametrize(
    ("tag", "changelog", "said"),
    [
        ("v9.9.9", "", f"Tag it v{__version__}, or change it there."),
        (f"v{__version__}", "## [Unreleased]\n", f'has no section "## [{__version__}] - DATE".'),
        (f"v{__version__}", f"## [{__version__}]\n", "Name the one of unreleased changes so."),
    ],
)
def test_a_release_begins_with_what_speaks_against_it(tmp_path, tag, changelog, said):
    for name in (".ci/release", "kure_hooks/__init__.py"):
        (tmp_path / name).parent.mkdir()
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "CHANGELOG.md").write_text(changelog)
    command = [tmp_path / ".ci/release", tag]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, said in done.stderr) == (1, True), done.stderr


def test_scripts_are_clean():
    scripts = sorted((ROOT / ".ci").iterdir())
    done = subprocess.run(
        [script("shellcheck"), *scripts], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout

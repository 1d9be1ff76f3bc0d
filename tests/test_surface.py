"""What is shipped beside the package agrees with it."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from kure_hooks.cli import COMMANDS
from kure_hooks.hooks import CATALOGUE, MANAGED, judged, manifest
from tests.support.scripts import script

ROOT = Path(__file__).parents[1]
MANIFEST = ROOT / ".pre-commit-hooks.yaml"
HOOKS = yaml.safe_load(MANIFEST.read_text())
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())

# What pre-commit 3.2 knows. Both runners accept any other key and old stage names in silence.
KEYS = frozenset(
    (
        *("id", "name", "entry", "language", "alias", "files", "exclude", "types", "types_or"),
        *("exclude_types", "additional_dependencies", "args", "always_run", "fail_fast"),
        *("pass_filenames", "description", "language_version", "log_file", "require_serial"),
        *("stages", "verbose", "minimum_pre_commit_version"),
    )
)
STAGES = frozenset(("pre-commit", "pre-merge-commit", "pre-push", "manual"))


def test_the_hook_manifest_is_what_the_catalogue_says():
    """To fix: write what `kure_hooks.hooks.manifest()` returns to `.pre-commit-hooks.yaml`."""
    assert MANIFEST.read_text() == manifest()


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_hooks_use_only_what_pre_commit_knows(hook):
    assert hook.keys() <= KEYS
    assert set(hook["stages"]) <= STAGES
    assert hook["minimum_pre_commit_version"] == "3.2.0"
    assert hook["language"] == ("system" if hook["id"].endswith("-system") else "python")


def test_each_hook_has_a_variant_for_those_who_install_kure_hooks_themselves():
    """It differs in nothing but who installs it, so that one can change to the other."""
    by_id = {hook["id"]: hook for hook in HOOKS}
    managed = [hook for hook in HOOKS if hook["language"] == "python"]
    assert len(HOOKS) == 2 * len(managed)
    for hook in managed:
        variant = by_id[f"{hook['id']}-system"]
        changed = {key for key in KEYS if hook.get(key) != variant.get(key)}
        assert changed == {"id", "name", "description", "language"}


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_hooks_judge_a_version_as_a_whole(hook):
    assert hook.get("always_run") is (None if "files" in hook else True)
    assert hook["pass_filenames"] is False
    assert hook["require_serial"] is True
    program, command, *options = hook["entry"].split()
    assert (program, options[0]) == ("kure-hooks", "--source")
    whole = {
        ("check", "hook"),
        ("generate", "index"),
        ("validate", "index", "."),
        ("lint", "index"),
    }
    assert (command, *options[1:]) in whole
    assert command in COMMANDS


@pytest.mark.parametrize(
    ("path", "runs"),
    [
        ("a.yaml", True),
        ("deep/a.yml", True),
        ("a.json", True),
        ("a.yaml.tmpl", False),
        ("ayaml", False),
        ("README.md", False),
    ],
)
def test_a_hook_of_manifests_runs_for_their_endings(path, runs):
    (pattern,) = {hook["files"] for hook in HOOKS if "files" in hook}
    assert bool(re.search(pattern, path)) is runs


def test_the_hooks_that_the_readme_installs_are_all_that_they_run_at():
    config = next(
        yaml.safe_load(text)
        for text in re.findall(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
        if "pre-commit-config" in text
    )
    stages = {stage for hook in CATALOGUE for stage in hook.stages}
    assert {*config["default_install_hook_types"], "manual"} == stages


@pytest.mark.parametrize(
    ("variables", "version"),
    [
        ({}, "index"),
        ({"PRE_COMMIT": "1", "PRE_COMMIT_REMOTE_NAME": "origin"}, "index"),
        ({"PRE_COMMIT_TO_REF": "1a2b", "PRE_COMMIT_LOCAL_BRANCH": "refs/heads/main"}, "1a2b"),
        ({"PRE_COMMIT_LOCAL_BRANCH": "refs/heads/main"}, "refs/heads/main"),
        ({"PRE_COMMIT_TO_REF": "", "PRE_COMMIT_LOCAL_BRANCH": "HEAD~1"}, "HEAD~1"),
        ({"PRE_COMMIT_TO_REF": "0" * 40, "PRE_COMMIT_LOCAL_BRANCH": "(delete)"}, None),
        ({"PRE_COMMIT_TO_REF": "0" * 64}, None),
        ({"PRE_COMMIT_LOCAL_BRANCH": "(delete)"}, None),
    ],
)
def test_what_a_hook_judges(variables, version):
    assert judged(variables) == version


def test_only_the_hook_that_never_writes_runs_before_a_push():
    pushing = [hook.id for hook in CATALOGUE if "pre-push" in hook.stages]
    assert pushing == ["kure-check", "kure-check-system"]


@pytest.mark.parametrize("runner", ["pre-commit", "prek"])
def test_runners_accept_the_manifest(runner):
    command = (script(runner), "validate-manifest", str(MANIFEST))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_readme_names_every_hook_and_only_those():
    readme = (ROOT / "README.md").read_text()
    named = set(re.findall(r"^ *- id: (\S+)", readme, re.MULTILINE))
    assert named == {hook.id for hook in MANAGED}
    assert "`kure-check-system`" in (ROOT / "docs/hooks.md").read_text()


@pytest.mark.parametrize("section", ["inputs", "outputs"])
def test_the_page_about_ci_names_every_input_and_output_of_the_action(section):
    page = (ROOT / "docs/ci.md").read_text()
    assert [name for name in ACTION[section] if f"| `{name}`" not in page] == []


def test_the_action_offers_commands_that_exist():
    offered = re.findall(
        r"check|diff|generate|lint|validate", ACTION["inputs"]["command"]["description"]
    )
    assert offered == ["check", "diff", "generate", "lint", "validate"]
    assert set(offered) <= COMMANDS.keys()
    assert ACTION["inputs"]["command"]["default"] in offered

"""The component of GitLab: what it promises, its linters, and its script on merge requests."""

import json
import re
import subprocess
import sys

import pytest
import yaml

from kure_hooks import __version__
from tests.ci.gitlab import BODY, HEAD, INPUTS, jobs, run
from tests.support.git import git
from tests.support.pipelines import Forge
from tests.support.project import repository_of_hooks
from tests.support.scripts import script


def test_inputs_are_described_and_have_a_default():
    for name, entry in INPUTS.items():
        assert set(entry) - {"options", "regex"} == {"description", "default"}, name
        assert isinstance(entry["default"], str)
    assert INPUTS["version"]["default"] == f"v{__version__}"
    assert set(re.findall(r"inputs\.([\w-]+)", BODY)) == set(INPUTS)


def test_no_input_is_a_part_of_the_script():
    job = yaml.safe_load(BODY)["$[[ inputs.job ]]"]
    assert "$[[" not in "".join(job["script"])
    given = [value for value in job["variables"].values() if "$[[" in str(value)]
    assert all(value["expand"] is False for value in given)


def test_the_schema_of_gitlab_accepts_it(tmp_path):
    file = tmp_path / ".gitlab-ci.yml"
    file.write_text(yaml.safe_dump(jobs(paths="stacks/a.yaml", command="lint")))
    command = [script("check-jsonschema"), "--builtin-schema", "vendor.gitlab-ci", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert set(yaml.safe_load(HEAD)) == {"spec"}


def test_shellcheck_finds_nothing_but_the_words_that_are_meant_to_be_split(tmp_path):
    file = tmp_path / "script.sh"
    file.write_text("#!/bin/sh\n" + "\n".join(jobs()["kure-hooks"]["script"]) + "\n")
    command = [script("shellcheck"), "--exclude=SC2086", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "inputs", [{"command": "destroy"}, {"fail_on": "a b"}, {"version": "main; touch x"}]
)
def test_other_values_are_refused(inputs):
    with pytest.raises(AssertionError):
        jobs(**inputs)


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """The directories of programs and of the user in an image with Python, pip and git."""
    path = tmp_path_factory.mktemp("image")
    subprocess.run([sys.executable, "-m", "venv", path / "python"], check=True)
    hooks = repository_of_hooks(path / "project")
    git(hooks, "tag", f"v{__version__}")
    (path / ".gitconfig").write_text(
        f'[url "{hooks.as_uri()}"]\n  insteadOf = https://github.com/kure-hooks/kure-hooks.git\n'
    )
    return path


def test_a_merge_request_is_judged(tmp_path, image, in_sync):
    """One install for all, since it takes longest."""
    application = (in_sync / "apps/frontend.yaml").read_text()
    application = application.replace("replicas: 3", "replicas: 4")
    forge = Forge(tmp_path, in_sync, [{"apps/frontend.yaml": application}], since=2)
    checkout = forge.checkout(forge.head, 5)
    path = f"{image}/python/bin"
    variables = {**forge.gitlab(), "GIT_CONFIG_GLOBAL": str(image / ".gitconfig")}
    job = jobs(command="diff")["kure-hooks"]
    done = run(job, checkout, variables, path)
    assert done.returncode == 0, done.stdout
    assert "spec.replicas: 3 -> 4" in (checkout / "kure-hooks-report.md").read_text()
    quality = json.loads((checkout / "gl-code-quality-report.json").read_text())
    assert [entry["severity"] for entry in quality] == ["info"]
    assert all((checkout / name).is_file() for name in job["artifacts"]["paths"])

    def again(shell="sh", **inputs):
        """Run a job in an image that has kure-hooks."""
        job = jobs(**inputs)["kure-hooks"]
        job["script"] = [line for line in job["script"] if not re.match("source|git|pip", line)]
        return run(job, checkout, variables, path, shell)

    assert again(command="check").returncode == 1
    assert again(command="check", fail_on="findings").returncode == 0
    assert again(command="diff", fail_on="changes").returncode == 1
    assert again(command="validate", paths="apps clusters").returncode == 0
    done = again(command="lint", paths="$(touch pwned) `touch pwned` *")
    assert (done.returncode, "no file" in done.stdout or "is no" in done.stdout) == (2, True)
    assert not (checkout / "pwned").exists()

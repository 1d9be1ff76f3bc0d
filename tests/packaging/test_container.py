"""The Dockerfile: its linter's verdict, what it pins and copies, and its build where there is none.

A container runtime is on few machines, and none can pull a base image without a network. So the
commands of the first stage are run in a directory of their own, and what they install is used.
"""

import re
import shutil
import subprocess
import tomllib

import pytest
import yaml
from check_jsonschema import main as check_jsonschema
from click.testing import CliRunner

from kure_hooks import __version__
from tests.packaging.conftest import ROOT, without_the_checkout
from tests.support.scripts import script

TEXT = (ROOT / "Dockerfile").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PAGE = (ROOT / "docs/container.md").read_text()
FIRST, LAST = TEXT.split("\nFROM ")[1:]


def instructions(text, name):
    """Return what stands behind an instruction, each time, with its lines joined."""
    joined = re.sub(r"\\\n(?:\s*#.*\n)*", " ", text)
    return [line.removeprefix(f"{name} ") for line in joined.splitlines() if line.startswith(name)]


def test_the_linter_has_nothing_to_say():
    command = (script("hadolint"), "--no-color", "Dockerfile")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
    # But for the one rule that is waived, with its reason above.
    assert re.findall(r"hadolint ignore=(.*)", TEXT) == ["DL3008"]


def test_both_stages_have_the_same_base_by_digest():
    (base,) = instructions(TEXT, "ARG")
    assert re.fullmatch(r"BASE=docker\.io/library/python:3\.\d+\.\d+-slim-\w+@sha256:\w{64}", base)
    assert instructions(TEXT, "FROM") == ["${BASE} AS build", "${BASE}"]


def test_it_runs_as_nobody_in_particular_where_the_page_mounts():
    assert instructions(LAST, "USER") == ["10001:10001"]
    assert "user without privileges (10001)" in PAGE
    (place,) = instructions(LAST, "WORKDIR")
    assert f"safe.directory {place} " in instructions(LAST, "RUN")[0]
    assert f'--volume "$PWD:{place}:ro" kure-hooks check' in PAGE


def test_the_labels_are_those_of_the_project():
    (text,) = instructions(LAST, "LABEL")
    labels = dict(re.findall(r'org\.opencontainers\.image\.(\w+)="([^"]*)"', text))
    documentation = labels.pop("documentation")
    assert (ROOT / documentation.rpartition("/main/")[2]).exists()
    assert labels == {
        "title": PROJECT["name"],
        "description": PROJECT["description"],
        "version": __version__,
        "licenses": PROJECT["license"],
        "vendor": PROJECT["authors"][0]["name"],
        "source": PROJECT["urls"]["Source"],
    }
    assert f"kure-hooks.git#v{__version__}" in PAGE


def test_the_context_is_what_is_copied():
    *lines, last = (ROOT / ".dockerignore").read_text().splitlines()[1:]
    assert (lines[0], last) == ("*", "**/__pycache__")
    copied = {word for line in instructions(FIRST, "COPY") for word in line.split()[:-1]}
    assert {line.removeprefix("!") for line in lines[1:]} == copied
    assert [path for path in copied if not (ROOT / path).exists()] == []


def test_what_the_first_stage_installs_checks_the_example(tmp_path):
    """The commands of the stage, in a directory instead of the root of an image."""
    source = tmp_path / "src"
    for line in instructions(FIRST, "COPY"):
        *paths, place = line.split()
        for path in paths:
            target = source / place / (path.rpartition("/")[2] if place.endswith("/") else "")
            target.parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / path).is_dir():
                shutil.copytree(ROOT / path, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / path, target)
    # pip of Python 3.11 is what --python needs at least, and venvs of it have none of ours.
    start = f"python3 -m venv {tmp_path}/pip && PATH={tmp_path}/pip/bin:$PATH && set -e"
    commands = "\n".join([start, *instructions(FIRST, "RUN")])
    for place in ("/wheels", "/opt/"):
        commands = commands.replace(f" {place}", f" {tmp_path}{place}")
    around = {"cwd": source, "env": without_the_checkout(), "capture_output": True, "text": True}
    done = subprocess.run(["bash", "-c", commands], check=False, **around)
    assert done.returncode == 0, done.stdout + done.stderr
    made = tmp_path / "opt/kure-hooks"
    names = {path.name.partition("-")[0] for path in made.rglob("*.dist-info")}
    needed = {"click", "jsonschema_rs", "msgspec", "pyyaml", "kure_hooks", "cel_expr_python"}
    needed |= {"httpx", "httpcore", "h11", "anyio", "certifi", "idna", "typing_extensions"}
    assert {name.lower() for name in names} == needed
    check = [made / "bin/kure-hooks", "check", "--root", ROOT / "examples/fleet", "--verbose"]
    done = subprocess.run(check, check=False, **around | {"cwd": tmp_path})
    assert (done.returncode, "in sync" in done.stdout) == (0, True), done.stdout + done.stderr


@pytest.mark.parametrize(
    "text", re.findall(r"```yaml\n# \.gitlab-ci\.yml\n(.*?)```", PAGE, re.DOTALL)
)
def test_the_job_of_gitlab_is_valid(tmp_path, text):
    (tmp_path / "job.yaml").write_text(text)
    check = ["--builtin-schema", "vendor.gitlab-ci", str(tmp_path / "job.yaml")]
    result = CliRunner().invoke(check_jsonschema, check)
    assert result.exit_code == 0, result.output
    assert "kure-hooks check" in yaml.safe_load(text)["drift"]["script"][0]

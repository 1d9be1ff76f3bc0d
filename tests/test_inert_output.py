"""Nothing that a file is called or holds commands a job that prints it (70-safety.md 4.6)."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kure_hooks.graphs import GRAPHS
from kure_hooks.graphs import render as picture
from kure_hooks.outcome import Outcome
from kure_hooks.reports import REPORTS, Style, render
from tests.action.runner import workflow_commands
from tests.cli.test_bootstrap import stack
from tests.graphs.pictures import graphs_of
from tests.reports.outcomes import LINTED, OUTCOME, hostile
from tests.support.git import git, make_repository, write
from tests.support.releases import OPERATOR, documents, release

COMMANDS = (
    "::error::x",
    " ::add-mask::x",
    "\t::set-output name=drift::false",
    "a ##[error]x",
    "##[add-mask]x",
    "##vso[task.setvariable variable=a]b",
    "##teamcity[buildStatus text='a']",
    "section_start:1:a\r\x1b[0Kb",
    "a\n::error::x",
    "a\r::error::x",
    "a\u2028::error::x",
    "\x1b]8;;https://evil.example\x07x",
)
# The form of a patch is git's: only what is around it can stop commands.
INERT = sorted(REPORTS.keys() - {"diff", "github"})
SECTION = re.compile(r"section_(?:start|end):\d+:[^\r]*\r\x1b\[0K")


def commands(text: str) -> list[str]:
    """Return what any CI system takes for a command."""
    others = re.findall(r"##(?:vso|teamcity)\[|##\[", text) + SECTION.findall(text)
    return [str(command) for command in workflow_commands(text)] + others


# Keys whose values are of a closed set.
CLOSED = frozenset(("kind", "state", "reason", "severity", "risks", "command"))


def filled(value, text):
    """Return JSON data with all texts replaced but those of closed sets."""
    if isinstance(value, dict):
        return {key: item if key in CLOSED else filled(item, text) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, text) for item in value]
    return text if isinstance(value, str) else value


def everywhere(text: str, outcome: Outcome = OUTCOME) -> Outcome:
    """Return an outcome with a text in every field that takes any."""
    data = filled(json.loads(render("json", outcome, Style())), text)
    del data["schemaVersion"], data["summary"]
    return msgspec.convert(data, Outcome)


@pytest.mark.parametrize("format_", INERT)
@pytest.mark.parametrize("command", COMMANDS)
def test_no_field_makes_a_command_in_any_report(command, format_):
    others = (everywhere(command), everywhere(f"a\n{command}\nb"), everywhere(command, LINTED))
    for outcome in (*others, hostile()):
        assert commands(render(format_, outcome, Style(verbose=True, size=1 << 20))) == []


@pytest.mark.parametrize("command", COMMANDS)
def test_annotations_are_the_only_commands_of_their_format(command):
    for outcome in (everywhere(command), everywhere(command, LINTED)):
        text = render("github", outcome, Style())
        found = list(workflow_commands(text))
        assert len(found) == len(text.splitlines())
        assert {name for name, _, _ in found} <= {"error", "warning", "notice"}
        assert not re.search(r"##(?:vso|teamcity)?\[", text)


@pytest.mark.parametrize("format_", sorted(GRAPHS))
@pytest.mark.parametrize("command", COMMANDS)
def test_no_name_makes_a_command_in_a_picture(command, format_):
    assert commands(picture(format_, graphs_of(everywhere(command)))) == []


@example("")
@given(st.text(st.sampled_from(":# []errorvs\n\t\ra"), max_size=30))
@settings(max_examples=60)
def test_no_combination_makes_a_command(text):
    outcome = everywhere(text)
    for format_ in INERT:
        assert commands(render(format_, outcome, Style(verbose=True))) == []


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """A JSON report with every command in every field."""
    path = tmp_path_factory.mktemp("stored") / "report.json"
    path.write_text(render("json", everywhere("\n".join(COMMANDS)), Style()))
    return path


@pytest.mark.parametrize("format_", sorted(REPORTS))
def test_no_report_on_stdout_commands_the_runner(format_, stored, kure, monkeypatch):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    code, out, err = kure("report", str(stored), "--format", format_)
    assert (code, err) == (0, "")
    allowed = {"error", "warning"} if format_ == "github" else set()
    assert {name for name, _, _ in workflow_commands(out)} == allowed
    assert len(out) > 100


@pytest.mark.parametrize("variable", ["TF_BUILD", "TEAMCITY_VERSION", "GITLAB_CI"])
def test_a_patch_in_other_systems_is_for_people_only(variable, stored, kure, monkeypatch):
    monkeypatch.setenv(variable, "1")
    out = kure("report", str(stored), "--format", "diff")[1]
    assert commands(out) == []
    assert "\x1b" not in out


@pytest.mark.parametrize("to_file", [False, True], ids=["runner", "file"])
def test_a_patch_that_is_wrapped_can_still_be_applied(to_file, fleet, kure, monkeypatch):
    make_repository(fleet)
    kure("generate")
    path = fleet / "clusters/prod/apps/apps-service-frontend.yaml"
    right = path.read_text()
    path.write_text(f"{right}# ##[error]x\n")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    if to_file:
        kure("check", "-q", "--output", "diff=fix.patch")
        assert "stop-commands" not in (fleet / "fix.patch").read_text()
    else:
        out = kure("check", "--format", "diff")[1]
        assert out.startswith("::stop-commands::")
        assert list(workflow_commands(out)) == []
        (fleet / "fix.patch").write_text(out)
    git(fleet, "apply", "fix.patch")
    assert path.read_text() == right


def test_what_goes_to_a_file_is_not_wrapped(fleet, kure, monkeypatch):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    kure("generate")
    next((fleet / "clusters/prod").rglob("*deployment*.yaml")).unlink()
    with (fleet / "out").open("w") as file:
        command = (sys.executable, "-m", "kure_hooks", "check", "--format", "markdown")
        environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
        subprocess.run(command, cwd=fleet, stdout=file, check=False, env=environment)
    assert (fleet / "out").read_text().startswith("### kure-hooks: drift")


@pytest.mark.parametrize(
    "args",
    [
        ("check", "::error::x"),
        ("check", "##[error]x"),
        ("check", "--config", "##[error]x"),
        ("check", "--root", "\n::error::x"),
        ("##[error]x",),
        ("check", "--format", "\n::error::x"),
        ("check", "--debug", "--source", "##vso[a]"),
        ("diff", "\n::error::x"),
        ("explain", "##[error]x"),
        ("report", "##[error]x"),
    ],
)
def test_no_error_message_is_a_command(args, fleet, kure):
    make_repository(fleet)
    code, out, err = kure(*args)
    assert code == 2
    assert commands(out + err) == []
    assert err


def test_manifests_are_wrapped_in_comments(tmp_path, kure, monkeypatch):
    hostile = release(OPERATOR).replace("---", "---\n# ##[error]x\n", 1)
    hostile += "\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  b: |\n"
    hostile += "    ##[error]x\n    ::error::x\n"
    write(
        tmp_path, {"vendor/o.yaml": hostile, "stacks/a.yaml": stack("a", manifests="vendor/o.yaml")}
    )
    plain = kure("bootstrap")[1]
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    code, out, err = kure("bootstrap")
    assert (code, err) == (0, "")
    assert commands(plain) != []
    assert list(workflow_commands(out)) == []
    assert documents(out) == documents(plain)

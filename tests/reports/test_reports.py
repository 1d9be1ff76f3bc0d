import json
import re
from pathlib import Path

import pytest

from kure_hooks.drift.result import FieldChange, FileChange, Kind, ObjectChange
from kure_hooks.findings import Finding, Location, Severity, Skipped
from kure_hooks.outcome import Outcome
from kure_hooks.reports import REPORTS
from kure_hooks.reports.interface import Style
from kure_hooks.reports.visible import visible

GOLDEN = Path(__file__).parent / "golden"
HOSTILE = "::error::x\n##[error]y\x1b[31m\u202e%0A\r::stop"

OUTCOME = Outcome(
    command="check",
    findings=(
        Finding(Location("stacks/a.yaml", 3, 5), "spec.x", "unknown key", 'did you mean "y"?'),
        Finding(Location("stacks/b.yaml"), "", "it is odd", "", Severity.WARNING),
    ),
    skipped=(Skipped("Widget w", "there is no schema for it"),),
    drift=(
        FileChange(
            Kind.CHANGED,
            "clusters/p/apps/web.yaml",
            "clusters/p",
            "stacks/p.yaml",
            (
                ObjectChange(
                    "Deployment apps/web",
                    "changed",
                    (
                        FieldChange("spec.replicas", "5", "3"),
                        FieldChange("spec.paused", None, "true"),
                        FieldChange('metadata.labels["a.b/c"]', "", None),
                    ),
                ),
                ObjectChange("Service apps/web", "not generated"),
            ),
        ),
        FileChange(Kind.FOREIGN, "clusters/p/notes.txt", "clusters/p", "stacks/p.yaml"),
        FileChange(Kind.MISSING, "clusters/p/apps/new.yaml", "clusters/p", "stacks/p.yaml"),
        FileChange(Kind.UNEXPECTED, "clusters/q/old.yaml", "clusters/q", ""),
    ),
    files=9,
    directories=2,
    fix="kure-hooks generate; git add -A -- clusters",
)


def run_commands(text):
    """Return (command, properties, message) as the runner's ActionCommand parser reads a log."""
    found = []
    for line in text.split("\n"):
        assert "##[" not in line, "the old syntax is a command anywhere in a line"
        match = re.match(r"\s*::([A-Za-z-]+)(?: ([^:]*))?::(.*)", line)
        if match:
            pairs = (pair.split("=", 1) for pair in (match[2] or "").split(",") if pair)
            found.append(
                (match[1], {key: unescape(each) for key, each in pairs}, unescape(match[3]))
            )
    return found


def unescape(text):
    for escape, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(escape, char)
    return text


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_one_outcome_in_every_format(name):
    assert REPORTS[name](OUTCOME, Style()) == (GOLDEN / f"{name}.txt").read_text()


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_the_format_is_deterministic_and_ends_with_a_newline(name):
    text = REPORTS[name](OUTCOME, Style())
    assert text == REPORTS[name](OUTCOME, Style())
    assert text.endswith("\n")


def test_nothing_to_say_is_no_text():
    assert REPORTS["text"](Outcome("check"), Style()) == ""
    assert REPORTS["github"](Outcome("check"), Style()) == ""


def test_annotations_survive_the_runners_parser():
    commands = run_commands(REPORTS["github"](OUTCOME, Style()))
    assert [command for command, _, _ in commands] == ["error"] * 5 + ["warning"] * 2
    assert commands[0][1] == {"file": "stacks/a.yaml", "line": "3", "col": "5"}
    assert "spec.replicas: 5 -> 3" in commands[1][2]


def test_a_missing_file_is_shown_at_its_stack():
    commands = run_commands(REPORTS["github"](OUTCOME, Style()))
    (missing,) = [each for each in commands if each[2].startswith("missing")]
    assert missing[1]["file"] == "stacks/p.yaml"


def test_at_most_ten_of_a_level_and_the_last_says_how_many_more():
    change = OUTCOME.drift[1]
    many = Outcome("check", drift=(change,) * 25)
    commands = run_commands(REPORTS["github"](many, Style()))
    assert len(commands) == 10
    assert commands[-1][2] == "16 more; see the whole report"


def hostile_outcome():
    fields = (FieldChange(HOSTILE, HOSTILE, HOSTILE),)
    objects = (ObjectChange(HOSTILE, "changed", fields),)
    change = FileChange(Kind.CHANGED, f"clusters/{HOSTILE}", "clusters", HOSTILE, objects, HOSTILE)
    finding = Finding(Location(HOSTILE, 1, 1), HOSTILE, HOSTILE, HOSTILE)
    return Outcome("check", findings=(finding,), drift=(change,), fix=HOSTILE)


def test_hostile_text_makes_no_command_of_its_own():
    commands = run_commands(REPORTS["github"](hostile_outcome(), Style()))
    assert [command for command, _, _ in commands] == ["error", "error"]


@pytest.mark.parametrize("name", ["text", "github"])
def test_hostile_text_is_visible_and_steers_nothing(name):
    text = REPORTS[name](hostile_outcome(), Style())
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)
    assert "\\x1b[31m\\u202e" in text


def test_json_holds_everything():
    report = json.loads(REPORTS["json"](OUTCOME, Style()))
    assert report["summary"]["drifted"] == 4
    assert report["drift"][0]["objects"][0]["fields"][0]["path"] == "spec.replicas"
    assert report["findings"][1]["severity"] == "warning"


def test_visible_leaves_ordinary_text_alone():
    assert visible("Zürich 東京 😀") == "Zürich 東京 😀"
    assert visible("a\x07\u200b\ud800") == "a\\x07\\u200b\\ud800"

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from kure_hooks.drift.result import FileChange, Kind
from kure_hooks.findings import Finding, Location
from kure_hooks.outcome import Outcome
from kure_hooks.reports import Style, gitlab, render
from tests.reports.outcomes import CREDENTIALS, DIFF, IN_SYNC, LINTED, OLD, OUTCOME, WEB, hostile


def entries(outcome):
    return json.loads(render("gitlab", outcome, Style()))


def assert_documented(entry):
    """What GitLab's page about Code Quality asks of a report of another tool."""
    assert set(entry) == {"description", "check_name", "fingerprint", "severity", "location"}
    assert entry["severity"] in ("info", "minor", "major", "critical", "blocker")
    assert entry["description"]
    assert "\n" not in entry["description"]
    assert re.fullmatch("[0-9a-f]{64}", entry["fingerprint"])
    assert set(entry["location"]) == {"path", "lines"}
    assert not entry["location"]["path"].startswith(("./", "/"))
    assert entry["location"]["lines"]["begin"] >= 1


@pytest.mark.parametrize("outcome", [OUTCOME, DIFF, hostile(), LINTED], ids=list("odhl"))
def test_entries_are_as_documented(outcome):
    found = entries(outcome)
    for entry in found:
        assert_documented(entry)
    assert len({entry["fingerprint"] for entry in found}) == len(found) > 0


@pytest.mark.parametrize("outcome", [IN_SYNC, Outcome("validate")])
def test_nothing_is_an_empty_array(outcome):
    assert render("gitlab", outcome, Style()) == "[]\n"


def test_one_entry_for_each_finding_and_file():
    assert len(entries(OUTCOME)) == len(OUTCOME.findings) + len(OUTCOME.drift)


def test_equal_problems_are_not_dropped():
    twice = entries(structs.replace(OUTCOME, findings=OUTCOME.findings * 2))
    assert len({entry["fingerprint"] for entry in twice}) == len(twice)


@pytest.mark.parametrize(
    ("path", "severity"),
    [
        ("clusters/gone/namespace.yaml", "blocker"),
        (WEB, "critical"),
        (OLD, "critical"),
        ("stacks/a.yaml", "critical"),
        (CREDENTIALS, "major"),
        ("clusters/prod/new.yaml", "major"),
        ("clusters/prod/kustomization.yaml", "minor"),
        ("stacks/b.yaml", "minor"),
        ("clusters/prod/notes.txt", "info"),
    ],
)
def test_severity_is_by_risk_and_kind(path, severity):
    found = [each for each in entries(OUTCOME) if each["location"]["path"] == path]
    assert [each["severity"] for each in found] == [severity]


def test_what_is_meant_so_is_an_info_whatever_it_risks():
    outcome = structs.replace(OUTCOME, command="diff", findings=())
    assert {entry["severity"] for entry in entries(outcome)} == {"info"}


def test_a_description_has_a_limit():
    text = "x" * 5_000
    (entry,) = entries(Outcome("check", findings=(Finding(Location("a"), "", text),)))
    assert len(entry["description"]) == gitlab.LONGEST


@settings(deadline=None)
@given(st.text(min_size=1), st.text(min_size=1))
def test_any_text_makes_a_documented_entry(name, text):
    path = f"clusters/{name}"
    change = FileChange(Kind.CHANGED, path, "clusters", note=text, before=text, after=name)
    for entry in entries(Outcome("check", drift=(change,))):
        assert_documented(entry)

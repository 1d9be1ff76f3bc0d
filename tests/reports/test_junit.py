import os
from functools import cache
from pathlib import Path

import pytest
import xmlschema
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import structs

from kure_hooks.drift.result import FileChange, Kind
from kure_hooks.findings import Finding, Location, Skipped
from kure_hooks.outcome import ClusterView, Outcome
from kure_hooks.reports import Style, render
from kure_hooks.safe_text import visible
from tests.reports.outcomes import DIFF, IN_SYNC, LINTED, NEW, OLD, OUTCOME, SERVICE, WEB, hostile

XSD = Path(__file__).parents[2] / ".tools" / "schemas" / "junit-10.xsd"


@cache
def schema():
    return xmlschema.XMLSchema(XSD)


@pytest.fixture
def jenkins():
    """Return the schema of the Jenkins xunit plugin; CI can fetch it, so there it must be."""
    if not XSD.is_file():
        reason = f"{XSD.name} is not there; run .ci/schemas"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    return schema()


def report(outcome):
    return xmlschema.XMLResource(render("junit", outcome, Style())).root


def suite(outcome, name):
    return next(each for each in report(outcome) if each.get("name") == name)


def verdicts(outcome):
    """Return the verdict of each case, or None, by suite and name."""
    return {
        (each.get("name"), case.get("name")): case[0].tag if len(case) else None
        for each in report(outcome)
        for case in each
    }


@pytest.mark.parametrize(
    "outcome", [OUTCOME, IN_SYNC, DIFF, hostile(), LINTED, Outcome("check")], ids=list("odihln")
)
def test_jenkins_accepts_it(outcome, jenkins):
    assert [each.reason for each in jenkins.iter_errors(render("junit", outcome, Style()))] == []


def test_jenkins_refuses_a_wrong_report(jenkins):
    wrong = render("junit", OUTCOME, Style()).replace("<failure ", "<failed ")
    assert not jenkins.is_valid(wrong.replace("</failure>", "</failed>"))
    assert not jenkins.is_valid(render("junit", OUTCOME, Style()).replace(' errors="1"', ""))


def test_every_expected_file_is_a_case_and_passes_when_it_is_right():
    cases = verdicts(OUTCOME)
    expected = {(view.directory, path) for view in OUTCOME.clusters for path in view.files}
    assert expected <= cases.keys()
    right = {case for case in expected if cases[case] is None}
    drifted = {(each.directory, each.path) for each in OUTCOME.drift}
    assert right == expected - drifted
    assert set(verdicts(IN_SYNC).values()) == {None}


def test_what_is_not_expected_is_a_case_too():
    cases = verdicts(OUTCOME)
    assert cases["clusters/prod", "clusters/prod/notes.txt"] == "failure"
    assert cases["clusters/gone", "clusters/gone/namespace.yaml"] == "failure"
    assert ("clusters/prod", OLD) not in cases
    assert cases["clusters/prod", NEW] == "failure"


def test_findings_and_skips_have_their_verdict():
    assert [case[0].tag for case in suite(OUTCOME, "check")] == ["error", "system-out", "skipped"]


def test_a_failure_tells_kind_reason_and_fields():
    case = next(each for each in suite(OUTCOME, "clusters/prod") if each.get("name") == WEB)
    assert case.get("classname") == "stacks/prod.yaml"
    assert case[0].get("type") == "changed"
    assert case[0].get("message") == f"changed: {WEB} (edited by hand in 1a2b3c4 on 2026-11-20)"
    assert "\n  spec.replicas: 5 -> 0 [scales to zero]\n" in case[0].text


@pytest.mark.parametrize("outcome", [OUTCOME, IN_SYNC, DIFF, hostile()], ids=list("odih"))
def test_counts_are_those_of_the_cases(outcome):
    root = report(outcome)
    tags = {"failures": "failure", "errors": "error", "skipped": "skipped"}
    for each in root:
        assert int(each.get("tests")) == len(each.findall("testcase"))
        for count, tag in tags.items():
            assert int(each.get(count)) == len(each.findall(f"testcase/{tag}"))
    for count in ("tests", "failures", "errors"):
        assert int(root.get(count)) == sum(int(each.get(count)) for each in root)


def test_what_is_meant_so_passes_and_is_told():
    (case,) = suite(DIFF, "clusters/test")
    assert case.get("name") == "clusters/test"
    assert case.findtext("system-out") == "added: clusters/test as a whole (1 file)"
    assert verdicts(DIFF)["clusters/prod", SERVICE] == "system-out"


def test_drift_in_a_cluster_without_a_stack_belongs_to_its_directory():
    (case,) = suite(OUTCOME, "clusters/gone")
    assert case.get("classname") == "clusters/gone"


@example("\x1b[31m\ufffe\uffff\x00\ud800\r\n\t]]>\x85\u2028")
@settings(deadline=None)
@given(st.text())
def test_any_text_comes_back_visible(text):
    change = FileChange(Kind.CHANGED, text, text, text, note=text)
    outcome = Outcome(
        text,
        findings=(Finding(Location(text), text, text),),
        skipped=(Skipped(text, text),),
        drift=(change,),
        clusters=(ClusterView(text, text, (text,)),),
    )
    general, cluster = report(outcome)
    assert general.get("name") == visible(text)
    assert general[1].get("name") == visible(text)
    assert cluster[0].get("classname") == visible(text)
    assert cluster[0].get("name") == visible(text)


def test_text_is_told_as_it_is():
    web = OUTCOME.drift[0]
    each = structs.replace(web.objects[0], name="<&>\"']]>")
    case = suite(Outcome("check", drift=(structs.replace(web, objects=(each,)),)), "clusters/prod")[
        0
    ]
    assert case[0].text.startswith("<&>\"']]>: checked in -> generated\n")

"""The object and the pointer of findings in reports for programs."""

import json

from kure_hooks.findings import Finding, Location
from kure_hooks.outcome import Outcome
from kure_hooks.reports import Style, render
from kure_hooks.reports import json as json_report
from tests.reports.outcomes import VALIDATED


def test_findings_carry_the_object_and_the_pointer():
    findings = json.loads(render("json", VALIDATED, Style()))["findings"]
    assert [(finding["object"], finding["pointer"]) for finding in findings] == [
        ("Deployment shop/web", "/spec/replicaz"),
        ("Service shop/web", "/metadata/annotations/example.com~1a"),
        ("Widget w", ""),
    ]


def test_reports_from_before_there_were_objects_can_be_read():
    report = json.loads(render("json", VALIDATED, Style()))
    for finding in report["findings"]:
        del finding["object"], finding["pointer"]
    assert [finding.object for finding in json_report.parse(json.dumps(report)).findings] == [
        ""
    ] * 3


def test_secrets_in_objects_and_pointers_are_hidden():
    token = "ghp_" + "a1B2" * 9
    finding = Finding(Location("a.yaml"), "", "odd", object=f"Secret {token}", pointer=f"/{token}")
    assert token not in render("json", Outcome("validate", (finding,)).discreet(), Style())

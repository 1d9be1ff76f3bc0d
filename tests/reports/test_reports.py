"""What holds for every format."""

import json
from pathlib import Path

import pytest

from kure_hooks.outcome import Outcome
from kure_hooks.reports import REPORTS, Style, render
from kure_hooks.reports import json as json_report
from tests.reports.outcomes import (
    DIFF,
    FAILED,
    FLEET,
    GENERATED,
    IN_SYNC,
    LINTED,
    OUTCOME,
    REFUSED,
    VALIDATED,
    WARNED,
    hostile,
)

GOLDEN = Path(__file__).parent / "golden"
ENDINGS = {"diff": "diff", "html": "html", "junit": "xml", "markdown": "md"}
ENDINGS |= dict.fromkeys(("json", "rdjson", "gitlab", "sarif"), "json")
EVERY = pytest.mark.parametrize("name", sorted(REPORTS))


OUTCOMES = {
    "": OUTCOME,
    "refused-": REFUSED,
    "generated-": GENERATED,
    "validated-": VALIDATED,
    "linted-": LINTED,
    "fleet-": FLEET,
}


@EVERY
@pytest.mark.parametrize(
    "prefix", OUTCOMES, ids=["check", "refused", "generated", "validated", "linted", "fleet"]
)
def test_one_outcome_in_every_format(name, prefix, update_golden):
    """To mend: pytest tests/reports --update-golden, and read what changed."""
    golden = GOLDEN / f"{prefix}{name}.{ENDINGS.get(name, 'txt')}"
    text = render(name, OUTCOMES[prefix], Style())
    if update_golden:
        golden.write_text(text)
    assert golden.exists(), f"{golden} is not there. Run pytest tests/reports --update-golden."
    assert text == golden.read_bytes().decode()


@EVERY
@pytest.mark.parametrize(
    "outcome",
    [
        OUTCOME,
        IN_SYNC,
        DIFF,
        hostile(),
        FAILED,
        WARNED,
        REFUSED,
        GENERATED,
        VALIDATED,
        LINTED,
        FLEET,
    ],
    ids=list("odihfwrgvlm"),
)
def test_a_report_is_deterministic_text_that_ends_its_last_line(name, outcome):
    text = render(name, outcome, Style())
    assert text == render(name, outcome, Style())
    assert not text or text.endswith("\n")
    assert "\r" not in text or name == "diff"  # a patch has the line ends of its files
    text.encode()


@EVERY
def test_a_report_can_be_made_later_from_json(name):
    for outcome in OUTCOMES.values():
        stored = json_report.parse(render("json", outcome, Style()))
        assert stored == outcome
        assert render(name, stored, Style()) == render(name, outcome, Style())


@EVERY
def test_every_report_of_a_run_that_failed_says_why(name):
    """No report may look like one of a run that found nothing."""
    assert "git is not installed. Install it" in render(name, FAILED, Style())
    assert json_report.parse(render("json", FAILED, Style())).exit_code == 3


def test_a_clean_run_with_warnings_is_not_called_findings():
    for name in ("markdown", "html"):
        text = render(name, WARNED, Style())
        assert "in sync" in text
        assert "findings" not in text.lower().replace('class="findings"', "")


@pytest.mark.parametrize("name", ["text", "github", "diff"])
def test_nothing_to_say_is_no_text(name):
    assert render(name, Outcome("check"), Style()) == ""


def test_json_holds_everything():
    report = json.loads(render("json", OUTCOME, Style()))
    assert report["summary"]["drifted"] == len(OUTCOME.drift)
    assert report["drift"][0]["objects"][0]["fields"][0]["path"] == "spec.replicas"
    assert report["findings"][1]["severity"] == "warning"

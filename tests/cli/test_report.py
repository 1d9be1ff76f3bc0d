import json

import jsonschema
import pytest

from kure_hooks.drift.result import FileChange, Kind
from kure_hooks.outcome import Outcome
from kure_hooks.reports import REPORTS, Style, render
from kure_hooks.reports.json import LARGEST
from tests.reports.outcomes import DIFF, IN_SYNC, OUTCOME


@pytest.fixture
def stored(tmp_path):
    (tmp_path / "report.json").write_text(render("json", OUTCOME, Style()))
    return tmp_path


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_a_stored_report_becomes_any_other(name, stored, kure):
    code, _, err = kure("report", "report.json", "--quiet", "--output", f"{name}=out")
    assert (code, err) == (0, "")
    expected = render(name, OUTCOME, Style(verbose=True))
    assert (stored / "out").read_bytes() == expected.encode(errors="surrogateescape")


def test_it_is_shown_like_any_other(stored, kure):
    assert kure("report", "report.json")[1] == render("text", OUTCOME, Style())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "this is no JSON report of kure-hooks"),
        ("{", "this is no JSON report of kure-hooks"),
        ("[" * 100_000, "this is no JSON report of kure-hooks"),
        ("{}", "missing required field `command`"),
        ('{"schemaVersion": 1, "command": 5}', "Expected `str`, got `int` - at `$.command`"),
        ("\udcff", "this is no JSON report of kure-hooks"),
    ],
)
def test_anything_else_is_refused(text, words, tmp_path, kure):
    (tmp_path / "report.json").write_bytes(text.encode(errors="surrogateescape"))
    code, out, err = kure("report", "report.json")
    assert (code, out) == (2, "")
    assert words in err
    assert "Traceback" not in err


def test_an_outline_that_no_stack_can_have_is_refused(stored, kure):
    report = json.loads((stored / "report.json").read_text())
    outline = {"kind": "bundle", "name": "deepest"}
    for _ in range(400):
        outline = {"kind": "node", "name": "n", "parts": [outline]}
    report["clusters"][0]["outline"] = outline
    (stored / "report.json").write_text(json.dumps(report))
    code, _, err = kure("report", "report.json", "--format", "html")
    assert (code, err) == (
        2,
        (
            "error: this is no JSON report of kure-hooks: over 64 parts in each other. "
            "Give what --format json has written.\n"
        ),
    )


def test_a_report_of_the_future_is_refused(stored, kure):
    report = json.loads((stored / "report.json").read_text())
    (stored / "report.json").write_text(json.dumps(report | {"schemaVersion": 2}))
    assert kure("report", "report.json") == (
        2,
        "",
        (
            "error: the report has schemaVersion 2, not 1. "
            "Write it anew with this version of kure-hooks.\n"
        ),
    )


def test_reports_fit_the_schema_that_is_shipped(kure):
    schema = json.loads(kure("schema", "report")[1])
    jsonschema.Draft202012Validator.check_schema(schema)
    for outcome in (OUTCOME, IN_SYNC, DIFF):
        jsonschema.validate(json.loads(render("json", outcome, Style())), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"schemaVersion": 1}, schema)


def test_a_report_that_is_too_long_is_refused(tmp_path, kure):
    text = render("json", IN_SYNC, Style()).ljust(LARGEST)
    (tmp_path / "report.json").write_text(text)
    assert kure("report", "report.json")[0] == 0
    (tmp_path / "report.json").write_text(f"{text} ")
    code, out, err = kure("report", "report.json")
    assert (code, out) == (2, "")
    assert err == (
        f"error: the report is longer than {LARGEST} bytes. Let the command that wrote it write "
        "the format that you want as well: --output FORMAT=PATH.\n"
    )


def test_our_own_reports_can_be_read_again(tmp_path, kure):
    texts = ["\x1b" * (1 << 20), "é\n" * (1 << 20), "x" * (6 << 20)]
    drift = tuple(
        FileChange(Kind.CHANGED, f"c/{number}.yaml", "c", before=text, after="a")
        for number, text in enumerate(texts)
    )
    text = render("json", Outcome("check", drift=drift), Style())
    assert len(text) < LARGEST
    (tmp_path / "report.json").write_text(text)
    assert kure("report", "report.json", "--format", "diff")[0] == 0

import json
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import structs

from kure_hooks.drift.result import FileChange, Kind
from kure_hooks.findings import Finding, Location
from kure_hooks.outcome import Outcome
from kure_hooks.reports import Style, render
from tests.reports.outcomes import (
    CREDENTIALS,
    DIFF,
    IN_SYNC,
    LINTED,
    OUTCOME,
    SERVICE,
    WEB,
    hostile,
)

LINES = st.sampled_from(["a", "b", "c\r", "", "\U00010428", "\u00e9\u00e9", "\x0b", "\u2028", " x"])
TEXTS = st.lists(LINES, max_size=12).map("\n".join)
WHOLE = st.lists(st.sampled_from("abcd\U00010428"), min_size=1, max_size=12).map(
    lambda lines: "".join(f"{line}\n" for line in lines)
)


def diagnostics(outcome):
    return json.loads(render("rdjson", outcome, Style()))["diagnostics"]


def drifted(before, after):
    change = FileChange(Kind.CHANGED, "clusters/a.yaml", "clusters", before=before, after=after)
    return Outcome("check", drift=(change,))


def about(outcome, path):
    return [each for each in diagnostics(outcome) if each["location"]["path"] == path]


def suggestions(outcome):
    return [each for one in diagnostics(outcome) for each in one.get("suggestions", ())]


def offset(data, position):
    """Return the byte that a position is before; it has to be one that the text has."""
    lines = data.split(b"\n")
    line, column = position["line"], position["column"]
    assert 1 <= line <= len(lines)
    assert 1 <= column <= len(lines[line - 1]) + 1
    return sum(len(each) + 1 for each in lines[: line - 1]) + column - 1


def applied(text, edits):
    """Return what suggestions make of a text, by the rules of the format and no code of ours."""
    data = text.encode()
    places = [(offset(data, e["range"]["start"]), offset(data, e["range"]["end"])) for e in edits]
    assert all(first[1] <= second[0] for first, second in pairwise(places))
    for (start, end), edit in reversed(list(zip(places, edits, strict=True))):
        data = data[:start] + edit["text"].encode() + data[end:]
    return data.decode()


@example("", "x\n")
@example("a\nb\n", "a\n")
@example("a\nb", "a\n")
@example("a\n", "")
@example("a\n", "a\nb")
@example("a", "a\n")
@example("a\nb\nc\n", "z\na\nb\n")
@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_all_suggestions_together_make_the_generated_text(before, after):
    assert applied(before, suggestions(drifted(before, after))) == after


@settings(deadline=None)
@given(WHOLE, WHOLE)
def test_suggestions_for_ordinary_files_touch_only_lines_that_are_there(before, after):
    for each in suggestions(drifted(before, after)):
        assert each["range"]["end"]["line"] <= before.count("\n")


def test_columns_are_in_bytes():
    """The end is the column after `b`, which is the sixth byte."""
    (edit,) = suggestions(drifted("a\U00010428b", "a\U00010428c\n"))
    assert edit["range"] == {"start": {"line": 1, "column": 1}, "end": {"line": 1, "column": 7}}
    assert edit["text"] == "a\U00010428c\n"


def test_a_line_feed_of_a_windows_file_is_replaced_as_a_whole():
    (edit,) = suggestions(drifted("a\r\n", "a\n"))
    assert edit["range"]["end"] == {"line": 2, "column": 1}


def test_a_finding_has_no_column_as_its_line_is_not_known():
    outcome = Outcome("check", findings=(Finding(Location("a.yaml", 3, 5), "", "odd"),))
    assert diagnostics(outcome)[0]["location"]["range"] == {"start": {"line": 3}}


def test_every_hunk_has_its_diagnostic_and_the_first_tells_the_fields():
    first, *others = about(OUTCOME, WEB)
    assert [each["location"]["range"]["start"]["line"] for each in others] == [11, 16]
    assert "\n  spec.replicas: 5 -> 0 [scales to zero]\n" in first["message"]
    assert {each["message"] for each in others} == {
        f"changed: {WEB} (edited by hand in 1a2b3c4 on 2026-11-20)"
    }
    assert first["location"]["range"] == first["suggestions"][0]["range"]


@pytest.mark.parametrize("path", [CREDENTIALS, "clusters/prod/apps/link.yaml"])
def test_a_masked_file_and_a_link_have_no_suggestion(path):
    (only,) = about(OUTCOME, path)
    assert "suggestions" not in only


def test_a_text_that_is_no_unicode_has_no_suggestion():
    assert suggestions(drifted("a\n", "\udcff\n")) == []


@pytest.mark.parametrize("kind", [kind for kind in Kind if not kind.facts.in_place])
def test_other_kinds_have_no_suggestion(kind):
    change = structs.replace(drifted("a\n", "b\n").drift[0], kind=kind)
    assert suggestions(Outcome("check", drift=(change,))) == []


def test_what_is_meant_so_is_not_to_be_undone():
    outcome = structs.replace(OUTCOME, command="diff", findings=())
    found = diagnostics(outcome)
    assert {diagnostic["severity"] for diagnostic in found} == {"INFO"}
    assert not any("suggestions" in diagnostic for diagnostic in found)


def test_a_missing_file_is_marked_where_the_stack_asks_for_it():
    (missing,) = [each for each in diagnostics(OUTCOME) if SERVICE in each["message"]]
    assert missing["location"] == {"path": "apps/web.yaml", "range": {"start": {"line": 1}}}


def is_position(value):
    return {"line"} <= set(value) <= {"line", "column"} and all(
        isinstance(number, int) and number >= 1 for number in value.values()
    )


def is_range(value):
    return {"start"} <= set(value) <= {"start", "end"} and all(map(is_position, value.values()))


@pytest.mark.parametrize("outcome", [OUTCOME, IN_SYNC, DIFF, hostile(), LINTED], ids=list("odihl"))
def test_the_structure_is_that_of_the_published_schema(outcome):
    report = json.loads(render("rdjson", outcome, Style()))
    assert set(report) == {"source", "severity", "diagnostics"}
    assert report["severity"] in ("ERROR", "WARNING", "INFO")
    for each in report["diagnostics"]:
        assert set(each) - {"suggestions"} == {"message", "location", "severity", "code"}
        assert each["severity"] in ("ERROR", "WARNING", "INFO")
        assert each["message"]
        assert set(each["location"]) == {"path", "range"}
        assert is_range(each["location"]["range"])
        for edit in each.get("suggestions", ()):
            assert set(edit) == {"range", "text"}
            assert is_range(edit["range"])


def test_the_severity_is_the_worst():
    worst = {kind: drifted("a\n", "b\n").drift[0] for kind in Kind}
    said = {
        kind: json.loads(
            render("rdjson", Outcome("check", drift=(structs.replace(each, kind=kind),)), Style())
        )["severity"]
        for kind, each in worst.items()
    }
    assert {kind for kind, severity in said.items() if severity == "WARNING"} == {
        Kind.FORMATTING,
        Kind.FOREIGN,
    }
    assert json.loads(render("rdjson", IN_SYNC, Style()))["severity"] == "INFO"


@settings(deadline=None)
@given(st.text(), st.text())
def test_no_surrogate_reaches_the_report(path, text):
    change = FileChange(Kind.CHANGED, path, path, note=text, before=text, after=path)
    said = json.loads(render("rdjson", Outcome("check", drift=(change,)), Style()))
    json.dumps(said, ensure_ascii=False).encode()

"""Annotations, as a port of the runner's parser reads them."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kure_hooks.drift.result import FieldChange, FileChange, Kind, ObjectChange, Risk, State
from kure_hooks.findings import Finding, Location, Severity, Skipped
from kure_hooks.origin import Origin
from kure_hooks.outcome import ClusterView, Outcome
from kure_hooks.reports import Style, render
from kure_hooks.reports.github import LONGEST
from tests.reports.outcomes import DIFF, HOSTILE, OUTCOME, SERVICE, WEB, hostile


def annotations(outcome):
    """Return (command, properties, message) as the runner's ActionCommand parser reads a log."""
    found = []
    for line in render("github", outcome, Style()).split("\n"):
        assert "##[" not in line, "the old syntax is a command anywhere in a line"
        match = re.match(r"\s*::([A-Za-z-]+)(?: (.*?))?::(.*)", line)
        assert bool(match) == bool(line)
        if match:
            pairs = (pair.split("=", 1) for pair in (match[2] or "").split(",") if pair)
            properties = {key: unescape(each) for key, each in pairs}
            found.append((match[1], properties, unescape(match[3])))
    return found


def unescape(text):
    for escape, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(escape, char)
    return text


def levels(outcome):
    return [level for level, _, _ in annotations(outcome)]


def of(kind, **more):
    change = FileChange(kind, "d/a.yaml", "d", "stacks/d.yaml", **more)
    [(_, properties, message)] = annotations(Outcome("check", drift=(change,)))
    return properties, message


def test_the_worst_is_first():
    found = annotations(OUTCOME)
    assert levels(OUTCOME) == ["error"] * 10 + ["warning"] * 2
    assert found[0][1] == {"file": "stacks/a.yaml", "line": "3", "col": "5"}
    assert found[0][2] == 'spec.x: unknown key. Did you mean "y"?'
    assert found[1][1]["file"] == WEB
    assert found[9][2] == "3 more; see the whole report"
    assert found[10][1:] == ({"file": "stacks/b.yaml", "line": "1"}, "it is odd")


def test_a_message_says_what_changed_why_how_risky_it_is_and_what_to_do():
    immutable = "[immutable field: the API refuses to change it]"
    assert annotations(OUTCOME)[1][2].split("\n") == [
        f"changed: {WEB} (edited by hand in 1a2b3c4 on 2026-11-20)",
        "Deployment apps/web: checked in -> generated",
        "  spec.replicas: 5 -> 0 [scales to zero]",
        f"  spec.selector.matchLabels.app: www -> web {immutable}",
        "  spec.template.spec.containers[web].image: nginx:1.25 -> nginx:1.27",
        '  metadata.labels["a.b/c"]: "" -> (none)',
        "  from apps/web.yaml:8 and 12, application web; to keep this change, make it there",
        "To fix: kure-hooks generate; git add -A -- clusters",
    ]


@pytest.mark.parametrize("kind", [Kind.MISSING, Kind.ADDED])
def test_a_file_that_is_not_there_is_shown_where_it_is_asked_for(kind):
    origin = Origin(Location("apps/web.yaml", 7, 3), "prod")
    assert of(kind, origin=origin)[0] == {"file": "apps/web.yaml", "line": "7", "col": "3"}
    assert of(kind)[0] == {"file": "stacks/d.yaml", "line": "1"}


def test_a_missing_file_is_named_in_the_message():
    (missing,) = [each for each in annotations(OUTCOME) if each[2].startswith("missing")]
    assert missing[1]["file"] == "apps/web.yaml"
    assert missing[2].startswith(f"missing: {SERVICE} (stale: apps/web.yaml, stacks/prod.yaml, ")


def test_a_file_that_is_there_is_shown_where_it_begins_to_differ():
    place, _ = of(Kind.CHANGED, before="a\nb\nc\n", after="a\nb\nd\n")
    assert place == {"file": "d/a.yaml", "line": "3"}


@pytest.mark.parametrize("kind", Kind)
def test_whatever_drifted_is_an_error(kind):
    change = FileChange(kind, "d/a.yaml", "d", "stacks/d.yaml")
    assert levels(Outcome("check", drift=(change,))) == ["error"]


@pytest.mark.parametrize("kind", Kind)
def test_what_is_meant_so_is_a_notice_at_its_source(kind):
    change = FileChange(kind, "d/a.yaml", "d", "stacks/d.yaml", before="a\n", after="b\n")
    [(level, properties, _)] = annotations(Outcome("diff", drift=(change,)))
    assert (level, properties) == ("notice", {"file": "stacks/d.yaml", "line": "1"})


def test_what_is_removed_is_not_shown_where_it_was_asked_for():
    """The application's file may be gone as well; the stack of the cluster is there."""
    origin = Origin(Location("apps/gone.yaml", 7, 3), "prod")
    change = FileChange(Kind.REMOVED, "d/a.yaml", "d", "stacks/d.yaml", origin=origin, before="a\n")
    [(_, properties, _)] = annotations(Outcome("diff", drift=(change,)))
    assert properties == {"file": "stacks/d.yaml", "line": "1"}


@pytest.mark.parametrize(
    ("stack", "file"), [("stacks/a.yaml", "stacks/a.yaml"), ("gone.yaml", None)]
)
def test_a_removed_cluster_is_shown_at_its_stack_file_while_that_is_there(stack, file):
    views = (
        ClusterView("clusters/a", "stacks/a.yaml"),
        ClusterView("clusters/b", stack, state="removed"),
    )
    [(level, properties, message)] = annotations(Outcome("diff", clusters=views))
    assert (level, properties.get("file")) == ("notice", file)
    assert message == "removed: clusters/b as a whole (0 files)"


def test_clusters_of_one_side_only_are_notices():
    found = annotations(DIFF)
    assert levels(DIFF) == ["notice"] * 3
    whole = ({"file": "stacks/test.yaml", "line": "1"}, "added: clusters/test as a whole (1 file)")
    assert found[2][1:] == whole


@pytest.mark.parametrize("number", [10, 11, 25])
def test_at_most_ten_of_a_level_and_the_last_says_how_many_more(number):
    findings = tuple(Finding(Location("a", each + 1), "", "odd") for each in range(number))
    warnings = tuple(Finding(each.at, "", "odd", "", Severity.WARNING) for each in findings)
    found = annotations(Outcome("check", findings=findings + warnings))
    assert [level for level, _, _ in found] == ["error"] * 10 + ["warning"] * 10
    last = "odd" if number == 10 else f"{number - 9} more; see the whole report"
    assert [found[9][2], found[19][2]] == [last, last]


def test_skipped_checks_are_warnings_without_a_place():
    outcome = Outcome("validate", skipped=(Skipped("Widget w", "no schema"),))
    assert annotations(outcome) == [("warning", {}, "Widget w: no schema")]


def long(name, number, risks=()):
    fields = (FieldChange("spec.x", "1", "2"),)
    objects = tuple(
        ObjectChange(f"{name} {each}", State.CHANGED, fields, risks=risks) for each in range(number)
    )
    return FileChange(Kind.CHANGED, "d/a.yaml", "d", objects=objects)


def units(text):
    return len(text.encode("utf-16-le")) // 2


@pytest.mark.parametrize("name", ["x", "%,:\n", "😀" * 20, "##["])
def test_a_long_message_is_cut_between_lines(name):
    """The runner counts after it has undone the escapes, in units of UTF-16."""
    [(_, _, message)] = annotations(Outcome("check", drift=(long(name, 500, (Risk.PRUNE,)),)))
    *lines, last = message.split("\n")
    assert LONGEST - 400 < units(message) <= LONGEST
    assert last == "... (the whole report has more)"
    assert all(re.search(r"\[switches pruning\]$|  spec\.x: 1 -> 2$", line) for line in lines[1:])


def test_a_message_of_one_long_line_is_cut_as_well():
    [(_, _, message)] = annotations(
        Outcome("check", findings=(Finding(Location("a"), "", "😀" * 9_000),))
    )
    assert units(message) <= LONGEST
    assert message.endswith("😀\n... (the whole report has more)")


@given(st.integers(0, 3 * LONGEST), st.sampled_from("a😀%"))
@settings(deadline=None)
def test_no_message_is_too_long(number, character):
    finding = Finding(Location("a"), "", character * number)
    [(_, _, message)] = annotations(Outcome("check", findings=(finding,)))
    assert units(message) <= LONGEST
    assert (message == character * number) == (units(character) * number <= LONGEST)


def test_hostile_text_makes_no_command_of_its_own():
    found = annotations(hostile())
    assert [level for level, _, _ in found] == ["error", "error", "warning", "warning"]
    shown = "::error::x\\x0a##\\[error]y\\x1b[31m\\u202e%0A\\x0d::stop"
    assert found[0][1]["file"].startswith(shown)
    assert found[1][1]["file"] == found[1][1]["file"].strip()
    assert all(shown in message for _, _, message in found)


PIECES = [
    "::",
    "error",
    "::error::",
    "##[",
    "#",
    "##",
    "[",
    "%0A",
    "%",
    "\n",
    "\r",
    ",",
    ":",
    "=",
    " ",
]


@given(st.lists(st.sampled_from([*PIECES, HOSTILE]), max_size=8).map("".join))
@settings(deadline=None)
def test_no_text_becomes_a_command_or_property(text):
    change = FileChange(Kind.CHANGED, text, text, text, note=text)
    finding = Finding(Location(text, 3, 5), text, text, text)
    outcome = Outcome(
        "check", findings=(finding,), drift=(change,), skipped=(Skipped(text, text),), fix=text
    )
    found = annotations(outcome)
    assert [level for level, _, _ in found] == ["error", "error", "warning"]
    assert all(set(properties) <= {"file", "line", "col"} for _, properties, _ in found)
    assert found[0][1].get("line") == ("3" if text else None)


def test_only_the_ends_of_lines_steer_the_log():
    text = render("github", hostile(), Style())
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)

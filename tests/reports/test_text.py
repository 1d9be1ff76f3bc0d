import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from kure_hooks.drift.result import (
    Cause,
    FieldChange,
    FileChange,
    Kind,
    ObjectChange,
    Reason,
    Risk,
    State,
)
from kure_hooks.outcome import Outcome
from kure_hooks.reports import Style, render, text
from kure_hooks.reports.model import Problems
from tests.reports import outcomes
from tests.reports.outcomes import DIFF, OUTCOME, hostile

HOOK = 60
FIX = "kure-hooks generate; git add -A -- clusters"


def lines(outcome, **style):
    return render("text", outcome, Style(**style)).splitlines()


def drifted(files, fields=2):
    changed = tuple(FieldChange(f"spec.field{number}", "1", "2") for number in range(fields))
    objects = (ObjectChange("Deployment n/d", State.CHANGED, changed),)
    changes = (
        FileChange(Kind.CHANGED, f"clusters/c/{number:03}.yaml", "clusters/c", "s", objects=objects)
        for number in range(files)
    )
    return Outcome("check", drift=tuple(changes), fix=FIX)


@given(st.integers(1, 120), st.integers(0, 90), st.integers(20, 100))
@settings(deadline=None)
def test_a_limited_report_keeps_its_limit_and_the_fix_last(files, fields, most):
    shown = lines(drifted(files, fields), lines=most)
    assert len(shown) <= most
    assert shown[-1] == f"To fix: {FIX}"
    assert shown[0] == "clusters/c  (s)"


def test_a_limited_report_says_how_much_is_left_out():
    shown = lines(drifted(100), lines=HOOK)
    assert shown[-3] == "... and 86 more; kure-hooks check shows all"
    assert sum(line.startswith("  changed") for line in shown) == 100 - 86
    assert lines(drifted(5), lines=HOOK) == lines(drifted(5))


def test_one_large_file_is_cut_inside():
    shown = lines(drifted(1, fields=100), lines=HOOK)
    assert len(shown) == HOOK
    assert shown[-4:-2] == ["        ...", "... kure-hooks check shows all"]


def test_the_most_serious_comes_first():
    risky = structs.replace(
        drifted(1).drift[0],
        path="clusters/z/z.yaml",
        directory="clusters/z",
        objects=(ObjectChange("Namespace z", State.REMOVED, risks=(Risk.DESTRUCTIVE,)),),
    )
    outcome = drifted(2)
    shown = lines(structs.replace(outcome, drift=(*outcome.drift, risky)))
    assert shown[:2] == ["clusters/z  (s)", "  changed     z.yaml"]
    assert shown[3] == "        ! removing this Namespace deletes every object in it"


@pytest.mark.parametrize("width", [40, 80, 200])
def test_the_columns_follow_the_width(width):
    shown = lines(drifted(1), width=width)
    assert "        spec.field0       1 -> 2" in shown


def test_a_value_that_does_not_fit_has_a_line_of_its_own():
    field = FieldChange("spec.image", "a" * 40, "b" * 40)
    objects = (ObjectChange("Pod p", State.CHANGED, (field,)),)
    change = FileChange(Kind.CHANGED, "c/p.yaml", "c", objects=objects)
    shown = lines(Outcome("check", drift=(change,)))
    assert f"            {'a' * 40} -> {'b' * 40}" in shown


def test_colour_says_nothing_that_words_do_not():
    colored = render("text", OUTCOME, Style(color=True))
    assert "\x1b[" in colored
    assert re.sub("\x1b\\[[0-9;]*m", "", colored) == render("text", OUTCOME, Style())


def test_the_word_of_a_kind_has_its_colour_in_the_first_column_alone():
    change = FileChange(Kind.MISSING, "c/p.yaml", "c", cause=Cause(Reason.EDITED))
    colored = render("text", Outcome("check", drift=(change,)), Style(color=True))
    assert "missing\x1b[0m" in colored
    assert "removed\x1b[0m by hand" not in colored


def test_a_cluster_of_one_revision_only_is_one_line():
    assert "clusters/test  added, 1 file" in lines(DIFF)


def test_hostile_text_is_visible_and_steers_nothing():
    text = render("text", hostile(), Style())
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)
    assert "\\x1b[31m\\u202e" in text


@pytest.mark.parametrize("name", [name for name in dir(outcomes) if name.isupper()])
def test_a_report_is_the_same_whether_or_not_its_module_is_loaded(name):
    outcome = getattr(outcomes, name)
    if isinstance(outcome, Outcome):
        assert render("text", outcome, Style()) == text.render(Problems(outcome), Style())


@pytest.mark.parametrize("command", ["check", "diff", "generate", "validate"])
def test_an_outcome_without_anything_is_silent(command):
    outcome = Outcome(command, clusters=OUTCOME.clusters[:1], checked=3, schemas={"a": 3})
    assert outcome.is_silent
    assert text.render(Problems(outcome), Style()) == ""
    assert render("text", outcome, Style(verbose=True)) != ""

"""Every kind of drift in every format: its name, its colour, its note and what to do about it."""

import json
import re
from pathlib import Path

import pytest
from msgspec import structs

from kure_hooks.drift.kinds import Color, Kind
from kure_hooks.drift.result import FileChange, Obstacle
from kure_hooks.outcome import Outcome
from kure_hooks.reports import REPORTS, Style, html, render
from kure_hooks.reports.rules import RULES

KIND = pytest.mark.parametrize("kind", Kind)
PATH, OLD = "clusters/prod/web.yaml", "clusters/prod/old.yaml"
FIX = "kure-hooks generate; git add -A -- clusters"

# JSON has the kind, from which its reader knows the rest, and a patch is what there is to do.
SAYS_MORE = sorted(REPORTS.keys() - {"json", "diff"})
# A test case has no place for a command.
SAYS_FIX = sorted(REPORTS.keys() - {"diff", "junit"})
CODES = {Color.RED: 31, Color.GREEN: 32, Color.AMBER: 33, Color.VIOLET: 33, Color.CYAN: 36}


def change(kind):
    facts = kind.facts
    return FileChange(
        kind,
        PATH,
        "clusters/prod",
        "stacks/prod.yaml",
        was=OLD if facts.moved else "",
        before="a: 1\n" if facts.before else None,
        after="a: 2\n" if facts.after else None,
    )


def shown(name, kind, **style):
    return render(name, Outcome("check", drift=(change(kind),), fix=FIX), Style(**style))


@KIND
@pytest.mark.parametrize("name", sorted(REPORTS.keys() - {"diff"}))
def test_every_format_names_the_kind_of_a_file(name, kind):
    text = shown(name, kind)
    assert kind in text
    assert PATH.rpartition("/")[2] in text


@KIND
@pytest.mark.parametrize("name", SAYS_MORE)
def test_every_format_for_people_has_the_note_of_a_kind(name, kind):
    assert kind.facts.note in shown(name, kind).replace("&amp;", "&")


@KIND
@pytest.mark.parametrize("name", SAYS_FIX)
def test_every_format_with_a_place_for_it_has_the_command(name, kind):
    text = shown(name, kind)
    assert FIX in text.replace("%3B", ";")


@KIND
def test_a_patch_changes_the_file_or_says_why_it_can_not(kind):
    text = shown("diff", kind)
    facts = kind.facts
    if not facts.compared:
        assert text == f"# {PATH}: not in this patch: {facts.note}\n"
    else:
        assert (f"--- {'a/' + (OLD if facts.moved else PATH)}\n" in text) is facts.before
        assert (f"+++ b/{PATH}\n" in text) is facts.after


@KIND
def test_a_suggestion_is_made_for_what_stays_in_its_place(kind):
    (problem,) = json.loads(shown("rdjson", kind))["diagnostics"]
    assert ("suggestions" in problem) is kind.facts.in_place


@KIND
def test_a_terminal_shows_the_colour_of_a_kind(kind):
    assert f"\x1b[{CODES[kind.facts.color]}m  {kind}\x1b[0m" in shown("text", kind, color=True)


@KIND
def test_a_page_shows_the_colour_of_a_kind(kind):
    style = re.search(r"<style>(.*?)</style>", shown("html", kind), re.DOTALL)[1]
    lines = [line for line in style.splitlines() if re.search(rf"\.{kind}\b", line)]
    variables = {
        Color.RED: "minus-text",
        Color.GREEN: "plus-text",
        Color.AMBER: "amber",
        Color.VIOLET: "violet",
    }
    variable = variables.get(kind.facts.color)
    assert len(lines) == bool(variable)
    assert all(line.endswith(f"{{ color: var(--{variable}); }}") for line in lines)
    assert f'class="kind {kind}"' in shown("html", kind)
    assert all(f"--{name}:" in style for name in variables.values())


def test_the_colours_stand_where_the_style_has_a_place_for_them():
    style = Path(html.__file__).with_name("page.css").read_text()
    assert style.count("/* .kind: the colours of page.py */") == 1


@KIND
def test_code_scanning_explains_the_rule_of_a_kind(kind):
    (rule,) = json.loads(shown("sarif", kind))["runs"][0]["tool"]["driver"]["rules"]
    facts = kind.facts
    assert rule["id"] == kind.rule
    texts = [rule[name]["text"] for name in ("shortDescription", "fullDescription", "help")]
    assert texts == [facts.title, facts.meaning, facts.remedy] == [*RULES[kind.rule]]


@KIND
def test_code_quality_has_the_weight_of_a_kind(kind):
    (entry,) = json.loads(shown("gitlab", kind))
    assert (entry["check_name"], entry["severity"]) == (kind.rule, kind.facts.weight)
    blocking = structs.replace(change(kind), obstacle=Obstacle.FILE)
    (entry,) = json.loads(render("gitlab", Outcome("check", drift=(blocking,)), Style()))
    assert (entry["check_name"], entry["severity"]) == ("drift/in-the-way", "critical")


@KIND
@pytest.mark.parametrize("name", ["sarif", "rdjson"])
def test_what_is_harmless_is_a_warning(name, kind):
    report = json.loads(shown(name, kind))
    found = report["runs"][0]["results"][0]["level"] if name == "sarif" else report["severity"]
    assert found.lower() == ("warning" if kind.facts.harmless else "error")

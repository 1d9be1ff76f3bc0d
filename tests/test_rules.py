"""The table of rules, held against the findings that bear them."""

import ast
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from kure_hooks.cli import main
from kure_hooks.config import load as load_settings
from kure_hooks.errors import InputError
from kure_hooks.files.tree import WorkTree
from kure_hooks.findings import CITED, Finding, Location, Severity, of_rule
from kure_hooks.lint.catalogue import chapters, check_of, rule_of
from kure_hooks.lint.rules import MODULES as OF_LINT
from kure_hooks.operations import fleet
from kure_hooks.outcome import Outcome
from kure_hooks.reports import REPORTS, Style, render
from kure_hooks.reports.json import parse
from kure_hooks.rules import CHAPTERS, RULES
from kure_hooks.rules.rule import Rule
from tests.support.rules_page import page

PACKAGE = Path(__file__).parents[1] / "kure_hooks"
ALL = {**CHAPTERS, **chapters()}
EVERY = {**RULES, **{name: rule_of(name) for name in OF_LINT}}
CASES = sorted(path for path in (PACKAGE.parent / "tests/invalid").iterdir() if path.is_dir())
PREFIXES = {name[:2] for name in (*RULES, *OF_LINT)}
# Of the rules themselves, those of lint have a module each; findings get their identifiers later.
TABLES = (PACKAGE / "rules", PACKAGE / "lint/rules")
MODULES = [each for each in PACKAGE.rglob("*.py") if each.parent not in TABLES]


def quoted(module):
    """Return all texts of a module that are an identifier of a rule and nothing else."""
    found = re.findall(r'"([A-Z]{2}[0-9]{3})"', module.read_text())
    return {name for name in found if name[:2] in PREFIXES}


MAKERS = {"fault", "key_fault", "Finding"}


def is_tied(function):
    """Whether a decorator gives the findings of a function their rule."""
    names = (getattr(getattr(each, "func", None), "id", "") for each in function.decorator_list)
    return "of_rule" in names


def made(node):
    """Yield the calls that make findings and name no rule, outside of tied functions."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef) and is_tied(child):
            continue
        if isinstance(child, ast.Call):
            name = getattr(child.func, "attr", getattr(child.func, "id", ""))
            arguments = {each.arg for each in child.keywords}
            if name in MAKERS and "rule" not in arguments and (child.args or arguments):
                yield child
        yield from made(child)


def without_rule(module):
    """Return the places in a module that make findings of no rule."""
    name = str(module.relative_to(PACKAGE))
    if name == "yamlio/place.py":  # the makers themselves
        return []
    return [f"{name}:{call.lineno}" for call in made(ast.parse(module.read_text()))]


def test_every_rule_is_used_and_every_rule_that_is_used_is_documented():
    used = set().union(*map(quoted, MODULES), OF_LINT)
    assert used == {*RULES, *OF_LINT}


def test_the_texts_of_a_rule_stand_once():
    """Those of a rule that lint has are in its module alone, whoever else finds it."""
    assert set(RULES).isdisjoint(OF_LINT)


def test_each_module_of_lint_is_one_rule():
    files = {path.stem for path in (PACKAGE / "lint/rules").glob("*.py")} - {"__init__"}
    assert set(OF_LINT.values()) == files
    assert len(files) == len(OF_LINT)
    for name in OF_LINT:
        check = check_of(name)
        assert check.of_cluster or check.of_repository or check.of_change


def test_no_text_begins_with_a_rule():
    pattern = re.compile(rf"(?:{'|'.join(sorted(PREFIXES))})[0-9]{{3}}: ")
    assert [each for each in MODULES if pattern.search(each.read_text())] == []


def test_every_finding_that_is_made_has_a_rule():
    """A call that makes a finding names the rule, or is in a function that `of_rule` ties to it."""
    assert [place for module in MODULES for place in without_rule(module)] == []


def test_identifiers_are_unique_and_in_order():
    assert sum(map(len, CHAPTERS.values())) == len(RULES)
    assert all(re.fullmatch(r"[A-Z]{2}[0-9]{3}", name) for name in RULES)
    for chapter in ALL.values():
        prefixes = [*dict.fromkeys(name[:2] for name in chapter)]
        ordered = sorted(chapter, key=lambda name: (prefixes.index(name[:2]), name))
        assert list(chapter) == ordered


def test_titles_are_unique_within_a_tool_and_texts_are_sentences():
    for chapter in ALL.values():
        titles = [rule.title for rule in chapter.values()]
        assert len(titles) == len(set(titles))
    for rule in EVERY.values():
        assert not rule.title.endswith(".")
        assert rule.title[0].isupper()
        assert rule.meaning[0].isalnum() or rule.meaning[0] == "`"
        assert rule.meaning.endswith(".")
        assert rule.remedy.endswith(".")
        assert all(len(text) <= 1024 for text in rule)  # what GitHub shows of a rule


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_finding_of_invalid_input_has_a_rule(case):
    tree = WorkTree(case)
    with pytest.raises(InputError) as caught:
        fleet.generate(tree, load_settings(tree), ())
    findings = caught.value.findings
    assert [str(each) for each in findings if each.rule not in EVERY] == []
    allowed = {"FX009", "FX010", "FX016", "EN006"}  # errors in some cases, warnings in others
    judged = [each for each in findings if each.rule not in allowed]
    assert [str(each) for each in judged if each.severity != EVERY[each.rule].severity] == []


def test_cited_rules_are_rules():
    assert set(EVERY) > CITED
    at = Location("a.yaml", 1, 2)
    assert str(Finding(at, "spec", "bad", rule="FX014")) == "a.yaml:1:2: spec: FX014: bad"
    assert str(Finding(at, "spec", "bad", rule="TY001")) == "a.yaml:1:2: spec: bad"


def test_a_finding_keeps_the_rule_that_it_has():
    at = Location("a.yaml")

    @of_rule("FX004")
    def dependency_cycle():
        """Yield a cycle."""
        yield Finding(at, "", "one")
        yield Finding(at, "", "two", rule="FX003")

    assert [each.rule for each in dependency_cycle()] == ["FX004", "FX003"]
    assert dependency_cycle.__name__ == "dependency_cycle"
    assert dependency_cycle.__doc__ == "Yield a cycle."


def test_rules_do_not_change_the_order_of_findings():
    at = Location("a.yaml", 1, 1)
    found = [Finding(at, "b", "x", rule="AA001"), Finding(at, "a", "y", rule="ZZ009")]
    assert [each.key for each in InputError(found).findings] == ["a", "b"]


def test_the_page_of_rules_is_what_the_table_says():
    """To fix: python -m tests.support.rules_page > docs/rules.md."""
    assert (PACKAGE.parent / "docs/rules.md").read_text() == page()


def run(*arguments):
    result = CliRunner().invoke(main, ["rule", *arguments])
    return result.exit_code, result.stdout, result.stderr


def test_the_command_explains_a_rule():
    code, out, _ = run("fx014")
    rule = EVERY["FX014"]
    assert code == 0
    assert out.splitlines()[:6] == [
        f"FX014: {rule.title} (warning)",
        *("", rule.meaning, rule.remedy, ""),
        f"Rule of: {rule.source}",
    ]


def test_the_command_shows_examples_and_incidents(monkeypatch):
    example = Rule(
        *("Path", Severity.ERROR, "It fails.", "Mend it.", "Flux 2.9"),
        *("path: ./a\n", "path: ./b\n", ("https://example.com/1",)),
    )
    monkeypatch.setattr("kure_hooks.cli.rule.rule_of_lint", {"FX001": example}.get)
    expected = """\
FX001: Path (error)

It fails.
Mend it.

Rule of: Flux 2.9

Wrong:
  path: ./a

Right:
  path: ./b

What it did to others:
  https://example.com/1
"""
    assert run("fx001") == (0, expected, "")


@pytest.mark.parametrize(
    ("name", "hint"), [("FX0141", '. Did you mean "FX014"?'), ("::error::x", "."), ("", ".")]
)
def test_the_command_names_the_rule_that_is_meant(name, hint):
    expected = f"error: There is no rule {name}{hint} `kure-hooks rule` lists all rules.\n"
    assert run(name) == (2, "", expected)


def test_a_verbose_text_report_shows_the_rule():
    at = Location("a.yaml", 1, 2)
    outcome = Outcome("check", findings=(Finding(at, "x", "unknown key", rule="TY003"),))
    assert render("text", outcome, Style(verbose=True)).startswith(
        "a.yaml:1:2: x: unknown key [TY003]\n"
    )
    assert render("text", outcome, Style()).startswith("a.yaml:1:2: x: unknown key\n")


@pytest.mark.parametrize("rule", ["", "XY001", "\x1b[31m::error::" + "x" * 9_000])
@pytest.mark.parametrize("name", sorted(REPORTS))
def test_reports_bear_the_rule_of_a_package_or_none(name, rule):
    outcome = Outcome("check", findings=(Finding(Location("a.yaml", 1, 2), "x", "odd", rule=rule),))
    assert "\x1b" not in render(name, outcome, Style())


def test_json_keeps_the_rule_and_reads_reports_without_one():
    finding = Finding(Location("a.yaml", 1, 2), "x", "odd", rule="TY003")
    outcome = Outcome("check", findings=(finding,))
    report = json.loads(render("json", outcome, Style()))
    assert report["findings"][0]["rule"] == "TY003"
    assert parse(json.dumps(report)).findings == outcome.findings
    del report["findings"][0]["rule"]
    assert parse(json.dumps(report)).findings[0].rule == ""

"""Baselines: what they hold, what is new beside them, and what is gone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kure_hooks.errors import InputError
from kure_hooks.findings import Finding, Location, Severity
from kure_hooks.lint.baseline import HEADER, parse, written


def finding(rule="FX001", path="a.yaml", line=1, name="Kustomization a/b", **more):
    return Finding(Location(path, line, 1), "spec", "bad", rule=rule, object=name, **more)


THREE = [finding(), finding(line=9), finding("KZ003", "b.yaml", name="")]
TEXT = HEADER + (
    b"# Write it again with: kure-hooks lint --baseline FILE --write-baseline\n"
    b"version: 1\nfindings:\n"
    b"- rule: FX001\n  file: a.yaml\n  object: Kustomization a/b\n  count: 2\n"
    b"- rule: KZ003\n  file: b.yaml\n  count: 1\n"
)


def anything(_):
    return True


def split(data, findings, is_judged=anything):
    return parse("base.yaml", data).split(findings, is_judged)


def test_a_baseline_counts_findings_and_has_no_lines():
    assert written(THREE) == TEXT


def test_the_order_of_findings_does_not_count():
    shuffled = [*THREE, finding("AR001"), finding(path="z.yaml")]
    first = written(shuffled)
    assert written(reversed(shuffled)) == first


def test_infos_are_in_no_baseline():
    assert b"FX009" not in written([finding("FX009", severity=Severity.INFO)])


def test_known_findings_are_left_out_wherever_they_have_moved():
    moved = [finding(line=70), finding(line=71), finding("KZ003", "b.yaml", line=3, name="")]
    assert split(TEXT, moved) == ([], moved)


def test_of_more_than_are_known_the_last_ones_are_new():
    more = [*THREE[:2], finding(line=20), THREE[2]]
    assert split(TEXT, more) == ([more[2]], THREE)


@pytest.mark.parametrize(
    "other", [finding("FX002"), finding(path="c.yaml"), finding(name="Kustomization a/c")]
)
def test_another_rule_file_or_object_is_new(other):
    new, known = split(TEXT, [*THREE, other])
    assert (new, known) == ([other], THREE)


def test_what_no_longer_occurs_is_told_at_its_line():
    new, _ = split(TEXT, THREE[:1])
    assert [str(item) for item in new] == [
        (
            "base.yaml:5:3: findings[0]: FX001 on Kustomization a/b occurs only 1 of 2 times. "
            "Write the baseline again with --write-baseline."
        ),
        (
            "base.yaml:9:3: findings[1]: KZ003 on b.yaml no longer occurs. "
            "Write the baseline again with --write-baseline."
        ),
    ]
    assert {(item.rule, item.severity) for item in new} == {("LI003", Severity.WARNING)}


def test_of_what_was_not_looked_for_nothing_is_told():
    new, _ = split(TEXT, THREE[:1], lambda entry: entry.rule != "KZ003" and entry.count > 5)
    assert new == []


def test_entries_that_were_not_looked_for_can_be_kept():
    kept = parse("base.yaml", TEXT).entries[1:]
    assert written(THREE[:2], kept) == TEXT


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("version: 2\n", ["base.yaml:1:10: version: 2 is not valid. Write 1."]),
        ("findings: []\n", ["base.yaml:1:1: version: this required key is missing"]),
        ("", ["base.yaml:1:1: the baseline has 0 documents. Keep one document."]),
        (
            "version: 1\nfindings:\n- rule: FX001\n  file: a\n  lines: 3\n  count: 0\n",
            [
                "base.yaml:5:3: findings[0].lines: unknown key",
                (
                    "base.yaml:6:10: findings[0].count: 0 is not valid. Write a number of "
                    "findings from 1"
                ),
            ],
        ),
    ],
)
def test_what_is_no_baseline_is_refused_at_its_line(text, problems):
    with pytest.raises(InputError) as caught:
        parse("base.yaml", text.encode())
    found = [str(item) for item in caught.value.findings]
    assert len(found) == len(problems)
    assert all(line.startswith(start) for line, start in zip(found, problems, strict=True))


NAMES = st.text(min_size=1, max_size=6)


@given(st.lists(st.builds(finding, NAMES, NAMES, st.integers(1, 9), st.text(max_size=6))))
def test_a_baseline_leaves_out_all_that_it_was_made_of(findings):
    """Whatever rules, files and objects are called."""
    new, known = split(written(findings), findings)
    assert new == []
    assert known == findings

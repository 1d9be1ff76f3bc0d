"""The rules of problems, with their texts, for reports that explain them.

Those of drift are facts of its kinds, and those of findings the table `kure_hooks.rules`.
"""

from typing import NamedTuple

from kure_hooks.drift.kinds import REVIEW, Facts, Kind
from kure_hooks.drift.result import IN_THE_WAY


class Rule(NamedTuple):
    """A kind of problem: in a few words, in a sentence, and what to do."""

    title: str
    meaning: str
    remedy: str


def _of_kind(facts: Facts) -> Rule:
    return Rule(facts.title, facts.meaning, facts.remedy)


RULES = {
    "failure": Rule(
        "The run failed",
        "A program or the file system failed, or the command was not used right.",
        "Do what the message says and run again.",
    ),
    "input": Rule(
        "Fault in the input",
        "A stack, a file that it refers to or a manifest is not valid, or looks like a mistake.",
        "Fix the file at the place given; the message says what is expected there.",
    ),
    "left-out": Rule(
        "More problems than a list has room for",
        "The list ends with the most serious problems; the message says how many are left out.",
        "Fix those shown and run again.",
    ),
    **{kind.rule: _of_kind(kind.facts) for kind in Kind},
    IN_THE_WAY: Rule(
        "Foreign file in the way of a generated one",
        "A file that kure-hooks did not write is where one is generated, so nothing is written.",
        "Move the file away, list it under `drift.keep` in .kure-hooks.yaml, change `output` "
        "there, or take it over with `kure-hooks generate --adopt`.",
    ),
    "displaced/uncommitted": Rule(
        "Uncommitted content of a generated file replaced",
        "A file was generated anew, or removed, whose content was not committed.",
        "Make the change in the stack. The message says how to get the content back.",
    ),
    "displaced/adopted": Rule(
        "File taken over",
        "A file that somebody wrote without kure-hooks is now generated.",
        "Review what the change does to the cluster. The message says how to get the file back.",
    ),
    "cluster/added": Rule(
        "Cluster added",
        "Only the second of two revisions has the cluster.",
        REVIEW,
    ),
    "cluster/removed": Rule(
        "Cluster removed",
        "Only the first of two revisions has the cluster.",
        REVIEW,
    ),
}


def rule_of(name: str) -> Rule | None:
    """Return the texts of a problem's rule; None for one that is not ours."""
    if known := RULES.get(name):
        return known
    from kure_hooks import rules  # noqa: PLC0415 - the texts of all rules, and most drift has none
    from kure_hooks.lint import catalogue  # noqa: PLC0415 - likewise

    rule = catalogue.rule_of(name) or rules.RULES.get(name)
    return Rule(rule.title, rule.meaning, rule.remedy) if rule else None


def title_of(name: str) -> str:
    """Return a rule in a few words, empty for one that is not ours."""
    rule = rule_of(name)
    return rule.title if rule else ""

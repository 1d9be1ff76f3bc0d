"""Rules about runs of lint themselves: suppressions, baselines and policies."""

from collections.abc import Mapping

from kure_hooks.rules.rule import ERROR, INFO, WARNING, Rule

RULES: Mapping[str, Rule] = {
    "LI001": Rule(
        "Suppression that suppresses nothing",
        WARNING,
        "An annotation `kure-hooks.io/ignore` or a comment `# kure-hooks: ignore` names a rule "
        "that finds nothing there any more. Left alone, it would hide the fault when it comes "
        "back.",
        "Delete the rule from the suppression, or the suppression with it.",
    ),
    "LI002": Rule(
        "Suppression of an unknown rule",
        WARNING,
        "An annotation or a comment that suppresses findings names no rule, or one that lint does "
        "not have, so it suppresses nothing.",
        "Name a rule that `kure-hooks rule` lists.",
    ),
    "LI003": Rule(
        "Baseline entry that no longer occurs",
        WARNING,
        "The baseline has a finding that is gone, or more findings of it than there are. It would "
        "hide the next one of its kind.",
        "Write the baseline again with `kure-hooks lint --baseline FILE --write-baseline`.",
    ),
    "LI004": Rule(
        "Policy that can't be evaluated",
        ERROR,
        "The expression of a policy failed on an object, so nobody knows whether the object is "
        "right. Often a key is missing that only some objects have.",
        "Guard the expression, as with `has(object.spec.replicas)`, or narrow `match`.",
    ),
    "LI005": Rule(
        "Policy that looks at nothing",
        INFO,
        "No object of the repository is one that the `match` of a policy means, so that the policy "
        "never says anything: a kind is misspelled, or the last object of it is gone.",
        "Correct `match`, or delete the policy.",
    ),
}

"""AR019: an ApplicationSet of which Argo CD makes no Application."""

from collections.abc import Iterator
from typing import Any

from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.repository import Cluster
from kure_hooks.lint.argocd import application_sets
from kure_hooks.rules.rule import ERROR, Rule

RULE = Rule(
    "ApplicationSet that makes no Application",
    ERROR,
    "A template that can't be read, or that names a parameter which a generator doesn't make, "
    "stops the controller: no Application is made or changed any more. A generator that matches "
    "nothing in the repository makes none either, and deletes those that it made before; that is a "
    "warning.",
    "Correct the template, or the pattern of the generator.",
    "Argo CD 3.5",
    wrong="""\
spec:
  goTemplate: true
  goTemplateOptions: [missingkey=error]
  generators:
    - list: {elements: [{env: prod}]}
  template:
    metadata: {name: "shop-{{.enw}}"}
""",
    right="""\
  template:
    metadata: {name: "shop-{{.env}}"}
""",
    incidents=("https://github.com/argoproj/argo-cd/issues/16832",),
)


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield the sets that are refused, and those whose generators of git match nothing."""
    for owner in application_sets(cluster):
        if owner.refusals:
            problem = f"Argo CD makes no Application of this set: it {owner.refusals[0]}"
            expected = "Correct the template or its parameters."
            yield owner.resource.finding(("spec", "template"), problem, expected, "AR019")
        elif owner.is_certain and not owner.resources and _reads_git(owner.spec):
            problem = "the generators of this set match nothing in the repository"
            pointer = ("spec", "generators")
            expected = "Correct the pattern, or add what it should match."
            yield owner.resource.finding(pointer, problem, expected, "AR019", Severity.WARNING)


def _reads_git(value: Any) -> bool:
    """Tell whether a generator, or one inside of it, reads the repository."""
    if isinstance(value, dict):
        return "git" in value or any(map(_reads_git, value.values()))
    return isinstance(value, list) and any(map(_reads_git, value))

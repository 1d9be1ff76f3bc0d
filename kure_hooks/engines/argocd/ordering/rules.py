"""What the chosen strategy can't honour."""

from collections.abc import Iterator, Sequence

from kure_hooks.engines.argocd.ordering.strategies import strategy
from kure_hooks.engines.interface import Check
from kure_hooks.findings import Finding, Severity
from kure_hooks.layout.plan import Plan


def external_dependencies_are_told(plan: Plan) -> Iterator[Finding]:
    """What is not in the cluster's tree has no place in its order."""
    for unit in plan.units:
        for each in unit.bundle.depends_on:
            if each.external:
                problem = f"AO002: bundle {unit.name} doesn't wait for {each.name}"
                expected = "what is outside of the stack ready before, or inside of it"
                yield each.key("name").fault(problem, expected, Severity.WARNING)


def strategies_are_honest(plan: Plan) -> Iterator[Finding]:
    """The chosen strategy says itself what it can't honour."""
    yield from strategy(plan).problems(plan)


RULES: Sequence[Check] = (external_dependencies_are_told, strategies_are_honest)

"""The strategies of `gitops.argocd.ordering`, and warnings about what one can't honour."""

from collections.abc import Iterator, Mapping, Sequence

from kure_hooks.engines.argocd.ordering import progressive, resource_waves, waves
from kure_hooks.engines.argocd.ordering.interface import Strategy
from kure_hooks.engines.interface import Check
from kure_hooks.findings import Finding, Severity, of_rule
from kure_hooks.layout.plan import Plan
from kure_hooks.stack.graph import before, levels

STRATEGIES: Mapping[str, Strategy] = {
    "waves": waves,
    "progressive": progressive,
    "resource-waves": resource_waves,
}


def strategy(plan: Plan) -> Strategy:
    """Return the strategy that the cluster chose."""
    return STRATEGIES[plan.cluster.argocd.ordering]


@of_rule("AO002")
def external_dependencies_are_told(plan: Plan) -> Iterator[Finding]:
    """Warn about dependencies outside of the cluster's tree: they have no place in its order."""
    for unit in plan.units:
        for each in unit.bundle.depends_on:
            if each.external:
                problem = f"bundle {unit.name} doesn't wait for {each.name}"
                expected = "Have it ready before, or put it into the stack."
                yield each.key("name").fault(problem, expected, Severity.WARNING)


@of_rule("AO010")
def set_options_have_a_set(plan: Plan) -> Iterator[Finding]:
    """Options of an ApplicationSet mean something where there is one, and differences say which."""
    place = plan.cluster.key("gitops", "argocd", "applicationSet")
    options = plan.cluster.argocd.application_set
    if options is None:
        return
    if plan.cluster.argocd.ordering != "progressive" and place.exists:
        problem = f"there is no ApplicationSet with ordering {plan.cluster.argocd.ordering}"
        yield place.fault(problem, "Set ordering: progressive, or delete applicationSet.")
    for index, each in enumerate(options.ignore_application_differences):
        if not (each.json_pointers or each.jq_path_expressions):
            difference = place.below("ignoreApplicationDifferences", index)
            yield difference.fault(
                "this difference has no fields", "jsonPointers or jqPathExpressions"
            )


@of_rule("AO014")
def waves_keep_the_order(plan: Plan) -> Iterator[Finding]:
    """A wave of a bundle's own comes after those of all that it waits for, and needs waves."""
    bundles = {bundle.name: bundle for bundle in plan.cluster.bundles()}
    own = [bundle for bundle in bundles.values() if bundle.options.argocd.wave is not None]
    if not own:
        return
    if plan.cluster.argocd.ordering != "waves":
        for bundle in own:
            problem = f"ordering {plan.cluster.argocd.ordering} has no waves of Applications"
            yield bundle.key("argocd", "wave").fault(
                problem, "Delete the wave, or set ordering: waves."
            )
        return
    level, earlier = levels(plan.cluster), before(plan.cluster)
    for name, bundle in bundles.items():
        turn = waves.wave(bundle, level)
        late = [
            other for other in sorted(earlier[name]) if waves.wave(bundles[other], level) >= turn
        ]
        if late:
            problem = f"bundle {name} in wave {turn} does not come after {', '.join(late)}"
            expected = "Give what waits later waves, or no wave."
            yield bundle.key("argocd", "wave").fault(problem, expected)


def strategies_are_honest(plan: Plan) -> Iterator[Finding]:
    """The chosen strategy says itself what it can't honour."""
    yield from strategy(plan).problems(plan)


RULES: Sequence[Check] = (
    external_dependencies_are_told,
    set_options_have_a_set,
    waves_keep_the_order,
    strategies_are_honest,
)

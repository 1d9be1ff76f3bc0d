"""The strategies by the name that `gitops.argocd.ordering` gives them."""

from collections.abc import Mapping, Sequence

from kure_hooks.engines import placement
from kure_hooks.engines.argocd.ordering import progressive, resource_waves, waves
from kure_hooks.engines.argocd.ordering.interface import Strategy
from kure_hooks.engines.interface import Start
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.tree import Directory, Item

STRATEGIES: Mapping[str, Strategy] = {
    "waves": waves,
    "progressive": progressive,
    "resource-waves": resource_waves,
}


def strategy(plan: Plan) -> Strategy:
    """Return the strategy that the cluster chose."""
    return STRATEGIES[plan.cluster.argocd.ordering]


def layout(
    plan: Plan,
    objects: Sequence[Item],
    start: Start,
    payloads: Sequence[Directory],
) -> Sequence[Directory]:
    """Return all directories, as `placement.separate` does, with what the strategy adds."""
    ordered = strategy(plan).payloads(plan, payloads)
    return placement.separate(plan, placement.each_in_a_file(plan, objects), start, ordered)

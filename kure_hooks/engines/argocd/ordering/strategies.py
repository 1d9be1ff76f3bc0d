"""The strategies by the name that `gitops.argocd.ordering` gives them."""

from collections.abc import Mapping

from kure_hooks.engines.argocd.ordering import progressive, resource_waves, waves
from kure_hooks.engines.argocd.ordering.interface import Strategy
from kure_hooks.layout.plan import Plan

STRATEGIES: Mapping[str, Strategy] = {
    "waves": waves,
    "progressive": progressive,
    "resource-waves": resource_waves,
}


def strategy(plan: Plan) -> Strategy:
    """Return the strategy that the cluster chose."""
    return STRATEGIES[plan.cluster.argocd.ordering]

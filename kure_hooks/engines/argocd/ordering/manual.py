"""Which bundles wait for somebody to sync them."""

from collections.abc import Iterator

from kure_hooks.engines.argocd.policies import sync_policy
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.units import Unit


def manual(plan: Plan) -> Iterator[tuple[Unit, str]]:
    """Yield the units that Argo CD doesn't sync by itself, each with the key that says so."""
    for unit in plan.units:
        if sync_policy(plan, unit.bundle).get("automated", {}).get("enabled") is False:
            own = unit.bundle.options.suspend
            yield unit, "suspend" if own else "argocd.syncPolicy.automated.enabled"

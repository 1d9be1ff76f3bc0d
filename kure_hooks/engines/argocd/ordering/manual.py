"""Bundles that wait for somebody to sync them."""

from collections.abc import Iterator

from kure_hooks.engines.argocd.policies import policies, sync_policy
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.units import Unit
from kure_hooks.yamlio.place import Place


def manual(plan: Plan) -> Iterator[tuple[Unit, Place]]:
    """Yield the units that Argo CD doesn't sync by itself, each with the key that says so."""
    for unit in plan.units:
        if sync_policy(plan, unit.bundle).get("automated", {}).get("enabled") is False:
            own, _ = policies(plan, unit.bundle)
            enabled = ("argocd", "syncPolicy", "automated", "enabled")
            if own.automated.enabled is False:
                yield unit, unit.bundle.key(*enabled)
            elif unit.bundle.options.suspend:
                yield unit, unit.bundle.key("suspend")
            else:
                yield unit, plan.cluster.key("gitops", *enabled)

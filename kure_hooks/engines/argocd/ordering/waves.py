"""The strategy `waves`: Applications in the waves of the root Application's sync.

It orders the first roll-out and changes of the Applications themselves. Argo CD waits between waves
of Applications only if argocd-cm tells their health.
"""

from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from kure_hooks.apps.metadata import with_annotations
from kure_hooks.engines.argocd.applications import WAVE
from kure_hooks.engines.argocd.bootstrap.rules import is_configured
from kure_hooks.engines.argocd.ordering.interface import Deployment
from kure_hooks.engines.argocd.sync_policy import policies, sync_policy
from kure_hooks.findings import Finding, Severity, of_rule
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.tree import Directory, Item
from kure_hooks.layout.units import Unit
from kure_hooks.stack.graph import before, levels
from kure_hooks.stack.model import Bundle
from kure_hooks.yamlio.place import Place


def applications(plan: Plan, deployments: Sequence[Deployment]) -> Sequence[Item]:
    """See Strategy: every Application, its level as its wave unless the bundle has one."""
    level = levels(plan.cluster)
    return [in_wave(each.application, wave(each.unit.bundle, level)) for each in deployments]


def wave(bundle: Bundle, level: Mapping[str, int]) -> int:
    """Return the wave of a bundle: its own, or its level."""
    own = bundle.options.argocd.wave
    return level[bundle.name] if own is None else own


def objects(plan: Plan, applications: Sequence[Item]) -> Sequence[Item]:
    """See Strategy: the Applications themselves."""
    del plan
    return applications


def payloads(plan: Plan, directories: Sequence[Directory]) -> Sequence[Directory]:
    """See Strategy: the manifests say nothing of the order."""
    del plan
    return directories


@of_rule("AO008")
def problems(plan: Plan) -> Iterator[Finding]:
    """See Strategy: Argo CD has to know the health of Applications, and syncs some by hand only."""
    if any(before(plan.cluster).values()):
        yield from health_is_told(plan)
    if not plan.cluster.argocd.health_requires_sync:
        return
    needed = {name for earlier in before(plan.cluster).values() for name in earlier}
    for unit, place in manual(plan):
        if unit.name in needed:
            problem = f"what waits for bundle {unit.name} waits until somebody syncs it"
            expected = "automated sync, or gitops.argocd.healthRequiresSync: false"
            yield place.fault(problem, expected, Severity.WARNING)


@of_rule("AO009")
def health_is_told(plan: Plan) -> Iterator[Finding]:
    """Between waves of Applications Argo CD waits only if argocd-cm tells their health."""
    if is_configured(plan.cluster) or plan.cluster.argocd.health_configured:
        return
    problem = (
        "Argo CD doesn't wait for the Applications that others depend on, "
        "unless argocd-cm tells their health"
    )
    expected = (
        "Apply the patch that `kure-hooks bootstrap --argocd-health` prints to the cluster, and "
        "write gitops.argocd.healthConfigured: true here. Or write a bootstrap with argoCDMode."
    )
    place = plan.cluster.key("gitops", "argocd", "ordering")
    yield place.fault(problem, expected, Severity.WARNING)


def in_wave(item: Item, wave: int) -> Item:
    """Return an Application in a wave, whatever wave it was in."""
    metadata = item.manifest["metadata"]
    kept = {key: each for key, each in metadata.get("annotations", {}).items() if key != WAVE}
    bare = item.manifest | {"metadata": metadata | {"annotations": kept}}
    return replace(item, manifest=with_annotations({WAVE: str(wave)})(bare))


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

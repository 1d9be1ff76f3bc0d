"""The readiness of Kustomizations (kustomize-controller of Flux 2.9).

With `wait` Flux checks all objects that a Kustomization applies, and ignores its healthChecks.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from kure_hooks.engines.objects import name_of, namespace_of
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding, Severity, of_rule
from kure_hooks.layout.payloads import Contents
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.units import Unit
from kure_hooks.manifests import Identity, Manifest, identity, without_empty, written
from kure_hooks.stack.bundle_options import BundleOptions

KUSTOMIZATION = "kustomize.toolkit.fluxcd.io/v1"

_WORKLOADS = frozenset({("apps", "Deployment"), ("apps", "StatefulSet"), ("apps", "DaemonSet")})


def readiness(plan: Plan, unit: Unit, contents: Contents) -> dict[str, Any]:
    """Return the fields of a Kustomization that say what it waits for.

    An umbrella that applies its children itself waits for all that it applies. One whose children
    are applied from elsewhere would not see them by `wait`, so it checks them by name. A bundle is
    not ready before the parts that were split off from it are.
    """
    options = unit.bundle.options
    checks: list[Manifest] = written(options.health_checks)
    if unit.bundle.children and _contains(plan, unit):
        found: dict[str, Any] = {"wait": True}
    elif unit.bundle.children:
        children = _kustomizations(
            plan, (plan.by_name[child.name] for child in unit.bundle.children)
        )
        found = {"healthChecks": [*children, *_workloads(plan, unit, contents), *checks]}
    elif unit.part or options.wait:
        found = {"wait": options.wait}
    else:
        home = namespace_of(plan, unit.bundle)
        parts = [_kustomization(name_of(part), home) for part in plan.parts.get(unit.name, ())]
        found = {"wait": options.wait, "healthChecks": [*parts, *checks]}
    exprs = written(options.health_check_exprs) if any(found.values()) else []
    return found | {"healthCheckExprs": exprs}


@of_rule("FX009")
def health_checks_are_heard(plan: Plan) -> Iterator[Finding]:
    """Refuse health checks that Flux would ignore: beside `wait`, or expressions without either."""
    for unit in plan.units:
        bundle = unit.bundle
        options = bundle.options
        waits = _contains(plan, unit) if bundle.children else options.wait
        if waits and options.health_checks:
            problem = f"bundle {bundle.name} waits for all that it applies, so Flux ignores these"
            expected = (
                "Delete healthChecks." if bundle.children else "Keep either wait or healthChecks."
            )
            yield bundle.key("healthChecks").fault(problem, expected)
        checks = options.health_checks or options.wait or bundle.children
        if options.health_check_exprs and not checks:
            problem = f"bundle {bundle.name} waits for nothing, so Flux ignores these"
            expected = "wait or healthChecks as well"
            yield bundle.key("healthCheckExprs").fault(problem, expected)


@of_rule("FX109")
def umbrellas_wait_for_their_payload(
    plan: Plan, contents: Contents, tree: Tree
) -> Iterator[Finding]:
    """Warn about an umbrella that can't wait for the objects of its payload.

    Its children are applied from elsewhere, so that it checks them by name; `wait` would leave them
    out, and the objects of a directory that is not known here have no names.
    """
    del contents, tree  # its own directory is all that counts
    for unit in plan.units:
        held = plan.existing.get(unit.name)
        known = held is not None and held.whole and held.plain
        told = known or unit.bundle.options.health_checks
        if unit.exists and unit.bundle.children and not told:
            problem = f"umbrella {unit.name} is ready before the objects of its own payload are"
            expected = "Name the workloads of the payload in healthChecks."
            yield unit.bundle.key("payload").fault(problem, expected, Severity.WARNING)


@of_rule("FX106")
def umbrellas_are_at_home(plan: Plan) -> Iterator[Finding]:
    """With a kubeConfig Flux looks for an umbrella's children on the remote cluster."""
    containers = {each.container for each in plan.units}
    for unit in plan.units:
        outer = bool(unit.bundle.children) or unit.name in containers
        if outer and unit.bundle.options.kube_config:
            problem = f"the Kustomizations below {unit.name} would be sought on the other cluster"
            expected = "Write kubeConfig in bundles that have no others below them."
            yield unit.bundle.key("kubeConfig").fault(problem, expected)


def _contains(plan: Plan, unit: Unit) -> bool:
    """Tell whether an umbrella applies the Kustomizations of its children.

    None are put to the files of a payload that exists.
    """
    return plan.rules.flux_placement != "separate" and not unit.exists


def _kustomizations(plan: Plan, units: Iterable[Unit]) -> list[Manifest]:
    return [_kustomization(name_of(unit), namespace_of(plan, unit.bundle)) for unit in units]


def _kustomization(name: str, namespace: str) -> Manifest:
    return _check(KUSTOMIZATION, "Kustomization", name, namespace)


def _workloads(plan: Plan, unit: Unit, contents: Contents) -> list[Manifest]:
    held = plan.existing.get(unit.name)
    found = (each for _, product in contents[unit.bundle.name] for each in product.manifests)
    known = [*held.objects] if held and held.whole and held.plain else []
    for _, product in contents[unit.bundle.name]:
        overlay = product.overlay
        if overlay and overlay.holdings.whole and overlay.holdings.plain:
            known += overlay.holdings.objects
    return [
        _workload(unit.bundle.options, who)
        for who in map(identity, (*known, *found))
        if (who.group, who.kind) in _WORKLOADS
    ]


def _workload(options: BundleOptions, who: Identity) -> Manifest:
    """Return the check of a workload, which Flux renames when it builds the bundle."""
    name = f"{options.name_prefix or ''}{who.name}{options.name_suffix or ''}"
    namespace = options.target_namespace or who.namespace
    return _check(f"{who.group}/v1", who.kind, name, namespace)


def _check(api: str, kind: str, name: str, namespace: str) -> Manifest:
    return without_empty({"apiVersion": api, "kind": kind, "name": name, "namespace": namespace})

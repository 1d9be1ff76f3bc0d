"""Circles of Kustomizations that lie in each other's payloads."""

from collections.abc import Iterator

from kure_hooks.engines.flux.dependencies import dependencies
from kure_hooks.findings import Finding, of_rule
from kure_hooks.layout.containers import events
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.units import Unit
from kure_hooks.stack.graph import longest

# What kustomize-controller does to all objects of a payload, the Kustomizations in it included.
_REWRITING = ("target_namespace", "name_prefix", "name_suffix")
_KEYS = {"target_namespace": "targetNamespace", "name_prefix": "namePrefix"}
_KEYS["name_suffix"] = "nameSuffix"


@of_rule("FX108")
def contained_objects_keep_their_names(plan: Plan) -> Iterator[Finding]:
    """A bundle that renames what it applies would rename the Kustomizations in its payload."""
    for unit in _containers(plan):
        for name in _REWRITING:
            if getattr(unit.bundle.options, name) is not None:
                key = _KEYS[name]
                problem = f"{key} of {unit.name} would change the Kustomizations in its payload too"
                expected = "fluxPlacement separate, or no such field where other bundles are inside"
                yield unit.bundle.key(key).fault(problem, expected)


def turns(plan: Plan) -> dict[str, tuple[bool, int, int]]:
    """Return when a unit is applied: the units in this order wait for none behind them.

    Those that are suspended are behind all others.
    """
    needs = events(plan.units)
    for name, waits in dependencies(plan).items():
        needs[f"apply {name}"] |= {f"ready {each.name}" for each in waits if not each.external}
    level = longest(needs)
    return {
        unit.name: (bool(unit.bundle.options.suspend), level[f"apply {unit.name}"], number)
        for number, unit in enumerate(plan.units)
    }


def _containers(plan: Plan) -> Iterator[Unit]:
    names = {unit.container for unit in plan.units}
    return (unit for unit in plan.units if unit.name in names)

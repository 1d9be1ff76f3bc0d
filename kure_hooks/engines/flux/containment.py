"""What can't be when Kustomizations lie in each other's payloads."""

from collections.abc import Iterator, Mapping
from itertools import pairwise

from kure_hooks.engines.flux.dependencies import dependencies
from kure_hooks.findings import Finding
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.units import Unit
from kure_hooks.stack.graph import cycle, longest
from kure_hooks.stack.model import Dependency

# What kustomize-controller does to all objects of a payload, the Kustomizations in it included.
_REWRITING = ("target_namespace", "name_prefix", "name_suffix")
_KEYS = {"target_namespace": "targetNamespace", "name_prefix": "namePrefix"}
_KEYS["name_suffix"] = "nameSuffix"


def contained_objects_keep_their_names(plan: Plan) -> Iterator[Finding]:
    """A bundle that renames what it applies would rename the Kustomizations in its payload."""
    for unit in _containers(plan):
        for name in _REWRITING:
            if getattr(unit.bundle.options, name) is not None:
                key = _KEYS[name]
                problem = f"{key} of {unit.name} would change the Kustomizations in its payload too"
                expected = "fluxPlacement separate, or no such field where other bundles are inside"
                yield unit.bundle.key(key).fault(problem, expected)


def nothing_waits_for_itself(plan: Plan) -> Iterator[Finding]:
    """A bundle can't wait for what only it applies, nor be waited for by what it waits for.

    apply(x) needs apply(container) and ready(each dependency); ready(x) needs apply(x) and, with
    `wait`, ready(each that it contains); it always needs ready(each part).
    """
    needs, waits = _events(plan)
    if names := cycle(needs):
        problem = f"these wait for each other for ever: {' -> '.join(names)}"
        expected = "dependencies that are applied elsewhere, or fluxPlacement separate"
        pairs = pairwise(names)
        first = next(waits[one][other] for one, other in pairs if other in waits[one])
        yield first.key("name").fault(problem, expected)


def turns(plan: Plan) -> dict[str, tuple[bool, int, int]]:
    """Return when a unit is applied: the units in this order wait for none behind them.

    Those that are suspended are behind all others. CycleError for a plan in which some wait for
    each other.
    """
    needs, _ = _events(plan)
    level = longest({event: set(before) for event, before in needs.items()})
    return {
        unit.name: (bool(unit.bundle.options.suspend), level[f"apply {unit.name}"], number)
        for number, unit in enumerate(plan.units)
    }


def _events(plan: Plan) -> tuple[dict[str, list[str]], Mapping[str, Mapping[str, Dependency]]]:
    """Return what has to come before each event, and the dependencies of each unit by name."""
    needs: dict[str, list[str]] = {}
    waits = {
        unit: {each.name: each for each in found if not each.external}
        for unit, found in dependencies(plan).items()
    }
    for unit in plan.units:
        apply, ready = f"apply {unit.name}", f"ready {unit.name}"
        needs.setdefault(apply, []).extend(f"ready {name}" for name in waits[unit.name])
        needs.setdefault(ready, []).append(apply)
        if unit.container:
            needs[apply].append(f"apply {unit.container}")
            container = plan.by_name[unit.container].bundle
            if container.options.wait or container.children:
                needs.setdefault(f"ready {unit.container}", []).append(ready)
        if unit.part:
            needs.setdefault(f"ready {unit.bundle.name}", []).append(ready)
    return needs, waits


def _containers(plan: Plan) -> Iterator[Unit]:
    names = {unit.container for unit in plan.units}
    return (unit for unit in plan.units if unit.name in names)

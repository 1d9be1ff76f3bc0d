"""The dependencies of a cluster's Kustomizations, umbrellas expanded.

kustomize-controller of Flux 2.9 counts a dependency as ready when it has the condition Ready for
its newest generation and, if both come from one source, has applied the same revision. It knows
nothing of umbrellas: the health checks of one that has applied a new revision find the older ones
of its children ready, and the children start whatever their umbrella waits for. So each of these is
written, wherever the objects lie. Kustomizations that lie in each other's payloads wait for more
than their dependencies, which `turns` reckons with.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import structs

from kure_hooks.findings import Finding, Severity, of_rule
from kure_hooks.layout.containers import events
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.units import Unit
from kure_hooks.stack.graph import longest
from kure_hooks.stack.model import Bundle, Dependency

Dependencies = Mapping[str, Sequence[Dependency]]
"""By the name of a unit: all that it waits for, each once."""

# What kustomize-controller does to all objects of a payload, the Kustomizations in it included.
_REWRITING = ("target_namespace", "name_prefix", "name_suffix")
_KEYS = {"target_namespace": "targetNamespace", "name_prefix": "namePrefix"}
_KEYS["name_suffix"] = "nameSuffix"


def dependencies(plan: Plan) -> Dependencies:
    """Return what each unit waits for.

    A child waits for what its umbrella waits for, a part for what its bundle waits for. Whoever
    waits for a bundle waits for its parts and its children too, unless `readyExpr` says itself when
    the bundle counts as ready.
    """
    bundles = {bundle.name: bundle for bundle in plan.cluster.bundles()}
    waits: dict[str, Sequence[Dependency]] = {}
    # A function that calls itself would keep the whole cluster until garbage is collected.
    nodes = plan.cluster.root.closure()
    ahead: list[tuple[Bundle, Sequence[Dependency]]] = [
        (node.bundle, ()) for node in nodes if node.bundle
    ]
    while ahead:
        bundle, inherited = ahead.pop()
        expanded = (each for own in bundle.depends_on for each in _expanded(plan, bundles, own))
        waits[bundle.name] = _each_once(plan, (*bundle.depends_on, *expanded, *inherited))
        ahead += ((child, waits[bundle.name]) for child in bundle.children)
    return {unit.name: waits[unit.bundle.name] for unit in plan.units}


@of_rule("FX014")
def dependencies_run(plan: Plan) -> Iterator[Finding]:
    """A suspended bundle holds up what waits for it, once their common source has a new revision.

    What was applied before stays; on a new cluster nothing that waits is applied at all.
    """
    waits = dependencies(plan)
    for unit in plan.units:
        if unit.part or not unit.bundle.options.suspend:
            continue
        names = [
            other.name
            for other in plan.units
            if other.source == unit.source and not other.bundle.options.suspend
            for each in waits[other.name]
            if each.name == unit.name and not each.external and not each.ready_expr
        ]
        if names:
            problem = f"{', '.join(names)} can't be applied while {unit.name} is suspended"
            expected = "Name dependencies that are not suspended."
            yield unit.bundle.key("suspend").fault(problem, expected, Severity.WARNING)


def _expanded(
    plan: Plan, bundles: Mapping[str, Bundle], dependency: Dependency
) -> Iterator[Dependency]:
    """Yield a dependency on each unit that is inside of the bundle of a dependency."""
    if dependency.external or dependency.ready_expr or dependency.name not in bundles:
        return
    for bundle in bundles[dependency.name].closure():
        for name in (bundle.name, *(part.name for part in plan.parts.get(bundle.name, ()))):
            yield structs.replace(dependency, name=name)


def _each_once(plan: Plan, found: Iterable[Dependency]) -> Sequence[Dependency]:
    """Return the dependencies without those of a name that an earlier one has.

    The bundle's own come first, so that what they say themselves wins.
    """
    home = plan.cluster.flux.namespace
    first: dict[tuple[str, str], Dependency] = {}
    for dependency in found:
        first.setdefault((dependency.namespace or home, dependency.name), dependency)
    return tuple(first.values())


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

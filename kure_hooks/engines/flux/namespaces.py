"""The namespaces that the Kustomizations of a cluster need (Flux 2.9).

Flux creates no namespace. Those that a stack asks for are objects that it never prunes: a namespace
takes all that is in it along.
"""

from collections.abc import Hashable, Iterator, Mapping

from kure_hooks.engines import namespaces
from kure_hooks.engines.flux.dependencies import Dependencies, turns
from kure_hooks.engines.namespaces import Need, Tool
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding, Severity, of_rule
from kure_hooks.layout import payloads
from kure_hooks.layout.payloads import Contents
from kure_hooks.layout.plan import Plan
from kure_hooks.manifests import identity
from kure_hooks.stack.model import Dependency

_NOT_PRUNED = {"kustomize.toolkit.fluxcd.io/prune": "disabled"}

# The inventory of a Kustomization has an object once it is applied, ready or not.
_APPLIED = (
    "has(dep.status.inventory) && "
    "dep.status.inventory.entries.exists(entry, entry.id == '_{name}__Namespace')"
)


def namespaces_are_made(plan: Plan, contents: Contents, tree: Tree) -> Iterator[Finding]:
    """Each namespace is made by something, those of sources included."""
    yield from namespaces.namespaces_are_made(plan, contents, tree, _tool(plan))
    if any(unit.source.is_defined and unit.source.namespace for unit in plan.units):
        yield from _of_sources(plan, contents)


def create(plan: Plan, contents: Contents) -> Contents:
    """Return the contents with a Namespace for each that is missing, if the stack asks for them.

    It is in the first payload that needs it.
    """
    if not plan.cluster.create_namespaces:
        return contents
    first: dict[tuple[Hashable, str], Need] = {}
    tool, turn = _tool(plan), turns(plan)
    for need in sorted(
        namespaces.missing(plan, contents, tool), key=lambda need: turn[need.unit.name]
    ):
        first.setdefault((tool.cluster(need.unit), need.name), need)
    return namespaces.with_namespaces(contents, first.values(), _NOT_PRUNED)


def until_created(plan: Plan, contents: Contents, waits: Dependencies) -> Dependencies:
    """Return what units wait for, with the units that create the namespaces that they need.

    They wait until the namespace is there, not until all in its payload is ready.
    """
    if not plan.cluster.create_namespaces:
        return waits
    tool, turn, makers = _tool(plan), turns(plan), _makers(plan, contents)
    found = {name: list(each) for name, each in waits.items()}
    for unit in plan.units:
        known = _all_before(unit.name, waits)
        for need in namespaces.needs(plan, unit, contents, tool):
            maker = makers.get((tool.cluster(unit), need.name), unit.name)
            if maker not in known and turn[maker] < turn[unit.name]:
                known.add(maker)
                expr = _APPLIED.format(name=need.name)
                place = unit.bundle.place
                found[unit.name].append(Dependency(place=place, name=maker, ready_expr=expr))
    return found


def _tool(plan: Plan) -> Tool:
    return Tool(
        namespace=plan.cluster.flux.namespace,
        cluster=lambda unit: unit.bundle.options.kube_config,
        usual=lambda _: "",
        created=lambda _: "",
    )


@of_rule("NS001")
def _of_sources(plan: Plan, contents: Contents) -> Iterator[Finding]:
    """Yield a warning for each namespace of a source that nothing makes.

    Sources come before all payloads, so there is none that could create it.
    """
    tool = _tool(plan)
    told = namespaces.given(plan, tool) | {
        name for cluster, name in namespaces.made(plan, contents, tool) if cluster is None
    }
    for unit in plan.units:
        name = unit.source.namespace
        if unit.source.is_defined and name and name not in told:
            told |= {name}
            problem, expected = namespaces.not_made(plan, name)
            place = unit.source_key("namespace")
            yield place.fault(problem, expected, Severity.WARNING)


def _makers(plan: Plan, contents: Contents) -> Mapping[tuple[Hashable, str], str]:
    """Return the unit of each Namespace that is as `create` writes them."""
    tool = _tool(plan)
    return {
        (tool.cluster(unit), identity(manifest).name): unit.name
        for unit in plan.units
        for _, product in payloads.applications(plan, unit, contents)
        for manifest in product.manifests
        if manifest == namespaces.namespace(identity(manifest).name, _NOT_PRUNED)
    }


def _all_before(name: str, waits: Dependencies) -> set[str]:
    """Return the unit itself and all that it waits for, directly or not."""
    found: set[str] = set()
    open_names = [name]
    while open_names:
        current = open_names.pop()
        if current not in found:
            found.add(current)
            open_names += (each.name for each in waits.get(current, ()) if not each.external)
    return found

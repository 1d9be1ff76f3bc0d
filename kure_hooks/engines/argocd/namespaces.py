"""The namespaces that Applications need (Argo CD 3.5).

With `CreateNamespace=true` Argo CD creates the namespace of an Application's destination, and no
other one. Those beside it are objects that it neither prunes nor deletes.
"""

from collections.abc import Hashable, Iterator
from functools import partial

from kure_hooks.engines import namespaces
from kure_hooks.engines.annotations import SYNC_OPTIONS
from kure_hooks.engines.argocd.bundle_applications import destination_of
from kure_hooks.engines.argocd.projects import Scope, scope
from kure_hooks.engines.argocd.rendering import KEPT
from kure_hooks.engines.argocd.sync_policy import sync_options
from kure_hooks.engines.namespaces import Need, Tool
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding
from kure_hooks.layout import payloads
from kure_hooks.layout.payloads import Contents
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.units import Unit
from kure_hooks.manifests import Manifest
from kure_hooks.stack.graph import levels

CREATE = "CreateNamespace=true"

_NOT_PRUNED = {SYNC_OPTIONS: ",".join(KEPT)}


def namespaces_are_made(plan: Plan, contents: Contents, tree: Tree) -> Iterator[Finding]:
    """Each namespace is made by something."""
    yield from namespaces.namespaces_are_made(plan, contents, tree, _tool(plan))


def create(plan: Plan, contents: Contents) -> Contents:
    """Return the contents with a Namespace for each that is missing, if the stack asks for them.

    It is in the first payload that needs it, but for those that Applications create themselves.
    """
    if not plan.cluster.create_namespaces:
        return contents
    first: dict[tuple[Hashable, str], Need] = {}
    tool, level = _tool(plan), levels(plan.cluster)
    needs = namespaces.missing(plan, contents, tool)
    for need in sorted(needs, key=lambda need: level[need.unit.bundle.name]):
        if need.name != created(plan, need.unit, contents):
            first.setdefault((tool.cluster(need.unit), need.name), need)
    return namespaces.with_namespaces(contents, first.values(), _NOT_PRUNED)


def creating(plan: Plan, unit: Unit, contents: Contents, application: Manifest) -> Manifest:
    """Return the Application of a unit that creates its namespace, if the stack asks for that."""
    name = created(plan, unit, contents)
    if not name:
        return application
    spec = application["spec"]
    policy = spec["syncPolicy"]
    options = sorted({*policy.get("syncOptions", ()), CREATE})
    changed = {
        "destination": spec["destination"] | {"namespace": name},
        "syncPolicy": policy | {"syncOptions": options},
    }
    return application | {"spec": spec | changed}


def created(plan: Plan, unit: Unit, contents: Contents) -> str:
    """Return the namespace that a unit's Application shall create, empty for none.

    It is that of its destination. Where this has none it may be any that the objects are in, unless
    one of them has no namespace and would get it.
    """
    options = sync_options(plan, unit.bundle)
    if not plan.cluster.create_namespaces or any(map(_is_about_it, options)):
        return ""
    tool = _tool(plan)
    there = namespaces.given(plan, tool)
    own = tool.usual(unit)
    if own:
        return "" if own in there else own
    if plan.cluster.argocd.ordering == "resource-waves" or _is_homeless(plan, unit, contents):
        return ""
    needs = (need.name for need in namespaces.needs(plan, unit, contents, tool))
    return next((name for name in needs if name not in there), "")


def _is_about_it(option: str) -> bool:
    return option.startswith("CreateNamespace=")


def _is_homeless(plan: Plan, unit: Unit, contents: Contents) -> bool:
    """Tell whether an object of a unit may need a namespace and says none."""
    return any(
        scope(manifest, {}) is not Scope.CLUSTER and not manifest["metadata"].get("namespace")
        for _, product in payloads.applications(plan, unit, contents)
        for manifest in product.manifests
    )


def _tool(plan: Plan) -> Tool:
    return Tool(
        namespace=plan.cluster.argocd.namespace,
        cluster=partial(_cluster, plan),
        usual=partial(_usual, plan),
        created=partial(_created, plan),
        renders=True,
    )


def _cluster(plan: Plan, unit: Unit) -> Hashable:
    destination = destination_of(plan, unit)
    return (destination.server, destination.name)


def _usual(plan: Plan, unit: Unit) -> str:
    return destination_of(plan, unit).namespace or ""


def _created(plan: Plan, unit: Unit) -> str:
    """Return the namespace that a unit creates because its sync options say so."""
    return _usual(plan, unit) if CREATE in sync_options(plan, unit.bundle) else ""

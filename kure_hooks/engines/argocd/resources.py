"""One Application for each unit, in waves by the dependency graph, and their project."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from kure_hooks.engines.argocd import helm_applications, namespaces
from kure_hooks.engines.argocd.bundle_applications import application_of, project_of
from kure_hooks.engines.argocd.ordering.interface import Deployment
from kure_hooks.engines.argocd.ordering.strategies import strategy
from kure_hooks.engines.argocd.projects import Grant, objects, project, settled, widened
from kure_hooks.engines.features import patched
from kure_hooks.layout import payloads
from kure_hooks.layout.payloads import Contents, origin
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.tree import Item
from kure_hooks.layout.units import Unit
from kure_hooks.manifests import Manifest
from kure_hooks.origin import Origin


def resources(plan: Plan, contents: Contents) -> Sequence[Item]:
    """Return the Applications in their order, and their project unless the stack names one."""
    if not plan.units:
        return []
    grants = settled([_grant(plan, unit, contents) for unit in plan.units])
    deployments = [
        Deployment(unit, Item(grant.application, origin(plan, unit)))
        for unit, grant in zip(plan.units, grants, strict=True)
    ]
    releases = helm_applications.deployments(plan, contents)
    deployments += releases
    grants += [Grant(each.application.manifest, kinds=helm_applications.ANY) for each in releases]
    ordering = strategy(plan)
    applications = patched(plan, ordering.applications(plan, deployments))
    changed = {each.manifest["metadata"]["name"]: each.manifest for each in applications}
    grants = [
        replace(each, application=changed.get(_name(each), each.application)) for each in grants
    ]
    return [*ordering.objects(plan, applications), *_project(plan, grants)]


def _grant(plan: Plan, unit: Unit, contents: Contents) -> Grant:
    held = plan.existing.get(unit.name)
    overlays = (product.overlay for _, product in payloads.applications(plan, unit, contents))
    is_known = not unit.exists or (held is not None and held.whole)
    is_known = is_known and all(part is None or part.holdings.whole for part in overlays)
    return Grant(
        _application(plan, unit, contents),
        objects(plan, unit, contents),
        () if is_known else helm_applications.ANY,
        everywhere=not is_known,
    )


def _name(grant: Grant) -> str:
    name: str = grant.application["metadata"]["name"]
    return name


def _application(plan: Plan, unit: Unit, contents: Contents) -> Manifest:
    return namespaces.creating(plan, unit, contents, application_of(plan, unit, contents))


def _project(plan: Plan, grants: Sequence[Grant]) -> Iterator[Item]:
    """Yield the project of the cluster, unless the stack names another or no Application is in it.

    A project that permits nothing would only be in the way of one of the same name.
    """
    name = project_of(plan)
    own = [each for each in grants if each.application["spec"]["project"] == name]
    if own and not plan.cluster.argocd.project:
        description = f"The bundles of cluster {plan.cluster.name}"
        options = plan.cluster.argocd
        manifest = project(name, options, description, own)
        if options.project_spec:
            manifest = widened(manifest, options.project_spec)
        yield Item(manifest, Origin(plan.cluster.at, plan.cluster.name))

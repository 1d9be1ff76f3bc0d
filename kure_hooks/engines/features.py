"""Rules and steps of features that few stacks have, loaded for the clusters that have them."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from kure_hooks.engines.interface import Assembly, Reader
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding, Location
from kure_hooks.layout.payloads import Contents
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.tree import Item


def has_components(plan: Plan) -> bool:
    """Tell whether a bundle takes in components."""
    return any(bundle.options.components for bundle in plan.cluster.bundles())


def has_patches(plan: Plan) -> bool:
    """Tell whether a bundle patches its objects."""
    return any(bundle.options.patches for bundle in plan.cluster.bundles())


def has_gitops_patches(plan: Plan) -> bool:
    """Tell whether the cluster or a bundle patches the objects of the GitOps tool."""
    bundles = plan.cluster.bundles()
    return bool(plan.cluster.patches) or any(each.options.gitops.patches for each in bundles)


def has_variables(plan: Plan) -> bool:
    """Tell whether variables are replaced in the objects of a bundle."""
    return any(bundle.options.post_build is not None for bundle in plan.cluster.bundles())


def with_existing(
    plan: Plan, trees: Mapping[Location, Tree], reader: Callable[[], Reader] | None
) -> tuple[Plan, list[Finding]]:
    """See `existing`."""
    if not any(unit.exists for unit in plan.units):
        return plan, []
    from kure_hooks.engines import existing  # noqa: PLC0415 - few stacks have such payloads

    return existing.with_existing(plan, trees, (reader or existing.KustomizeReader)())


def overlays_build(
    plan: Plan,
    contents: Contents,
    trees: Mapping[Location, Tree],
    reader: Callable[[], Reader] | None,
) -> Iterator[Finding]:
    """See `existing`."""
    if any(product.overlay for products in contents.values() for _, product in products):
        from kure_hooks.engines import existing  # noqa: PLC0415 - few stacks have overlays

        tool = (reader or existing.KustomizeReader)()
        yield from existing.overlays_build(plan, contents, trees, tool)


def components_build(plan: Plan, contents: Contents, tree: Tree) -> Iterator[Finding]:
    """See `components`."""
    if has_components(plan):
        from kure_hooks.engines import components  # noqa: PLC0415 - few stacks have components

        yield from components.components_build(plan, contents, tree)


def components_build_apart(plan: Plan, contents: Contents, tree: Tree) -> Iterator[Finding]:
    """See `components`."""
    if has_components(plan):
        from kure_hooks.engines import components  # noqa: PLC0415 - few stacks have components

        yield from components.components_build_apart(plan, contents, tree)


def patches_are_for_objects(plan: Plan, contents: Contents, tree: Tree) -> Iterator[Finding]:
    """See `patches`."""
    if has_patches(plan):
        from kure_hooks.engines import patches  # noqa: PLC0415 - few stacks have patches

        yield from patches.patches_are_for_objects(plan, contents, tree)


def substituted_objects_are_accepted(
    plan: Plan, contents: Contents, tree: Tree
) -> Iterator[Finding]:
    """See `substituted`."""
    if has_variables(plan):
        from kure_hooks.engines import substituted  # noqa: PLC0415 - few stacks have variables

        yield from substituted.substituted_objects_are_accepted(plan, contents, tree)


def gitops_patches_can_be_read(plan: Plan) -> Iterator[Finding]:
    """See `gitops_patches`."""
    if has_gitops_patches(plan):
        from kure_hooks.engines import gitops_patches  # noqa: PLC0415 - few stacks have them

        yield from gitops_patches.can_be_read(plan)


def patched(plan: Plan, items: Iterable[Item]) -> list[Item]:
    """See `gitops_patches`."""
    if not has_gitops_patches(plan):
        return list(items)
    from kure_hooks.engines import gitops_patches  # noqa: PLC0415 - few stacks have them

    return gitops_patches.patched(plan, items)


def with_patches(plan: Plan, assembly: Assembly) -> Assembly:
    """See `gitops_patches`."""
    if not has_gitops_patches(plan):
        return assembly
    from kure_hooks.engines import gitops_patches  # noqa: PLC0415 - few stacks have them

    return gitops_patches.with_patches(plan, assembly)

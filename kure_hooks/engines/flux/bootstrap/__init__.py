"""The bootstrap of Flux by its operator or by `gotk`, and the sync of the cluster's directory."""

from kure_hooks.engines.flux.bootstrap.components import components
from kure_hooks.engines.flux.bootstrap.instance import instance, operator, sync
from kure_hooks.engines.flux.bootstrap.rules import advice, remote
from kure_hooks.engines.interface import Start
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.tree import Item
from kure_hooks.manifests import Manifest
from kure_hooks.origin import Origin
from kure_hooks.stack.release import Release


def bootstrap(plan: Plan, release: Release | None) -> Start:
    """Return the objects by the file names that Flux's own tools use, in the order of applying.

    Without a release Flux or its operator has to be on the cluster already. Raises InputError for
    a release that doesn't hold what the stack asks for.
    """
    if not plan.cluster.bootstrap.enabled:
        return Start()
    files: dict[str, list[Manifest]] = {}
    if plan.cluster.bootstrap.flux_mode == "flux-operator":
        if release:
            files["flux-operator.yaml"] = operator(plan, release)
        files["flux-instance.yaml"] = [instance(plan)]
    else:
        if release:
            files["gotk-components.yaml"] = components(plan, release)
        files["gotk-sync.yaml"] = sync(plan)
    origin = Origin(plan.cluster.at, plan.cluster.name)
    items = {name: [Item(each, origin) for each in found] for name, found in files.items()}
    return Start(items, remote(plan), advice=tuple(advice(plan)))

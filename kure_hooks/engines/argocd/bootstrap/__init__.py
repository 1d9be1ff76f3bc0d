"""The bootstrap of Argo CD, and the root Application that syncs the control directory.

Argo CD comes from its release manifests, from its Helm chart or from its operator; without any of
them it runs already. What brings it up lies in the control directory itself, so that the root
Application goes on managing it: an upgrade is a commit. In the layout of argocd-autopilot each part
has a directory and an Application of its own.
"""

from collections.abc import Mapping, Sequence

from kure_hooks.engines.argocd.bootstrap import autopilot
from kure_hooks.engines.argocd.bootstrap.chart import chart
from kure_hooks.engines.argocd.bootstrap.credentials import repository
from kure_hooks.engines.argocd.bootstrap.install_manifests import install
from kure_hooks.engines.argocd.bootstrap.instance import operator
from kure_hooks.engines.argocd.bootstrap.root import root
from kure_hooks.engines.argocd.bootstrap.rules import is_autopilot, mode
from kure_hooks.engines.argocd.bundle_applications import usual_project
from kure_hooks.engines.interface import Start
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.schemes import Scheme
from kure_hooks.layout.tree import Item
from kure_hooks.manifests import Manifest
from kure_hooks.origin import Origin
from kure_hooks.stack.model import Cluster
from kure_hooks.stack.release import Release


def bootstrap(plan: Plan, release: Release | None) -> Start:
    """Return what brings up Argo CD, then the root Application and its project.

    Empty when the stack asks for no bootstrap. Raises InputError for a release that is none of Argo
    CD, or of another version than the stack's.
    """
    if not plan.cluster.bootstrap.enabled:
        return Start()
    tool = {**_tool(plan, release), **repository(plan)}
    if is_autopilot(plan.cluster):
        files = autopilot.autopilot(plan, tool)
        return Start(
            _items(plan, files), extras=autopilot.extras(plan), syncs=autopilot.syncs(plan)
        )
    others = [manifest for found in tool.values() for manifest in found]
    return Start(_items(plan, {**tool, "root-app.yaml": root(plan, others)}))


def scheme(cluster: Cluster) -> Scheme:
    """Return the directories of Argo CD in that of a cluster."""
    if is_autopilot(cluster):
        return autopilot.scheme(usual_project(cluster))
    return Scheme(start="argocd", control="argocd")


def _items(plan: Plan, files: Mapping[str, Sequence[Manifest]]) -> dict[str, list[Item]]:
    origin = Origin(plan.cluster.at, plan.cluster.name)
    return {name: [Item(each, origin) for each in found] for name, found in files.items()}


def _tool(plan: Plan, release: Release | None) -> dict[str, list[Manifest]]:
    chosen = mode(plan.cluster.bootstrap)
    if chosen == "helm":
        return chart(plan)
    if chosen == "operator":
        return operator(plan)
    return install(plan, release) if release else {}

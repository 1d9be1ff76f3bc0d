"""What brings up Argo CD, and the root Application that syncs the control directory.

Argo CD comes from its release manifests, from its Helm chart or from its operator; without any of
them it runs already. What brings it up lies in the control directory itself, so that the root
Application goes on managing it: an upgrade is a commit.
"""

from kure_hooks.engines.argocd.bootstrap.chart import chart
from kure_hooks.engines.argocd.bootstrap.credentials import repository
from kure_hooks.engines.argocd.bootstrap.instance import operator
from kure_hooks.engines.argocd.bootstrap.release import install
from kure_hooks.engines.argocd.bootstrap.root import root
from kure_hooks.engines.argocd.bootstrap.rules import mode
from kure_hooks.engines.interface import Start
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.tree import Item
from kure_hooks.manifests import Manifest
from kure_hooks.origin import Origin
from kure_hooks.stack.release import Release


def bootstrap(plan: Plan, release: Release | None) -> Start:
    """Return what brings up Argo CD, then the root Application and its project.

    Empty when the stack asks for no bootstrap. Raises InputError for a release that is none of Argo
    CD, or of another version than the stack's.
    """
    if not plan.cluster.bootstrap.enabled:
        return Start()
    files = {**_tool(plan, release), **repository(plan)}
    others = [manifest for found in files.values() for manifest in found]
    files["root-app.yaml"] = root(plan, others)
    origin = Origin(plan.cluster.at, plan.cluster.name)
    return Start({name: [Item(each, origin) for each in found] for name, found in files.items()})


def _tool(plan: Plan, release: Release | None) -> dict[str, list[Manifest]]:
    chosen = mode(plan.cluster.bootstrap)
    if chosen == "helm":
        return chart(plan)
    if chosen == "operator":
        return operator(plan)
    return install(plan, release) if release else {}

"""The root Application, which syncs the control directory, and its project.

Argo CD itself is not part of it; these objects are applied once Argo CD runs.
"""

from kure_hooks.engines.argocd.applications import application, automated, project
from kure_hooks.engines.interface import Start
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.tree import Item
from kure_hooks.origin import Origin
from kure_hooks.stack.release import Release


def bootstrap(plan: Plan, release: Release | None) -> Start:
    """Return the root Application and its project; empty when the stack asks for none.

    The root has a project of its own because it may write into Argo CD's namespace, which the
    bundles' project need not. It retries without end: one degraded child must not stop the waves.
    """
    del release  # Argo CD itself is installed by other means
    if not plan.cluster.bootstrap.enabled:
        return Start()
    options = plan.cluster.argocd
    name = root_name(plan)
    source = {
        "repoURL": options.repo_url,
        "path": "/".join(plan.control),
        "targetRevision": options.target_revision,
    }
    retry = {"limit": -1}
    root = application(
        name=name,
        options=options,
        project=name,
        source=source,
        sync_policy=automated(prune=True, retry=retry),
        namespace=options.namespace,
        cascade=False,
    )
    description = f"The Applications of cluster {plan.cluster.name}"
    own = project(name, options, [options.repo_url], description)
    origin = Origin(plan.cluster.at, plan.cluster.name)
    return Start({"root-app.yaml": [Item(own, origin), Item(root, origin)]})


def root_name(plan: Plan) -> str:
    """Return the name of the root Application and of its project."""
    return f"{plan.cluster.name}-root"

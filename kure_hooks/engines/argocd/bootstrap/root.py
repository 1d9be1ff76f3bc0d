"""The root Application, which syncs the control directory, and its project."""

from collections.abc import Sequence

from msgspec import structs

from kure_hooks.apps.scopes import is_cluster_scoped
from kure_hooks.config import ArgocdOptions
from kure_hooks.engines.argocd.applications import application, automated
from kure_hooks.engines.argocd.projects import Grant, project, root_kinds
from kure_hooks.engines.argocd.scopes import kind_of
from kure_hooks.layout.plan import Plan
from kure_hooks.manifests import Manifest


def root_name(plan: Plan) -> str:
    """Return the name of the root Application and of its project."""
    return f"{plan.cluster.name}-root"


def local(options: ArgocdOptions) -> ArgocdOptions:
    """Return the options of what has to be where Argo CD itself runs, wherever bundles go."""
    return structs.replace(options, destination=ArgocdOptions().destination)


def root(plan: Plan, others: Sequence[Manifest]) -> list[Manifest]:
    """Return the root Application after its project; `others` lie beside them.

    The root has a project of its own because it may write into Argo CD's namespace, which the
    bundles' project need not. It retries without end: one degraded child must not stop the waves.
    """
    options = local(plan.cluster.argocd)
    name = root_name(plan)
    own = application(
        name=name,
        options=options,
        project=name,
        source={
            "repoURL": options.repo_url,
            "path": "/".join(plan.control),
            "targetRevision": options.target_revision,
        },
        sync_policy=automated(prune=True, retry={"limit": -1}),
        namespace=options.namespace,
        cascade=False,
    )
    outside = [each for each in others if is_cluster_scoped(each)]
    inside = [kind_of(each) for each in others if not is_cluster_scoped(each)]
    description = f"The Applications of cluster {plan.cluster.name}"
    kinds = (*root_kinds(options), *inside)
    return [project(name, options, description, [Grant(own, outside)], kinds), own]

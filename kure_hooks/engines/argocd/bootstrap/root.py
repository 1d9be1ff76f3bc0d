"""The root Application, which syncs the control directory, and its project."""

from collections.abc import Sequence

from msgspec import structs

from kure_hooks.config.argocd import ArgocdOptions
from kure_hooks.engines.argocd.applications import application, automated, endless_retry
from kure_hooks.engines.argocd.projects import ROOT_KINDS, Grant, project
from kure_hooks.engines.argocd.versions import refreshes
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.units import Segments
from kure_hooks.manifests import Manifest, kind_of
from kure_hooks.objects.scopes import is_cluster_scoped


def root_name(plan: Plan) -> str:
    """Return the name of the root Application and of its project."""
    return f"{plan.cluster.name}-root"


def local(options: ArgocdOptions) -> ArgocdOptions:
    """Return the options of what has to be where Argo CD itself runs, wherever bundles go."""
    return structs.replace(options, destination=ArgocdOptions().destination)


def root(plan: Plan, others: Sequence[Manifest]) -> list[Manifest]:
    """Return the root Application after its project; `others` lie beside them."""
    own = syncing(plan, root_name(plan), plan.control)
    return [root_project(plan, own, others), own]


def syncing(plan: Plan, name: str, directory: Segments) -> Manifest:
    """Return an Application that syncs a directory of the start, from the root's project.

    It retries without end: one degraded child must not stop the waves.
    """
    options = local(plan.cluster.argocd)
    return application(
        name=name,
        options=options,
        project=root_name(plan),
        source={
            "repoURL": options.repo_url,
            "path": "/".join(directory),
            "targetRevision": options.target_revision,
        },
        sync_policy=automated(prune=True, retry=endless_retry(refresh=refreshes(plan.cluster))),
        namespace=options.namespace,
        cascade=False,
    )


def root_project(plan: Plan, own: Manifest, others: Sequence[Manifest]) -> Manifest:
    """Return the project of what syncs the start: `own`, which permits `others` and Applications.

    It is not that of the bundles because it may write into Argo CD's namespace, which the bundles'
    need not.
    """
    options = local(plan.cluster.argocd)
    outside = [each for each in others if is_cluster_scoped(each)]
    inside = [kind_of(each) for each in others if not is_cluster_scoped(each)]
    description = f"The Applications of cluster {plan.cluster.name}"
    kinds = (*ROOT_KINDS, *inside)
    return project(root_name(plan), options, description, [Grant(own, outside)], kinds)

"""Argo CD from its Helm chart: an Application that manages Argo CD itself (argo-cd chart 10.1)."""

from kure_hooks.engines.argocd.applications import application, automated
from kure_hooks.engines.argocd.bootstrap.root import local
from kure_hooks.engines.argocd.bootstrap.settings import parameters, settings
from kure_hooks.engines.argocd.projects import Grant, project
from kure_hooks.layout.plan import Plan
from kure_hooks.manifests import Manifest, without_empty

_CHART = {"repoURL": "https://argoproj.github.io/argo-helm", "chart": "argo-cd"}

# The chart calls its objects after the release, and `helm install` has to find the same ones.
_NAME = "argocd"

_OUTSIDE_NAMESPACES = (
    ("apiextensions.k8s.io", "CustomResourceDefinition"),
    ("rbac.authorization.k8s.io", "ClusterRole"),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"),
)


def chart(plan: Plan) -> dict[str, list[Manifest]]:
    """Return the Application of the pinned chart after its project, by file name.

    It takes over what `helm install argocd` brought up. Its project permits what the chart has
    outside namespaces, which is never seen here.
    """
    options = local(plan.cluster.argocd)
    configs = without_empty({"cm": settings(options), "params": parameters(plan)})
    own = application(
        name=_NAME,
        options=options,
        project=_NAME,
        source={
            **_CHART,
            "targetRevision": plan.cluster.bootstrap.chart_version,
            "helm": {"releaseName": _NAME, "valuesObject": {"configs": configs}},
        },
        sync_policy=automated(prune=True),
        namespace=options.namespace,
        cascade=False,
    )
    grant = Grant(own, kinds=_OUTSIDE_NAMESPACES)
    return {"argocd.yaml": [project(_NAME, options, "Argo CD", [grant]), own]}

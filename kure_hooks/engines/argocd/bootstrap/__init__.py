"""The bootstrap of Argo CD, and the root Application that syncs the control directory.

Argo CD comes from its release manifests, from its Helm chart or from its operator; without any of
them it runs already. What brings it up lies in the control directory itself, so that the root
Application goes on managing it: an upgrade is a commit. In the layout of argocd-autopilot each part
has a directory and an Application of its own.
"""

from collections.abc import Mapping, Sequence

from kure_hooks.engines.argocd.applications import application, automated
from kure_hooks.engines.argocd.bootstrap import autopilot
from kure_hooks.engines.argocd.bootstrap.install_manifests import (
    install,
    kept,
    parameters,
    settings,
)
from kure_hooks.engines.argocd.bootstrap.root import local, root
from kure_hooks.engines.argocd.bootstrap.rules import is_autopilot, mode
from kure_hooks.engines.argocd.bundle_applications import usual_project
from kure_hooks.engines.argocd.health import health_lua
from kure_hooks.engines.argocd.projects import Grant, project
from kure_hooks.engines.interface import Start
from kure_hooks.engines.objects import metadata
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.tree import Item
from kure_hooks.layout.units import Scheme
from kure_hooks.manifests import Manifest, without_empty
from kure_hooks.origin import Origin
from kure_hooks.stack.model import Cluster
from kure_hooks.stack.release import Release

_LABEL = {"argocd.argoproj.io/secret-type": "repository"}

_CHART = {"repoURL": "https://argoproj.github.io/argo-helm", "chart": "argo-cd"}

# The chart calls its objects after the release, and `helm install` has to find the same ones.
_NAME = "argocd"

_OUTSIDE_NAMESPACES = (
    ("apiextensions.k8s.io", "CustomResourceDefinition"),
    ("rbac.authorization.k8s.io", "ClusterRole"),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"),
)


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


def repository(plan: Plan) -> dict[str, list[Manifest]]:
    """Return the ExternalSecret by file name (external-secrets.io/v1); none without a reference.

    It makes the Secret by which Argo CD knows a repository. The keys of the credentials are those
    that Argo CD has, such as `username` and `password` or `sshPrivateKey`.
    """
    reference = plan.cluster.bootstrap.repository_credentials
    if reference is None:
        return {}
    secret = reference.external_secret
    options = plan.cluster.argocd
    name = f"{plan.cluster.name}-repository"
    kind = "oci" if options.repo_url.startswith("oci://") else "git"
    template = {
        "mergePolicy": "Merge",
        "metadata": {"labels": _LABEL},
        "data": {"type": kind, "url": options.repo_url},
    }
    manifest = {
        "apiVersion": "external-secrets.io/v1",
        "kind": "ExternalSecret",
        "metadata": metadata(name, options.namespace),
        "spec": {
            "refreshInterval": "1h",
            "secretStoreRef": {"kind": "ClusterSecretStore", "name": secret.store},
            "target": {"name": name, "template": template},
            "dataFrom": [{"extract": {"key": secret.key}}],
        },
    }
    return {"repository.yaml": [manifest]}


def operator(plan: Plan) -> dict[str, list[Manifest]]:
    """Return Namespace and ArgoCD by file name; the operator has to run already.

    The operator writes argocd-cm, so the health of Applications is a field of the object.
    """
    options = plan.cluster.argocd
    is_progressive = options.ordering == "progressive"
    health = {"group": "argoproj.io", "kind": "Application", "check": health_lua(options)}
    instance = {
        "apiVersion": "argoproj.io/v1beta1",
        "kind": "ArgoCD",
        "metadata": metadata("argocd", options.namespace),
        "spec": without_empty(
            {
                "applicationSet": {"enabled": True} if is_progressive else None,
                "cmdParams": parameters(plan),
                "resourceHealthChecks": [health],
            }
        ),
    }
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": options.namespace}}
    return {"namespace.yaml": [kept(namespace)], "argocd.yaml": [kept(instance)]}


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

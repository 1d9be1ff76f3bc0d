"""Argo CD from its operator: an ArgoCD object (argoproj.io/v1beta1, argocd-operator 0.18)."""

from kure_hooks.engines.argocd.bootstrap.settings import kept, parameters
from kure_hooks.engines.argocd.health import health_lua
from kure_hooks.engines.objects import metadata
from kure_hooks.layout.plan import Plan
from kure_hooks.manifests import Manifest, without_empty


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

"""Access to the cluster's repository: where the credentials are, never the credentials."""

from kure_hooks.engines.objects import metadata
from kure_hooks.layout.plan import Plan
from kure_hooks.manifests import Manifest

_LABEL = {"argocd.argoproj.io/secret-type": "repository"}


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

"""The sync of Flux: the source and the Kustomization that `flux bootstrap` writes."""

from msgspec import structs

from kure_hooks.engines.durations import canonical
from kure_hooks.engines.flux import sources
from kure_hooks.engines.flux.readiness import KUSTOMIZATION
from kure_hooks.engines.flux.resources import usual_retry
from kure_hooks.engines.objects import metadata
from kure_hooks.layout.plan import Plan
from kure_hooks.manifests import Manifest

# That of `flux bootstrap` (Flux 2.9).
_INTERVAL = "10m"


def sync(plan: Plan) -> list[Manifest]:
    """Return the cluster's source and the Kustomization that applies the cluster's directory."""
    own = plan.cluster.source
    secret = plan.cluster.bootstrap.source_secret
    source = structs.replace(own, interval=own.interval or "1m", secret_ref=secret)
    kustomization = {
        "apiVersion": KUSTOMIZATION,
        "kind": "Kustomization",
        "metadata": metadata(own.name, plan.cluster.flux.namespace),
        "spec": {
            "interval": canonical(_INTERVAL),
            "retryInterval": canonical(usual_retry(plan, _INTERVAL)),
            "path": root(plan),
            "prune": True,
            "sourceRef": {"kind": own.kind, "name": own.name},
        },
    }
    return [sources.manifest(plan, source), kustomization]


def root(plan: Plan) -> str:
    """Return the path that Flux syncs: the cluster's directory."""
    return f"./{'/'.join(plan.directory)}"

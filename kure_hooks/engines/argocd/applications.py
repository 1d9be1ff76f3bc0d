"""The Application objects (argoproj.io/v1alpha1, Argo CD 3.5)."""

import re
from collections.abc import Mapping

from msgspec import structs

from kure_hooks.config.argocd import ArgocdOptions, Destination
from kure_hooks.engines.objects import metadata
from kure_hooks.manifests import Manifest, text_at, without_empty, written

API = "argoproj.io/v1alpha1"
WAVE = "argocd.argoproj.io/sync-wave"

_NUMBER = re.compile(r"[+-]?[0-9]{1,9}")

# Deleting the Application deletes what it applied, as Flux does with prune. Without `/foreground`
# it means the same to Argo CD, but the API server warns of a name without a path.
CASCADE = "resources-finalizer.argocd.argoproj.io/foreground"


def wave_of(manifest: Manifest) -> int:
    """Return the turn of an object in a sync; what is no number is in wave 0."""
    written = text_at(manifest, "metadata", "annotations", WAVE)
    return int(written) if _NUMBER.fullmatch(written) else 0


def application(  # noqa: PLR0913 - the parts of the object, all by keyword
    *,
    name: str,
    options: ArgocdOptions,
    project: str,
    source: Manifest,
    sync_policy: Manifest,
    namespace: str | None = None,
    cascade: bool = True,
    labels: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None,
) -> Manifest:
    """Return an Application in Argo CD's namespace; `namespace` is for objects that lack one."""
    head = metadata(name, options.namespace, labels, annotations)
    return {
        "apiVersion": API,
        "kind": "Application",
        "metadata": head | ({"finalizers": [CASCADE]} if cascade else {}),
        "spec": {
            "project": project,
            "source": source,
            "destination": _destination(options.destination, namespace),
            "syncPolicy": sync_policy,
        },
    }


def automated(*, prune: bool, retry: Manifest | None = None) -> Manifest:
    """Return a sync policy that corrects drift; server-side apply is what Flux does as well."""
    return without_empty(
        {
            "automated": {"prune": prune, "selfHeal": True},
            "syncOptions": ["ServerSideApply=true"],
            "retry": retry,
        }
    )


def endless_retry(*, refresh: bool, duration: str | None = None) -> Manifest:
    """Return a retry without end, at a fixed interval where there is a duration.

    With `refresh`, which needs Argo CD 3.2, each try takes the newest revision. Otherwise a commit
    that fixes what fails is never tried: Argo CD starts no other sync before this one ends.
    """
    backoff = {"duration": duration, "factor": 1, "maxDuration": duration} if duration else None
    return without_empty({"limit": -1, "backoff": backoff, "refresh": refresh or None})


def _destination(destination: Destination, namespace: str | None) -> Manifest:
    chosen = namespace or destination.namespace
    own: Manifest = written(structs.replace(destination, namespace=None))
    return own | without_empty({"namespace": chosen})

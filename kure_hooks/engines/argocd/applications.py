"""The Application objects (argoproj.io/v1alpha1, Argo CD 3.5), and the sources that they read."""

import re
from collections.abc import Mapping

from msgspec import structs

from kure_hooks.config.argocd import ArgocdOptions, Destination
from kure_hooks.engines.objects import metadata
from kure_hooks.layout.plan import Plan
from kure_hooks.manifests import Manifest, text_at, without_empty, written
from kure_hooks.stack.sources import SourceRef

API = "argoproj.io/v1alpha1"
WAVE = "argocd.argoproj.io/sync-wave"

_NUMBER = re.compile(r"[+-]?[0-9]{1,9}")

# Deleting the Application deletes what it applied, as Flux does with prune. Without `/foreground`
# it means the same to Argo CD, but the API server warns of a name without a path.
CASCADE = "resources-finalizer.argocd.argoproj.io/foreground"

LAYERS = (
    "application/vnd.oci.image.layer.v1.tar",
    "application/vnd.oci.image.layer.v1.tar+gzip",
    "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
)
"""The media types of layers that the repository server reads unless it is told otherwise (3.5)."""

# That of `flux push artifact` (Flux 2.9).
_FLUX_LAYER = "application/vnd.cncf.flux.content.v1.tar+gzip"

REVISIONS = ("commit", "digest", "ref", "semver", "tag", "branch")
"""The fields that say which revision of a source is meant; the first one wins, as in Flux 2.9."""


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


def layer(source: SourceRef) -> str:
    """Return the media type of the layer that Argo CD is not told of, empty for most sources.

    An artifact that no `layerSelector` describes is one of Flux's own.
    """
    if source.kind != "OCIRepository":
        return ""
    selector = source.layer_selector
    media_type = (selector and selector.media_type) or _FLUX_LAYER
    return "" if media_type in LAYERS else media_type


def layers(plan: Plan) -> list[str]:
    """Return the media types of all layers that Argo CD is not told of, sorted."""
    return sorted({layer(unit.source) for unit in plan.units} - {""})


def repository(plan: Plan, source: SourceRef) -> tuple[str, str]:
    """Return URL and revision: the source's own, or the cluster's repository."""
    options = plan.cluster.argocd
    if not source.url:
        return options.repo_url, options.target_revision
    given = (getattr(source, name) for name in REVISIONS)
    return source.url, next((each for each in given if each), "HEAD")

"""The repository and revision that an Application reads: its source in terms of Argo CD 3.5."""

from kure_hooks.layout.plan import Plan
from kure_hooks.stack.sources import SourceRef

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

"""Options of Flux, as written and complete."""

from msgspec import Struct, structs

from kure_hooks.config.layout import LayoutSpec, ModeKey, Placement
from kure_hooks.decoding.types import Annotations, Duration, Input, Labels, Name


class FluxSpec(Input, frozen=True, kw_only=True):
    """Flux options as written."""

    namespace: Name | None = None
    interval: Duration | None = None
    retry_interval: Duration | None = None
    placement: Placement | None = None
    kustomization_mode: ModeKey = None
    labels: Labels | None = None
    annotations: Annotations | None = None


def laid_out(layout: LayoutSpec, flux: FluxSpec) -> LayoutSpec:
    """Return the layout rules with the one that is also an option of Flux; `layout` goes first."""
    return structs.replace(layout, flux_placement=layout.flux_placement or flux.placement)


class FluxOptions(Struct, frozen=True, kw_only=True):
    """Flux options of a cluster, complete; labels and annotations are for Kustomizations alone.

    `retry_interval` is the time until what failed is tried again: left to itself Flux waits for a
    whole interval.
    """

    namespace: str = "flux-system"
    interval: str = "1h"
    retry_interval: str = "2m"
    labels: Labels = {}
    annotations: Annotations = {}

"""Options of Flux, as written and complete."""

from msgspec import Struct, structs

from kure_hooks.config.layout import LayoutSpec, ModeKey, Placement
from kure_hooks.decoding.types import Annotations, Duration, Input, Labels, Name


class FluxSpec(Input, frozen=True, kw_only=True):
    """Flux options as written."""

    namespace: Name | None = None
    """The namespace of Flux, where Kustomizations and sources are written."""
    interval: Duration | None = None
    """How often Flux compares the cluster with the source and corrects it. A bundle may have its
    own."""
    retry_interval: Duration | None = None
    """How soon Flux tries again what failed. A bundle may have its own."""
    placement: Placement | None = None
    """The same as `layout.fluxPlacement`, which goes before it.

    - `separate`: All Flux objects are in one directory.
    - `integrated`: Each object is in the payload of the bundle that contains it, and each
      application with a directory of its own has one.
    - `integrated-per-bundle`: Each object is in the payload of the bundle that contains it.
    """
    kustomization_mode: ModeKey = None
    """This key has no effect any more, because both of its modes write the same. Delete it.

    - `explicit`: Every file is listed.
    - `recursive`: The same as `explicit`.
    """
    labels: Labels | None = None
    """Labels for all Kustomizations of the cluster."""
    annotations: Annotations | None = None
    """Annotations for all Kustomizations of the cluster."""


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

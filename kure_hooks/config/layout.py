"""Layout rules as stacks and settings write them."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

from msgspec import Meta

from kure_hooks.decoding.types import Input
from kure_hooks.findings import Finding, Severity, of_rule
from kure_hooks.yamlio.place import Place

Grouping = Literal["name", "flat"]
Placement = Literal["separate", "integrated", "integrated-per-bundle"]
KustomizationMode = Literal["explicit", "recursive"]
ModeKey = Annotated[
    KustomizationMode | None,
    Meta(
        extra_json_schema={
            "deprecated": True,
            "description": "Both modes write the same: delete this key.",
        }
    ),
]
MODE_KEY = "kustomizationMode"


class LayoutSpec(Input, frozen=True, kw_only=True):
    """Layout rules as written; what is not set comes from the settings, then from the preset."""

    preset: (
        Literal["CentralizedControlPlane", "SiblingControlPlane", "ParentDeployedControl"] | None
    ) = None
    profile: Literal["flux", "argocd"] | None = None
    node_grouping: Grouping | None = None
    bundle_grouping: Grouping | None = None
    application_grouping: Grouping | None = None
    application_file_mode: Literal["resource", "single"] | None = None
    file_per: Literal["resource", "kind"] | None = None
    file_naming: Literal["default", "kind-name"] | None = None
    flux_placement: Placement | None = None
    kustomization_mode: ModeKey = None
    flatten_single_tier: bool | None = None


@of_rule("CF005")
def recursive_modes(places: Iterable[Place]) -> Iterator[Finding]:
    """Yield a warning at each place that asks for the mode `recursive`.

    A directory that lists only its children would leave out its own files, and no file is ever left
    out: so the modes of the reference are one.
    """
    for place in places:
        if place.exists and place.value == "recursive":
            problem = f"{MODE_KEY} recursive writes the same as explicit, so it has no effect"
            yield place.fault(problem, "Delete this key.", Severity.WARNING)

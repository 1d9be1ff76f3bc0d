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
    """The rules to start from. Without it SiblingControlPlane.

    - `CentralizedControlPlane`: All nodes in one directory, files named by kind and name.
    - `SiblingControlPlane`: A directory for each node, and one for all objects of the GitOps tool.
    - `ParentDeployedControl`: The objects of Flux in the payloads of the bundles that contain them.
    """
    profile: Literal["flux", "argocd"] | None = None
    """The rules that suit a GitOps tool, where no preset is named.

    - `flux`: One file for each object.
    - `argocd`: One file for each application.
    """
    node_grouping: Grouping | None = None
    """Whether each node gets a directory of its own. The presets decide without it.

    - `name`: A directory named after each node.
    - `flat`: No directory, the files are in that of the node above.
    """
    bundle_grouping: Grouping | None = None
    """Whether each bundle gets a directory of its own. The presets decide without it.

    - `name`: A directory named after each bundle.
    - `flat`: No directory, the files are in that of the node.
    """
    application_grouping: Grouping | None = None
    """Whether each application gets a directory of its own. The presets decide without it.

    - `name`: A directory named after each application.
    - `flat`: No directory, the files are in that of the bundle.
    """
    application_file_mode: Literal["resource", "single"] | None = None
    """Whether the objects of an application share a file.

    - `resource`: A file for each object, or for each kind.
    - `single`: One file for each application.
    """
    file_per: Literal["resource", "kind"] | None = None
    """What a file holds where applications do not share one.

    - `resource`: One object.
    - `kind`: All objects of a kind.
    """
    file_naming: Literal["default", "kind-name"] | None = None
    """How the files of objects are named.

    - `default`: By namespace, kind and name.
    - `kind-name`: By kind and name.
    """
    flux_placement: Placement | None = None
    """Where the Kustomizations and sources of Flux are written. Argo CD has all Applications in one
    directory.

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
    flatten_single_tier: bool | None = None
    """Give a root node that holds nothing but one child no directory of its own."""


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

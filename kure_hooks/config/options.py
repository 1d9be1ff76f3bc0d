"""Options of layouts and GitOps tools, as settings give them for all clusters."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

from msgspec import Meta, Struct, field, structs

from kure_hooks.decoding.types import Annotations, Duration, Input, Labels, Name, Text, Url
from kure_hooks.findings import Finding, Severity
from kure_hooks.project_spec import ProjectSpec
from kure_hooks.syncing import IgnoreDifference, Info, RollingSet, Syncing, SyncPolicy
from kure_hooks.yamlio.place import Place

Grouping = Literal["name", "flat"]
Placement = Literal["separate", "integrated", "integrated-per-bundle"]
KustomizationMode = Literal["explicit", "recursive"]
_Mode = Annotated[
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
    kustomization_mode: _Mode = None
    flatten_single_tier: bool | None = None


class FluxSpec(Input, frozen=True, kw_only=True):
    """Flux options as written."""

    namespace: Name | None = None
    interval: Duration | None = None
    retry_interval: Duration | None = None
    placement: Placement | None = None
    kustomization_mode: _Mode = None
    labels: Labels | None = None
    annotations: Annotations | None = None


def laid_out(layout: LayoutSpec, flux: FluxSpec) -> LayoutSpec:
    """Return the layout rules with the one that is also an option of Flux; `layout` goes first."""
    return structs.replace(layout, flux_placement=layout.flux_placement or flux.placement)


def recursive_modes(places: Iterable[Place]) -> Iterator[Finding]:
    """Yield a warning at each place that asks for the mode `recursive`.

    A directory that lists only its children would leave out its own files, and no file is ever left
    out: so the modes of the reference are one.
    """
    for place in places:
        if place.exists and place.value == "recursive":
            problem = f"{MODE_KEY} recursive writes the same as explicit, so it has no effect"
            yield place.fault(problem, "delete this key", Severity.WARNING)


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


class Destination(Input, frozen=True, kw_only=True):
    """The cluster that Argo CD deploys to: an API server's URL or a registered name."""

    server: Url | None = None
    name: Text | None = None
    namespace: Name | None = None

    @property
    def is_one(self) -> bool:
        """Whether it names one cluster, in one of the two ways."""
        return bool(self.server) != bool(self.name)


NOT_ONE = "the destination needs exactly one of server and name"


class ArgocdSpec(Syncing, frozen=True, kw_only=True):
    """Argo CD options as written."""

    namespace: Name | None = None
    repo_url: Url | None = field(default=None, name="repoURL")
    target_revision: Text | None = None
    project: Name | None = None
    destination: Destination | None = None
    ordering: Literal["waves", "progressive", "resource-waves"] | None = None
    health_requires_sync: bool | None = None
    health_configured: bool | None = None
    labels: Labels | None = None
    annotations: Annotations | None = None
    project_spec: ProjectSpec | None = None
    application_set: RollingSet | None = None


class ArgocdOptions(Struct, frozen=True, kw_only=True):
    """Argo CD options of a cluster, complete but for `repo_url`, which a stack may lack.

    An empty `project` stands for a project of the cluster's own, named after it.
    `health_configured` says that an argocd-cm of somebody else's tells the health of Applications.
    Labels and annotations are for Applications alone. `project_spec` goes over the project that is
    generated.
    """

    namespace: str = "argocd"
    repo_url: str = ""
    target_revision: str = "HEAD"
    project: str = ""
    destination: Destination = Destination(server="https://kubernetes.default.svc")
    ordering: str = "waves"
    health_requires_sync: bool = True
    health_configured: bool = False
    labels: Labels = {}
    annotations: Annotations = {}
    project_spec: ProjectSpec | None = None
    application_set: RollingSet | None = None
    sync_policy: SyncPolicy | None = None
    ignore_differences: tuple[IgnoreDifference, ...] = ()
    info: tuple[Info, ...] = ()
    finalizers: tuple[str, ...] | None = None
    revision_history_limit: int | None = None

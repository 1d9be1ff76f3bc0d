"""The spec of a chart's release, as an author writes it."""

from typing import Annotated, Any, Literal

from msgspec import Meta

from kure_hooks.apps.helm.actions import Install, Release, Rollback, Test, Uninstall, Upgrade
from kure_hooks.apps.helm.source import HERE, INTERVAL, ChartSource
from kure_hooks.config.helm import Capabilities
from kure_hooks.decoding.types import Duration, Input, Name, ObjectName, Text, whole
from kure_hooks.stack.bundle_options import CommonMetadata, Ignore, Image, KubeConfig, Patch
from kure_hooks.stack.health import HealthCheckExpr
from kure_hooks.stack.sources import Verify

_Key = Annotated[
    str,
    Meta(
        pattern=whole("[-._a-zA-Z0-9]+"),
        max_length=253,
        description="a key of letters, digits, dashes, dots and underscores",
        examples=["values.yaml"],
    ),
]
_Target = Annotated[
    str,
    Meta(
        pattern=whole(r"(?=[^\n])[-a-zA-Z0-9_.\\/]*(\[[0-9]{1,5}\][-a-zA-Z0-9_.\\/]*)*"),
        max_length=250,
        description="a dotted path of values such as ingress.hosts[0]",
        examples=["ingress.hosts[0]"],
    ),
]


_Files = Annotated[
    tuple[Text, ...], Meta(max_length=100, description="a list of at most 100 paths")
]


class Chart(Input, frozen=True, kw_only=True):
    """A chart by its name in a repository, or by its directory in a GitRepository or Bucket.

    A chart of this repository has a `path`. `valuesFiles` are files inside of the chart.
    """

    path: Text | None = None
    """A chart of this repository: its directory or its .tgz, relative to this document's file. No
    `source` stands beside it."""
    name: Text | None = None
    """The name of the chart in its repository, or its directory in a GitRepository or Bucket."""
    version: Text | None = None
    """The version of the chart, or a range such as 6.x. Argo CD takes it for the revision. A chart
    of this repository has to be of that version."""
    interval: Duration | None = None
    """How often Flux looks for a new version of the chart. Without it the `interval` of the source.
    """
    reconcile_strategy: Literal["ChartVersion", "Revision"] | None = None
    """What makes Flux take a chart anew.

    - `ChartVersion`: Another version of the chart, which is Flux's default.
    - `Revision`: Another revision of the source.
    """
    values_files: tuple[Text, ...] = ()
    """Files with values inside the chart. Later ones win."""
    ignore_missing_values_files: bool | None = None
    """Go on without the values files that do not exist."""
    verify: Verify | None = None
    """The signatures that the chart has to have."""


class Values(Input, frozen=True, kw_only=True):
    """A ConfigMap or Secret with values; a `literal` one is taken as it is, not as YAML."""

    kind: Literal["ConfigMap", "Secret"]
    """The kind of the object that holds the values."""
    name: ObjectName
    """The name of the object, in the namespace of the release."""
    values_key: _Key | None = None
    """The key in the object. Without it values.yaml."""
    target_path: _Target | None = None
    """The dotted path that the value is set at. Without it the content is merged as YAML."""
    optional: bool | None = None
    """Go on without the object when it does not exist."""
    literal: bool | None = None
    """Take the content as it is, not as YAML."""


class ReleaseDependency(Input, frozen=True, kw_only=True):
    """Another HelmRelease that has to be ready first; `readyExpr` says in CEL when it is."""

    name: ObjectName
    """The name of the HelmRelease that has to be ready first."""
    namespace: Name | None = None
    """The namespace of the HelmRelease. Without it the same one."""
    ready_expr: Text | None = None
    """An expression in CEL that tells when the other release is ready."""


class DriftDetection(Input, frozen=True, kw_only=True):
    """The correction of differences in the cluster, and the fields that are left to others."""

    mode: Literal["enabled", "warn", "disabled"] | None = None
    """What Flux does about differences between the release and the cluster.

    - `enabled`: They are corrected. For Argo CD this is selfHeal.
    - `warn`: They are reported.
    - `disabled`: They are ignored, which is Flux's default.
    """
    ignore: tuple[Ignore, ...] = ()
    """Fields whose difference is not taken for drift."""


class Rendering(Input, frozen=True, kw_only=True):
    """Changes that kustomize makes to rendered manifests."""

    patches: tuple[Patch, ...] = ()
    """Patches of the rendered objects."""
    images: tuple[Image, ...] = ()
    """Images that are replaced by others in the rendered objects."""


class PostRenderer(Input, frozen=True, kw_only=True):
    """One step between rendering and applying."""

    kustomize: Rendering
    """Changes that kustomize makes to the rendered objects."""


class WaitStrategy(Input, frozen=True, kw_only=True):
    """The way in which Helm finds out that a release's objects are ready."""

    name: Literal["poller", "legacy"]
    """How Helm waits for the objects of a release.

    - `poller`: By the health of all objects, as kstatus tells it.
    - `legacy`: As Helm 3 does.
    """


class Spec(Input, frozen=True, kw_only=True):
    """A chart, its source, its values, and how it is released.

    Values are merged in this order, a later one wins: `valuesFile`, `valuesFiles`, `valuesFrom`,
    `values`.
    """

    chart: Chart = Chart()
    """The chart to release. For an OCIRepository the source alone says it."""
    source: ChartSource = HERE
    """Where the chart comes from, unless it is in this repository. Flux gets a source object, Argo
    CD a Helm source."""
    render: bool = False
    """Render the chart by `helm template` when manifests are generated, and write the objects that
    come out. The chart is that of `chart.path`, or one that `kure-hooks vendor` recorded under
    `chart.name`."""
    capabilities: Capabilities = Capabilities()
    """What a rendered chart is told of the cluster. Without it the settings say it, in `helm`."""
    interval: Duration = INTERVAL
    """How often Flux compares the release with the cluster. Argo CD ignores it."""
    suspend: bool | None = None
    """Stop Flux from touching the release until this is removed."""
    timeout: Duration | None = None
    """How long one action of Helm may take, such as 10m. Flux's default is 5m."""
    max_history: Annotated[int, Meta(ge=0, description="0 (no limit) or more")] | None = None
    """How many revisions of the release Helm keeps, 0 for all. Flux's default is 5."""
    release: Release = Release()
    """Options of the release, in short."""
    depends_on: tuple[ReleaseDependency, ...] = ()
    """HelmReleases that have to be ready first. Argo CD can't wait for them."""
    install: Install = Install()
    """Options of the first installation."""
    upgrade: Upgrade = Upgrade()
    """Options of every later change."""
    rollback: Rollback | None = None
    """Options of the way back after a failed upgrade."""
    uninstall: Uninstall | None = None
    """Options of the removal of the release."""
    test: Test | None = None
    """Options of the tests that the chart has."""
    drift_detection: DriftDetection | None = None
    """What is done about changes that are made in the cluster."""
    post_renderers: tuple[PostRenderer, ...] = ()
    """Changes to the rendered objects before they are applied. Argo CD has none."""
    post_render_strategy: Literal["nohooks", "combined", "separate"] | None = None
    """What the post-renderers get to see.

    - `nohooks`: The objects without the hooks of the chart.
    - `combined`: Hooks and objects together.
    - `separate`: Hooks and objects one after the other.
    """
    wait_strategy: WaitStrategy | None = None
    """How Helm finds out that the objects are ready."""
    health_check_exprs: tuple[HealthCheckExpr, ...] = ()
    """Expressions in CEL that tell the health of custom resources."""
    common_metadata: CommonMetadata | None = None
    """Labels and annotations for every object of the release."""
    service_account_name: ObjectName | None = None
    """The ServiceAccount that Flux releases with, for tenants with few rights."""
    kube_config: KubeConfig | None = None
    """The remote cluster that Flux releases to. For Argo CD there is `argocd.destination`."""
    persistent_client: bool | None = None
    """Let Flux keep its connection to the cluster during a release. Its default is true."""
    values_file: Text | None = None
    """A file of this repository with values, relative to this document's file. A ConfigMap is made
    of it."""
    values_files: _Files = ()
    """More files of this repository with values, and directories of them, relative to this
    document's file. Later ones win. The files of a directory are taken in the order of their
    names."""
    values_from: tuple[Values, ...] = ()
    """ConfigMaps and Secrets with values. Later ones win, and `values` wins over all."""
    values: dict[str, Any] = {}
    """The values of the chart. They win over all files and `valuesFrom`."""

    @property
    def has_files(self) -> bool:
        """True where files of this repository have values."""
        return self.values_file is not None or bool(self.values_files)

    @property
    def is_local(self) -> bool:
        """True for a chart that lies in this repository."""
        return self.chart.path is not None

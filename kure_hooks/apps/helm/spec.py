"""The spec of a chart's release, as an author writes it."""

from typing import Annotated, Any, Literal

from msgspec import Meta

from kure_hooks.apps.helm.actions import Install, Release, Rollback, Test, Uninstall, Upgrade
from kure_hooks.apps.helm.source import INTERVAL, ChartSource
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
    ),
]
_Target = Annotated[
    str,
    Meta(
        pattern=whole(r"(?=[^\n])[-a-zA-Z0-9_.\\/]*(\[[0-9]{1,5}\][-a-zA-Z0-9_.\\/]*)*"),
        max_length=250,
        description="a dotted path of values such as ingress.hosts[0]",
    ),
]


class Chart(Input, frozen=True, kw_only=True):
    """A chart by its name in a repository, or by its directory in a GitRepository or Bucket.

    `valuesFiles` are files inside of the chart.
    """

    name: Text | None = None
    version: Text | None = None
    interval: Duration | None = None
    reconcile_strategy: Literal["ChartVersion", "Revision"] | None = None
    values_files: tuple[Text, ...] = ()
    ignore_missing_values_files: bool | None = None
    verify: Verify | None = None


class Values(Input, frozen=True, kw_only=True):
    """A ConfigMap or Secret with values; a `literal` one is taken as it is, not as YAML."""

    kind: Literal["ConfigMap", "Secret"]
    name: ObjectName
    values_key: _Key | None = None
    target_path: _Target | None = None
    optional: bool | None = None
    literal: bool | None = None


class ReleaseDependency(Input, frozen=True, kw_only=True):
    """Another HelmRelease that has to be ready first; `readyExpr` says in CEL when it is."""

    name: ObjectName
    namespace: Name | None = None
    ready_expr: Text | None = None


class DriftDetection(Input, frozen=True, kw_only=True):
    """The correction of differences in the cluster, and the fields that are left to others."""

    mode: Literal["enabled", "warn", "disabled"] | None = None
    ignore: tuple[Ignore, ...] = ()


class Rendering(Input, frozen=True, kw_only=True):
    """Changes that kustomize makes to rendered manifests."""

    patches: tuple[Patch, ...] = ()
    images: tuple[Image, ...] = ()


class PostRenderer(Input, frozen=True, kw_only=True):
    """One step between rendering and applying."""

    kustomize: Rendering


class WaitStrategy(Input, frozen=True, kw_only=True):
    """The way in which Helm finds out that a release's objects are ready."""

    name: Literal["poller", "legacy"]


class Spec(Input, frozen=True, kw_only=True):
    """A chart, its source, its values, and how it is released.

    Values are merged in this order, a later one wins: `valuesFile`, `valuesFrom`, `values`.
    """

    chart: Chart = Chart()
    source: ChartSource
    interval: Duration = INTERVAL
    suspend: bool | None = None
    timeout: Duration | None = None
    max_history: Annotated[int, Meta(ge=0, description="0 (no limit) or more")] | None = None
    release: Release = Release()
    depends_on: tuple[ReleaseDependency, ...] = ()
    install: Install = Install()
    upgrade: Upgrade = Upgrade()
    rollback: Rollback | None = None
    uninstall: Uninstall | None = None
    test: Test | None = None
    drift_detection: DriftDetection | None = None
    post_renderers: tuple[PostRenderer, ...] = ()
    post_render_strategy: Literal["nohooks", "combined", "separate"] | None = None
    wait_strategy: WaitStrategy | None = None
    health_check_exprs: tuple[HealthCheckExpr, ...] = ()
    common_metadata: CommonMetadata | None = None
    service_account_name: ObjectName | None = None
    kube_config: KubeConfig | None = None
    persistent_client: bool | None = None
    values_file: Text | None = None
    values_from: tuple[Values, ...] = ()
    values: dict[str, Any] = {}

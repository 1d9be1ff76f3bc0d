"""Objects that watch the pods: monitors of the Prometheus Operator (v1) and scaling by KEDA."""

from typing import Annotated, Any, Literal

from msgspec import Meta, field

from kure_hooks.apps.workload.inputs.terms import (
    Annotations,
    Count,
    Fields,
    Labels,
    ObjectName,
    Port,
    PortName,
    Positive,
    Text,
)
from kure_hooks.decoding.types import whole

ScrapeTime = Annotated[
    str,
    Meta(
        pattern=whole("[0-9]{1,6}(ms|s|m|h|d)"),
        description="a time such as 30s",
        examples=["30s"],
    ),
]


class Endpoint(Fields, frozen=True, kw_only=True):
    """A port whose metrics are read."""

    port: PortName | None = None
    """The name of the port: of the Service for a ServiceMonitor, of the pod for a PodMonitor."""
    target_port: Port | None = None
    """The port of the pods by number or name, where it has no name in the Service."""
    path: Text | None = None
    """The path of the metrics. Without it /metrics."""
    scheme: Literal["http", "https"] | None = None
    """The scheme of the metrics. Without it http.

    - `http`: Without TLS.
    - `https`: With TLS, as `tlsConfig` says.
    """
    params: dict[str, tuple[Text, ...]] = field(default_factory=dict)
    """Parameters of the query."""
    interval: ScrapeTime | None = None
    """How often metrics are read. Without it as often as Prometheus does."""
    scrape_timeout: ScrapeTime | None = None
    """How long an answer may take, at most the interval."""
    honor_labels: bool | None = None
    """Let labels of the metrics win over those of the target."""
    honor_timestamps: bool | None = None
    """Take the times that the metrics have. Prometheus' default is true."""
    follow_redirects: bool | None = None
    """Follow redirects. Prometheus' default is true."""
    enable_http2: bool | None = None
    """Ask with HTTP 2. Prometheus' default is true."""
    tls_config: dict[str, Any] | None = None
    """The certificates of TLS, as the Prometheus Operator has them."""
    basic_auth: dict[str, Any] | None = None
    """The Secret with name and password, as the Prometheus Operator has it."""
    authorization: dict[str, Any] | None = None
    """The Secret with credentials, as the Prometheus Operator has it."""
    oauth2: dict[str, Any] | None = None
    """Credentials by OAuth 2, as the Prometheus Operator has them."""
    relabelings: tuple[dict[str, Any], ...] = ()
    """Changes of the target's labels, as the Prometheus Operator has them."""
    metric_relabelings: tuple[dict[str, Any], ...] = ()
    """Changes of the metrics' labels, as the Prometheus Operator has them."""


class Monitor(Endpoint, frozen=True, kw_only=True):
    """A ServiceMonitor or PodMonitor: one port, or several `endpoints`."""

    kind: Literal["ServiceMonitor", "PodMonitor"] = "ServiceMonitor"
    """The kind of the monitor.

    - `ServiceMonitor`: By the Services of the application.
    - `PodMonitor`: By the pods themselves.
    """
    name: ObjectName | None = None
    """The name of the monitor. Without it that of the application."""
    labels: Labels = field(default_factory=dict)
    """Labels for the monitor alone, by which a Prometheus chooses its monitors."""
    annotations: Annotations = field(default_factory=dict)
    """Annotations for the monitor."""
    endpoints: tuple[Endpoint, ...] = ()
    """Several ports, in place of the keys of the only one."""
    job_label: Text | None = None
    """The label whose value becomes the name of the job."""
    target_labels: tuple[Text, ...] = ()
    """Labels of the Service that become labels of the metrics."""
    pod_target_labels: tuple[Text, ...] = ()
    """Labels of the pods that become labels of the metrics."""
    sample_limit: Count | None = None
    """The most samples of one answer. With more the target fails."""
    scrape_class: Text | None = None
    """The class of scraping that Prometheus defines."""


class TriggerAuthentication(Fields, frozen=True, kw_only=True):
    """An object with the credentials of a trigger."""

    name: ObjectName
    """The name of the object."""
    kind: Literal["TriggerAuthentication", "ClusterTriggerAuthentication"] | None = None
    """The kind of the object. Without it TriggerAuthentication.

    - `TriggerAuthentication`: One of the application's namespace.
    - `ClusterTriggerAuthentication`: One for all namespaces.
    """


class Trigger(Fields, frozen=True, kw_only=True):
    """Something that KEDA scales by."""

    type: Annotated[str, Meta(min_length=1, description="a scaler of KEDA such as cron or kafka")]
    """The scaler of KEDA, such as cron, kafka, prometheus or rabbitmq."""
    name: Text | None = None
    """The name of the trigger, which formulas refer to."""
    metric_type: Literal["AverageValue", "Value", "Utilization"] | None = None
    """How the metric is compared. KEDA's default is AverageValue.

    - `AverageValue`: By its share for each pod.
    - `Value`: As a whole.
    - `Utilization`: In percent of the request, for cpu and memory.
    """
    metadata: dict[str, Text]
    """The settings of the scaler. Put numbers and booleans in quotes."""
    authentication_ref: TriggerAuthentication | None = None
    """The object with the credentials of the scaler."""
    use_cached_metrics: bool | None = None
    """Ask the source at the polling interval alone."""


class ScalingFallback(Fields, frozen=True, kw_only=True):
    """The number of pods while a trigger fails."""

    failure_threshold: Count
    """After how many failures it counts."""
    replicas: Count
    """How many pods there are then."""
    behavior: Text | None = None
    """Which number counts. KEDA's default is static."""


class Scaling(Fields, frozen=True, kw_only=True):
    """A ScaledObject of KEDA (v1alpha1); it makes an autoscaler of its own."""

    annotations: Annotations = field(default_factory=dict)
    """Annotations for the ScaledObject, such as that which pauses it."""
    min_replicas: Count | None = None
    """The least number of pods. KEDA's default is 0."""
    max_replicas: Positive | None = None
    """The greatest number of pods. KEDA's default is 100."""
    idle_replicas: Count | None = None
    """The number of pods while no trigger is active, less than `minReplicas`."""
    polling_interval: Positive | None = None
    """How often triggers are asked, in seconds. KEDA's default is 30."""
    cooldown_period: Count | None = None
    """How long after the last activity pods go down to none, in seconds. KEDA's default is 300."""
    initial_cooldown_period: Count | None = None
    """The same after the ScaledObject was made. KEDA's default is 0."""
    fallback: ScalingFallback | None = None
    """How many pods there are while a trigger fails."""
    advanced: dict[str, Any] | None = None
    """The behaviour of the autoscaler, and formulas, as KEDA has them."""
    triggers: Annotated[
        tuple[Trigger, ...], Meta(min_length=1, description="a list of at least one trigger")
    ]
    """What KEDA scales by."""

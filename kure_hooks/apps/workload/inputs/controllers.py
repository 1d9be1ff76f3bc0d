"""How a workload is rolled out, scaled and kept available."""

from typing import Any, Literal

from msgspec import field

from kure_hooks.apps.workload.inputs.terms import Count, CountOrPercent, Fields, Positive

WorkloadKind = Literal["Deployment", "StatefulSet", "DaemonSet"]


class RollingDeployment(Fields, frozen=True, kw_only=True):
    """How many pods a Deployment replaces at once."""

    max_surge: CountOrPercent | None = None
    max_unavailable: CountOrPercent | None = None


class DeploymentStrategy(Fields, frozen=True, kw_only=True):
    """How a Deployment replaces its pods."""

    type: Literal["RollingUpdate", "Recreate"] | None = None
    rolling_update: RollingDeployment | None = None


class RollingPods(Fields, frozen=True, kw_only=True):
    """How a StatefulSet (`partition`) or DaemonSet (`maxSurge`) replaces pods one after another."""

    max_surge: CountOrPercent | None = None
    max_unavailable: CountOrPercent | None = None
    partition: Count | None = None


class UpdateStrategy(Fields, frozen=True, kw_only=True):
    """How a StatefulSet or DaemonSet replaces its pods."""

    type: Literal["RollingUpdate", "OnDelete"] | None = None
    rolling_update: RollingPods | None = None


class ClaimRetention(Fields, frozen=True, kw_only=True):
    """What becomes of the claims when a StatefulSet is deleted or made smaller."""

    when_deleted: Literal["Retain", "Delete"] | None = None
    when_scaled: Literal["Retain", "Delete"] | None = None


class Autoscaling(Fields, frozen=True, kw_only=True):
    """A HorizontalPodAutoscaler; `metrics` and `behavior` are written as they are given."""

    min_replicas: Positive | None = None
    max_replicas: Positive
    target_cpu_utilization_percentage: Positive | None = field(
        default=None, name="targetCPUUtilizationPercentage"
    )
    target_memory_utilization_percentage: Positive | None = None
    metrics: tuple[dict[str, Any], ...] = ()
    behavior: dict[str, Any] | None = None


class DisruptionBudget(Fields, frozen=True, kw_only=True):
    """How many pods must stay when nodes are drained: exactly one of the two limits."""

    min_available: CountOrPercent | None = None
    max_unavailable: CountOrPercent | None = None
    unhealthy_pod_eviction_policy: Literal["IfHealthyBudget", "AlwaysAllow"] | None = None

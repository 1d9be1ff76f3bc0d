"""Roll-out, scaling and availability of a workload."""

from typing import Any, Literal

from msgspec import field

from kure_hooks.apps.workload.inputs.terms import Count, CountOrPercent, Fields, Positive

WorkloadKind = Literal["Deployment", "StatefulSet", "DaemonSet"]


class RollingDeployment(Fields, frozen=True, kw_only=True):
    """The number of pods that a Deployment replaces at once."""

    max_surge: CountOrPercent | None = None
    max_unavailable: CountOrPercent | None = None


class DeploymentStrategy(Fields, frozen=True, kw_only=True):
    """The strategy by which a Deployment replaces its pods."""

    type: Literal["RollingUpdate", "Recreate"] | None = None
    rolling_update: RollingDeployment | None = None


class RollingPods(Fields, frozen=True, kw_only=True):
    """Replacement of a StatefulSet's (`partition`) or DaemonSet's (`maxSurge`) pods, one by one."""

    max_surge: CountOrPercent | None = None
    max_unavailable: CountOrPercent | None = None
    partition: Count | None = None


class UpdateStrategy(Fields, frozen=True, kw_only=True):
    """The strategy by which a StatefulSet or DaemonSet replaces its pods."""

    type: Literal["RollingUpdate", "OnDelete"] | None = None
    rolling_update: RollingPods | None = None


class ClaimRetention(Fields, frozen=True, kw_only=True):
    """The fate of the claims when a StatefulSet is deleted or made smaller."""

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
    """The number of pods that stay when nodes are drained: exactly one of the two limits."""

    min_available: CountOrPercent | None = None
    max_unavailable: CountOrPercent | None = None
    unhealthy_pod_eviction_policy: Literal["IfHealthyBudget", "AlwaysAllow"] | None = None

"""Roll-out, scaling and availability of a workload."""

from typing import Any, Literal

from msgspec import field

from kure_hooks.apps.workload.inputs.terms import (
    Count,
    CountOrPercent,
    Fields,
    Positive,
    Seconds,
    SomeSeconds,
)
from kure_hooks.apps.workload.inputs.volumes import VolumeClaimTemplate

WorkloadKind = Literal["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"]
SCALABLE = ("Deployment", "StatefulSet")
"""The kinds that have a number of pods."""
JOBS = ("Job", "CronJob")
"""The kinds whose pods run to their end."""


class RollingDeployment(Fields, frozen=True, kw_only=True):
    """The number of pods that a Deployment replaces at once."""

    max_surge: CountOrPercent | None = None
    """How many pods there may be beyond `replicas`. Kubernetes' default is 25%."""
    max_unavailable: CountOrPercent | None = None
    """How many pods may be missing. Kubernetes' default is 25%."""


class DeploymentStrategy(Fields, frozen=True, kw_only=True):
    """The strategy by which a Deployment replaces its pods."""

    type: Literal["RollingUpdate", "Recreate"] | None = None
    """How a Deployment replaces its pods.

    - `RollingUpdate`: Little by little, which is Kubernetes' default.
    - `Recreate`: All old ones stop before new ones start.
    """
    rolling_update: RollingDeployment | None = None
    """How many pods are replaced at once with RollingUpdate."""


class RollingPods(Fields, frozen=True, kw_only=True):
    """Replacement of a StatefulSet's (`partition`) or DaemonSet's (`maxSurge`) pods, one by one."""

    max_surge: CountOrPercent | None = None
    """How many pods of a DaemonSet may start on nodes before the old ones stop."""
    max_unavailable: CountOrPercent | None = None
    """How many pods may be missing. Kubernetes' default is 1."""
    partition: Count | None = None
    """The number from which on pods of a StatefulSet are replaced. Kubernetes' default is 0."""


class UpdateStrategy(Fields, frozen=True, kw_only=True):
    """The strategy by which a StatefulSet or DaemonSet replaces its pods."""

    type: Literal["RollingUpdate", "OnDelete"] | None = None
    """How a StatefulSet or DaemonSet replaces its pods.

    - `RollingUpdate`: One after the other, which is Kubernetes' default.
    - `OnDelete`: When somebody deletes them.
    """
    rolling_update: RollingPods | None = None
    """How pods are replaced with RollingUpdate."""


class ClaimRetention(Fields, frozen=True, kw_only=True):
    """The fate of the claims when a StatefulSet is deleted or made smaller."""

    when_deleted: Literal["Retain", "Delete"] | None = None
    """What happens to the claims when the StatefulSet is deleted.

    - `Retain`: They stay, which is Kubernetes' default.
    - `Delete`: They are deleted.
    """
    when_scaled: Literal["Retain", "Delete"] | None = None
    """What happens to the claims of pods that are no longer wanted.

    - `Retain`: They stay, which is Kubernetes' default.
    - `Delete`: They are deleted.
    """


class ControllerFields(Fields, frozen=True, kw_only=True):
    """Fields of what runs the pods: its kind, their number, and how they are replaced."""

    workload: WorkloadKind | None = None
    """The kind of object that runs the pods. See https://kubernetes.io/docs/concepts/workloads/

    - `Deployment`: Pods without a state of their own, which replace each other freely.
    - `StatefulSet`: Pods with stable names and volumes of their own.
    - `DaemonSet`: One pod on each node.
    - `Job`: Pods that run to their end. A Job that changes is deleted and created again.
    - `CronJob`: A Job at each time of `schedule`.
    """
    replicas: Count | None = None
    """The number of pods. With `autoscaling` the autoscaler decides and nothing is written."""
    strategy: DeploymentStrategy | None = None
    """How a Deployment replaces its pods."""
    update_strategy: UpdateStrategy | None = None
    """How a StatefulSet or DaemonSet replaces its pods."""
    pod_management_policy: Literal["OrderedReady", "Parallel"] | None = None
    """In which order a StatefulSet starts and stops pods.

    - `OrderedReady`: One after the other, which is Kubernetes' default.
    - `Parallel`: All at once.
    """
    min_ready_seconds: Seconds | None = None
    """How long a new pod has to be ready until it counts, in seconds. Kubernetes' default is 0."""
    revision_history_limit: Count | None = None
    """How many old revisions are kept for a rollback. Kubernetes' default is 10."""
    progress_deadline_seconds: SomeSeconds | None = None
    """How long a roll-out may make no progress, in seconds. Kubernetes' default is 600."""
    persistent_volume_claim_retention_policy: ClaimRetention | None = None
    """What happens to the claims of a StatefulSet that is deleted or made smaller."""
    volume_claim_templates: tuple[VolumeClaimTemplate, ...] = ()
    """Claims that each pod of a StatefulSet gets for itself."""


class Autoscaling(Fields, frozen=True, kw_only=True):
    """A HorizontalPodAutoscaler; `metrics` and `behavior` are written as they are given."""

    min_replicas: Positive | None = None
    """The least number of pods. Kubernetes' default is 1."""
    max_replicas: Positive
    """The greatest number of pods."""
    target_cpu_utilization_percentage: Positive | None = field(
        default=None, name="targetCPUUtilizationPercentage"
    )
    """The average use of the requested CPU to aim for, in percent."""
    target_memory_utilization_percentage: Positive | None = None
    """The average use of the requested memory to aim for, in percent."""
    metrics: tuple[dict[str, Any], ...] = ()
    """More metrics to scale by, as autoscaling/v2 has them."""
    behavior: dict[str, Any] | None = None
    """How fast to scale up and down, as autoscaling/v2 has it."""


class DisruptionBudget(Fields, frozen=True, kw_only=True):
    """The number of pods that stay when nodes are drained: exactly one of the two limits."""

    min_available: CountOrPercent | None = None
    """How many pods have to stay, as a number or a percentage."""
    max_unavailable: CountOrPercent | None = None
    """How many pods may be missing, as a number or a percentage."""
    unhealthy_pod_eviction_policy: Literal["IfHealthyBudget", "AlwaysAllow"] | None = None
    """When pods that are not ready may be evicted.

    - `IfHealthyBudget`: Only while enough are ready, which is Kubernetes' default.
    - `AlwaysAllow`: Always.
    """

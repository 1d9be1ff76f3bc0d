"""Fields of Jobs and CronJobs."""

from typing import Annotated, Literal

from msgspec import Meta

from kure_hooks.apps.workload.inputs.controllers import ControllerFields
from kure_hooks.apps.workload.inputs.terms import Count, Fields, LabelKey, Name, Seconds, Text


class ExitCodes(Fields, frozen=True, kw_only=True):
    """Exit codes of a container that failed."""

    container_name: Name | None = None
    """The container that ended. Without it any of the pod."""
    operator: Literal["In", "NotIn"]
    """How the exit code is compared.

    - `In`: It is one of the values.
    - `NotIn`: It is none of the values.
    """
    values: tuple[int, ...]
    """The exit codes, each once and the least first. In takes no 0."""


class PodCondition(Fields, frozen=True, kw_only=True):
    """A condition of a pod that failed."""

    type: LabelKey
    """The type of the condition, such as DisruptionTarget."""
    status: Literal["True", "False", "Unknown"]
    """The status that the condition has, in quotes.

    - `True`: The condition holds.
    - `False`: It does not hold.
    - `Unknown`: Nobody knows.
    """


class FailureRule(Fields, frozen=True, kw_only=True):
    """A rule about pods that fail: on exit codes or on conditions of the pod."""

    action: Literal["FailJob", "FailIndex", "Ignore", "Count"]
    """What a failed pod means for the Job.

    - `FailJob`: The Job has failed, and its other pods are stopped.
    - `FailIndex`: The pod's index has failed. It needs `backoffLimitPerIndex`.
    - `Ignore`: The pod is replaced and not counted.
    - `Count`: The pod counts for `backoffLimit`, as without a rule.
    """
    on_exit_codes: ExitCodes | None = None
    """The exit codes that the rule is for."""
    on_pod_conditions: tuple[PodCondition, ...] = ()
    """The conditions that the rule is for. One that holds is enough."""


class PodFailurePolicy(Fields, frozen=True, kw_only=True):
    """The meaning of pods that fail. The first rule that fits a pod is used."""

    rules: tuple[FailureRule, ...]
    """The rules in their order, at most 20."""


class SuccessRule(Fields, frozen=True, kw_only=True):
    """A rule about indexes that are enough for the Job to succeed."""

    succeeded_indexes: Text | None = None
    """The indexes that have to succeed, such as 0-2,5. Without it any."""
    succeeded_count: Count | None = None
    """How many of the indexes have to succeed. Without it all of `succeededIndexes`."""


class SuccessPolicy(Fields, frozen=True, kw_only=True):
    """The success of a Job before all of its indexes have succeeded."""

    rules: Annotated[tuple[SuccessRule, ...], Meta(min_length=1)]
    """The rules, at most 20. One that holds is enough."""


class JobFields(ControllerFields, frozen=True, kw_only=True):
    """Fields of a controller with those of Jobs and CronJobs."""

    schedule: Text | None = None
    """When a CronJob starts a Job, in the five fields of cron or as @daily and the like, such as
    `0 3 * * *`."""
    time_zone: Text | None = None
    """The time zone of the schedule, such as Europe/Berlin. Without it that of the
    kube-controller-manager."""
    concurrency_policy: Literal["Allow", "Forbid", "Replace"] | None = None
    """What a CronJob does while the Job before still runs.

    - `Allow`: It starts another one, which is Kubernetes' default.
    - `Forbid`: It leaves this time out.
    - `Replace`: It stops the one before.
    """
    starting_deadline_seconds: Seconds | None = None
    """How late a CronJob may still start a Job, in seconds. Without it as late as it likes."""
    successful_jobs_history_limit: Count | None = None
    """How many Jobs that succeeded a CronJob keeps. Kubernetes' default is 3."""
    failed_jobs_history_limit: Count | None = None
    """How many Jobs that failed a CronJob keeps. Kubernetes' default is 1."""
    suspend: bool | None = None
    """Start no Jobs, or no pods of the Job. Kubernetes' default is false."""
    completions: Count | None = None
    """How many pods of a Job have to succeed. Kubernetes' default is 1; beside `parallelism` it is
    that the first pod that succeeds is enough."""
    completion_mode: Literal["NonIndexed", "Indexed"] | None = None
    """What the completions of a Job are.

    - `NonIndexed`: All alike, which is Kubernetes' default.
    - `Indexed`: Each pod has a number of its own, in the variable JOB_COMPLETION_INDEX.
    """
    parallelism: Count | None = None
    """How many pods of a Job run at once. Kubernetes' default is 1."""
    backoff_limit: Count | None = None
    """How many pods may fail until the Job has failed. Kubernetes' default is 6."""
    backoff_limit_per_index: Count | None = None
    """How many pods may fail until their index has failed, with Indexed."""
    max_failed_indexes: Count | None = None
    """How many indexes may fail until the Job has failed. It needs `backoffLimitPerIndex`."""
    active_deadline_seconds: Seconds | None = None
    """How long a Job may run, in seconds. Without it for ever."""
    ttl_seconds_after_finished: Seconds | None = None
    """How long a Job stays when it has ended, in seconds. Without it for ever. Flux and Argo CD
    create a Job again that is gone, so that it is for Jobs of a CronJob."""
    pod_failure_policy: PodFailurePolicy | None = None
    """What pods that fail mean for a Job. It needs `restartPolicy: Never`."""
    pod_replacement_policy: Literal["TerminatingOrFailed", "Failed"] | None = None
    """When a Job replaces a pod.

    - `TerminatingOrFailed`: As soon as it begins to end, which is Kubernetes' default.
    - `Failed`: When it has ended, which is the default with `podFailurePolicy`.
    """
    success_policy: SuccessPolicy | None = None
    """When a Job with indexes has succeeded before all of them have."""
    managed_by: LabelKey | None = None
    """The controller that runs the Job, such as kueue.x-k8s.io/multikueue. Without it that of
    Kubernetes."""
    restart_policy: Literal["Never", "OnFailure"] | None = None
    """What becomes of a pod of a Job or a CronJob when a container fails.

    - `Never`: Another pod takes its place, which is the default here.
    - `OnFailure`: The container starts again in the same pod.
    """

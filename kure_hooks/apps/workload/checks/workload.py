"""Fields that only some workloads take, and those about labels, scaling and the account."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import fields

from kure_hooks.apps.workload.checks.common import Checks, exactly_one, given
from kure_hooks.apps.workload.inputs.controllers import JOBS, SCALABLE
from kure_hooks.apps.workload.inputs.pods import ServiceAccount
from kure_hooks.apps.workload.objects import NAME_LABEL
from kure_hooks.apps.workload.spec import Spec
from kure_hooks.manifests import plain
from kure_hooks.yamlio.place import Problem

_DEADLINE = 600
"""The progressDeadlineSeconds of a Deployment that has none."""

_LASTING = (*SCALABLE, "DaemonSet")
_OF_JOBS = (
    *("completions", "completionMode", "parallelism", "backoffLimit", "backoffLimitPerIndex"),
    *("maxFailedIndexes", "activeDeadlineSeconds", "ttlSecondsAfterFinished", "podFailurePolicy"),
    *("podReplacementPolicy", "successPolicy", "managedBy", "suspend", "restartPolicy"),
)
_OF_CRON_JOBS = (
    *("schedule", "timeZone", "concurrencyPolicy", "startingDeadlineSeconds"),
    *("successfulJobsHistoryLimit", "failedJobsHistoryLimit"),
)
_TAKEN_BY: Mapping[str, tuple[str, ...]] = {
    "replicas": SCALABLE,
    "strategy": ("Deployment",),
    "updateStrategy": ("StatefulSet", "DaemonSet"),
    "podManagementPolicy": ("StatefulSet",),
    "progressDeadlineSeconds": ("Deployment",),
    "persistentVolumeClaimRetentionPolicy": ("StatefulSet",),
    "volumeClaimTemplates": ("StatefulSet",),
    "autoscaling": SCALABLE,
    "podDisruptionBudget": SCALABLE,
    "minReadySeconds": _LASTING,
    "revisionHistoryLimit": _LASTING,
    **dict.fromkeys(_OF_JOBS, JOBS),
    **dict.fromkeys(_OF_CRON_JOBS, ("CronJob",)),
}
_NAMES = {field.encode_name: field.name for field in fields(Spec)}
_ROLLING_TAKEN_BY = {"partition": "StatefulSet", "maxSurge": "DaemonSet"}


def _fields_fit_the_workload(spec: Spec) -> Iterator[Problem]:
    for key, kinds in _TAKEN_BY.items():
        if spec.workload not in kinds and getattr(spec, _NAMES[key]) not in (None, ()):
            yield (
                (key,),
                f"a {spec.workload} has no {key}",
                f"workload {' or '.join(kinds)}",
            )


def _rolling_update_fits(spec: Spec) -> Iterator[Problem]:
    for key, strategy in (("strategy", spec.strategy), ("updateStrategy", spec.update_strategy)):
        if strategy and strategy.rolling_update and strategy.type not in (None, "RollingUpdate"):
            problem = f"type {strategy.type} has no rollingUpdate"
            yield (key, "rollingUpdate"), problem, "type RollingUpdate"
    rolling = spec.update_strategy and spec.update_strategy.rolling_update
    for key in given(rolling):
        kind = _ROLLING_TAKEN_BY.get(key, spec.workload)
        if kind != spec.workload:
            place = ("updateStrategy", "rollingUpdate", key)
            yield place, f"a {spec.workload} has no {key}", f"workload {kind}"


def _some_pods_can_be_replaced(spec: Spec) -> Iterator[Problem]:
    place = ("strategy", "rollingUpdate")
    rolling = spec.strategy and spec.strategy.rolling_update
    if rolling and _none(rolling.max_surge) and _none(rolling.max_unavailable):
        problem = "no pod can be replaced with maxSurge and maxUnavailable of zero"
        yield (*place, "maxUnavailable"), problem, "one of them above zero"
    daemons = spec.update_strategy and spec.update_strategy.rolling_update
    if daemons and spec.workload == "DaemonSet":
        surge = daemons.max_surge is not None and not _none(daemons.max_surge)
        if surge and not _none(daemons.max_unavailable):
            problem = "maxSurge replaces pods one by one only with maxUnavailable: 0 (1 by default)"
            yield (
                ("updateStrategy", *place[1:], "maxSurge"),
                problem,
                "Add maxUnavailable: 0 beside it.",
            )
        elif not surge and _none(daemons.max_unavailable):
            problem = "no pod can be replaced with maxSurge and maxUnavailable of zero"
            yield (
                ("updateStrategy", *place[1:], "maxUnavailable"),
                problem,
                "one of them above zero",
            )
    for key, limits in (("strategy", rolling), ("updateStrategy", daemons)):
        if limits and _beyond(limits.max_unavailable):
            problem = f"{limits.max_unavailable} is more than all pods"
            yield (key, "rollingUpdate", "maxUnavailable"), problem, "at most 100%"
    if daemons and _beyond(daemons.max_surge):
        problem = f"{daemons.max_surge} is more than all pods"
        yield ("updateStrategy", "rollingUpdate", "maxSurge"), problem, "at most 100%"


def _progress_takes_longer_than_readiness(spec: Spec) -> Iterator[Problem]:
    seconds, deadline = spec.min_ready_seconds or 0, spec.progress_deadline_seconds
    most = _DEADLINE if deadline is None else deadline
    if spec.workload == "Deployment" and seconds >= most:
        problem = f"no pod is ready before the deadline of {most} seconds"
        expected = f"less than {most}, or a longer progressDeadlineSeconds"
        yield ("minReadySeconds",), problem, expected


def _none(count: int | str | None) -> bool:
    """Tell whether a limit is zero; it isn't where nothing is said."""
    return count is not None and not int(str(count).removesuffix("%"))


def _beyond(count: int | str | None) -> bool:
    """Tell whether a limit is more than all pods."""
    return isinstance(count, str) and int(count.removesuffix("%")) > 100  # noqa: PLR2004


def _selector_is_left_alone(spec: Spec) -> Iterator[Problem]:
    for key, labels in (("labels", spec.labels), ("podLabels", spec.pod_labels)):
        if NAME_LABEL in labels:
            problem = f"{NAME_LABEL} is the selector and always the application's name"
            yield (key, NAME_LABEL), problem, "Choose another label."


def _account_is_whole(spec: Spec) -> Iterator[Problem]:
    account = spec.service_account
    if not isinstance(account, ServiceAccount) or account.create:
        return
    if account.name is None:
        yield ("serviceAccount", "name"), "the account has no name", "Add name or create: true."
    for key in ("annotations", "automountToken"):
        if key in given(account):
            problem = "an account that is not created here can't be changed"
            yield ("serviceAccount", key), problem, "create: true"


def _autoscaling_has_room(spec: Spec) -> Iterator[Problem]:
    scaling = spec.autoscaling
    if scaling and (scaling.min_replicas or 1) > scaling.max_replicas:
        problem = f"{scaling.min_replicas} is more than maxReplicas"
        yield ("autoscaling", "minReplicas"), problem, f"at most {scaling.max_replicas}"


def _budget_has_one_limit(spec: Spec) -> Iterator[Problem]:
    budget = spec.pod_disruption_budget
    if budget and (budget.min_available is None) == (budget.max_unavailable is None):
        problem = "the budget needs exactly one limit"
        yield ("podDisruptionBudget",), problem, "minAvailable or maxUnavailable"
    limits = {"minAvailable": budget.min_available} if budget else {}
    limits |= {"maxUnavailable": budget.max_unavailable} if budget else {}
    for key, limit in limits.items():
        if _beyond(limit):
            yield ("podDisruptionBudget", key), f"{limit} is more than all pods", "at most 100%"


def _claims_have_one_origin(spec: Spec) -> Iterator[Problem]:
    for at, claim in enumerate(spec.resource_claims):
        keys = [key for key in given(claim) if key != "name"]
        expected = "resourceClaimName and resourceClaimTemplateName"
        yield from exactly_one(("resourceClaims", at), keys, expected)


def _cron_jobs_have_a_schedule(spec: Spec) -> Iterator[Problem]:
    if spec.workload != "CronJob":
        return
    from kure_hooks.decoding.schedules import (  # noqa: PLC0415 - few applications have one
        schedule_problem,
        zone_in_schedule_problem,
        zone_problem,
    )

    if spec.schedule is None:
        yield ("schedule",), "a CronJob needs a schedule", "one such as '0 3 * * *'"
    schedule = spec.schedule
    if refused := zone_in_schedule_problem(schedule) or schedule_problem(schedule):
        yield ("schedule",), *refused
    if refused := zone_problem(spec.time_zone):
        yield ("timeZone",), *refused


def _fields_of_jobs_agree(spec: Spec) -> Iterator[Problem]:
    if spec.workload not in JOBS:
        return
    from kure_hooks.decoding.jobs import job_problems  # noqa: PLC0415 - few applications are one

    pod: dict[str, Any] = {"restartPolicy": spec.restart_policy or "Never"}
    for key, named in (("containers", spec.containers), ("initContainers", spec.init_containers)):
        pod |= {key: [{"name": container.name} for container in named]}
    yield from job_problems((), plain(spec) | {"template": {"spec": pod}})


CHECKS: Checks = {
    _fields_fit_the_workload: tuple(_TAKEN_BY),
    _rolling_update_fits: ("strategy", "updateStrategy"),
    _some_pods_can_be_replaced: ("strategy", "updateStrategy"),
    _progress_takes_longer_than_readiness: ("minReadySeconds", "progressDeadlineSeconds"),
    _selector_is_left_alone: ("labels", "podLabels"),
    _account_is_whole: ("serviceAccount",),
    _autoscaling_has_room: ("autoscaling",),
    _budget_has_one_limit: ("podDisruptionBudget",),
    _claims_have_one_origin: ("resourceClaims",),
    _cron_jobs_have_a_schedule: ("workload",),
    _fields_of_jobs_agree: ("workload",),
}

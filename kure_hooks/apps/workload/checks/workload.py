"""Fields that only some workloads take, and those about labels, scaling and the account."""

from collections.abc import Iterator

from kure_hooks.apps.workload.checks.common import Check, Problem, exactly_one, given
from kure_hooks.apps.workload.inputs.pods import ServiceAccount
from kure_hooks.apps.workload.objects import NAME_LABEL
from kure_hooks.apps.workload.spec import Spec

_SCALABLE = ("Deployment", "StatefulSet")
_TAKEN_BY = {
    "replicas": _SCALABLE,
    "autoscaling": _SCALABLE,
    "podDisruptionBudget": _SCALABLE,
    "strategy": ("Deployment",),
    "progressDeadlineSeconds": ("Deployment",),
    "updateStrategy": ("StatefulSet", "DaemonSet"),
    "podManagementPolicy": ("StatefulSet",),
    "persistentVolumeClaimRetentionPolicy": ("StatefulSet",),
    "volumeClaimTemplates": ("StatefulSet",),
}
_ROLLING_TAKEN_BY = {"partition": "StatefulSet", "maxSurge": "DaemonSet"}


def _fields_fit_the_workload(spec: Spec) -> Iterator[Problem]:
    for key in given(spec):
        kinds = _TAKEN_BY.get(key, (spec.workload,))
        if spec.workload not in kinds:
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


def _selector_is_left_alone(spec: Spec) -> Iterator[Problem]:
    for key, labels in (("labels", spec.labels), ("podLabels", spec.pod_labels)):
        if NAME_LABEL in labels:
            problem = f"{NAME_LABEL} is the selector and always the application's name"
            yield (key, NAME_LABEL), problem, "another label"


def _account_is_whole(spec: Spec) -> Iterator[Problem]:
    account = spec.service_account
    if not isinstance(account, ServiceAccount) or account.create:
        return
    if account.name is None:
        yield ("serviceAccount", "name"), "the account has no name", "name or create: true"
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


def _claims_have_one_origin(spec: Spec) -> Iterator[Problem]:
    for at, claim in enumerate(spec.resource_claims):
        keys = [key for key in given(claim) if key != "name"]
        expected = "resourceClaimName and resourceClaimTemplateName"
        yield from exactly_one(("resourceClaims", at), keys, expected)


CHECKS: tuple[Check, ...] = (
    _fields_fit_the_workload,
    _rolling_update_fits,
    _selector_is_left_alone,
    _account_is_whole,
    _autoscaling_has_room,
    _budget_has_one_limit,
    _claims_have_one_origin,
)

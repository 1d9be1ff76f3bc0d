"""Controllers of pods: selectors, restart policies, updates, Jobs and their schedules."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from kure_hooks.decoding.jobs import job_problems
from kure_hooks.decoding.refusals import is_of
from kure_hooks.decoding.schedules import (
    schedule_problem,
    zone_in_schedule_problem,
    zone_problem,
)
from kure_hooks.decoding.selectors import OF_LABELS, expressions, matches
from kure_hooks.decoding.types import Name
from kure_hooks.decoding.values import literal, mapping
from kure_hooks.manifests import value_at
from kure_hooks.validators.admission.check import Check, error
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem
from kure_hooks.yamlio.scalars import shown

_ZEROS = ("0", "0%")
_PERCENT = re.compile(r"([0-9]{1,18})%")
_ALL = 100
_ALWAYS, _ONCE = ("Always",), ("OnFailure", "Never")
_DEADLINE = 600
"""The progressDeadlineSeconds of a Deployment that has none."""


@error("VA140")
def _selector(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield a selector that is empty, or that does not match the labels of the pods."""
    spec = mapping(manifest, "spec")
    selector = spec.get("selector")
    if selector is None:
        yield ("spec", "selector"), "the workload selects no pods", "the labels of its pods"
    elif isinstance(selector, dict):
        yield from expressions(("spec", "selector", "matchExpressions"), selector, OF_LABELS)
        yield from _matching(selector, spec)


def _matching(selector: Mapping[str, Any], spec: Mapping[str, Any]) -> Iterator[Problem]:
    labels = mapping(mapping(mapping(spec, "template"), "metadata"), "labels")
    if not any(selector.get(key) for key in ("matchLabels", "matchExpressions")):
        yield ("spec", "selector"), "the selector is empty", "the labels of the pods"
    elif not matches(selector, labels):
        key, value = _missing(selector, labels)
        if key:
            place: Pointer = ("spec", "selector", "matchLabels", key)
            problem = f"the pods have no label {shown(key)}: {shown(value)}"
            yield place, problem, f"the same label in {'template.metadata.labels'}"
        else:
            problem = "the selector does not match the labels of the pods"
            yield ("spec", "selector"), problem, "expressions that hold for template.metadata"


def _missing(selector: Mapping[str, Any], labels: Mapping[str, Any]) -> tuple[str, str]:
    chosen = mapping(selector, "matchLabels").items()
    wrong = (pair for pair in chosen if literal(pair[1]) and labels.get(pair[0]) != pair[1])
    return next(wrong, ("", ""))


@error("VA140")
def _labels_of_controller(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what a ReplicationController selects and its pods do not have."""
    spec = mapping(manifest, "spec")
    chosen = mapping(spec, "selector")
    if chosen and spec.get("template") is not None:
        for pointer, problem, expected in _matching({"matchLabels": chosen}, spec):
            yield pointer[:2] + pointer[3:], problem, expected


def _restarts(pointer: Pointer, policies: tuple[str, ...]) -> Check:
    """Return the check of the restartPolicy of a kind's pods, which is Always by default."""

    def judge(manifest: Mapping[str, Any]) -> Iterator[Problem]:
        spec = value_at(manifest, *pointer)
        policy = spec.get("restartPolicy") if isinstance(spec, dict) else policies[0]
        policy = policy or "Always"
        if literal(policy) and policy not in policies:
            problem = f"the restartPolicy of these pods is {shown(policy)}"
            here = (*pointer, "restartPolicy")
            yield here, f"{problem}, which this kind does not have", " or ".join(policies)
        if policies == _ALWAYS and value_at(spec, "activeDeadlineSeconds") is not None:
            problem = "pods that run for ever have no deadline"
            yield (*pointer, "activeDeadlineSeconds"), problem, "Delete activeDeadlineSeconds."

    return error("VA141")(judge)


@error("VA142")
def _deployment_updates(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    spec = mapping(manifest, "spec")
    strategy = mapping(spec, "strategy")
    place = ("spec", "strategy", "rollingUpdate")
    rolling = strategy.get("rollingUpdate")
    if strategy.get("type") == "Recreate" and rolling is not None:
        yield place, "the type Recreate has no rollingUpdate", "type: RollingUpdate"
    elif isinstance(rolling, dict):
        yield from _amounts(place, rolling)
        surge, unavailable = rolling.get("maxSurge"), rolling.get("maxUnavailable")
        if str(surge) in _ZEROS and str(unavailable) in _ZEROS:
            problem = "no pod can be replaced with maxSurge and maxUnavailable of zero"
            yield (*place, "maxUnavailable"), problem, "one of them above zero"
    ready, deadline = spec.get("minReadySeconds"), spec.get("progressDeadlineSeconds")
    most, least = _DEADLINE if deadline is None else deadline, 0 if ready is None else ready
    if isinstance(most, int) and isinstance(least, int) and least >= most:
        problem = f"no pod is ready before the deadline of {most} seconds"
        key = "progressDeadlineSeconds" if ready is None else "minReadySeconds"
        yield ("spec", key), problem, "a deadline above minReadySeconds"


@error("VA142")
def _set_updates(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    strategy = mapping(mapping(manifest, "spec"), "updateStrategy")
    rolling, place = strategy.get("rollingUpdate"), ("spec", "updateStrategy", "rollingUpdate")
    is_set = manifest.get("kind") == "StatefulSet"
    if strategy.get("type") == "OnDelete" and rolling is not None and is_set:
        yield place, "the type OnDelete has no rollingUpdate", "type: RollingUpdate"
    elif isinstance(rolling, dict) and strategy.get("type") in (None, "", "RollingUpdate"):
        # The feature gate of a StatefulSet's maxUnavailable is closed: it is passed over.
        judged = {key: rolling[key] for key in rolling if not is_set or key == "partition"}
        yield from _amounts(place, judged)
        if not is_set:
            yield from _replaced(place, rolling)


@error("VA147", since=(1, 33))
def _service_of_set(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    name = mapping(manifest, "spec").get("serviceName")
    if name and literal(name) and not is_of(Name, name):
        problem = f'the API server refuses the name "{shown(name)}" of a Service'
        yield ("spec", "serviceName"), problem, "the name of a Service"


def _replaced(place: Pointer, rolling: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield limits of a DaemonSet that let no pod be replaced, or replace it in two ways."""
    surge = str(rolling.get("maxSurge") or 0) not in _ZEROS
    none = str(rolling.get("maxUnavailable", 1)) in _ZEROS
    if surge and not none:
        problem = "maxSurge replaces pods one by one only with maxUnavailable: 0 (1 by default)"
        yield (*place, "maxSurge"), problem, "Add maxUnavailable: 0 beside it."
    elif none and not surge:
        problem = "no pod can be replaced with maxSurge and maxUnavailable of zero"
        yield (*place, "maxUnavailable"), problem, "one of them above zero"


def _amounts(place: Pointer, rolling: Mapping[str, Any]) -> Iterator[Problem]:
    for key in ("maxSurge", "maxUnavailable", "partition"):
        value = rolling.get(key)
        if refused := count_problem(value):
            yield (*place, key), *refused
        percent = _PERCENT.fullmatch(value) if isinstance(value, str) else None
        if percent and int(percent.group(1)) > _ALL and key == "maxUnavailable":
            yield (*place, key), f"{shown(str(value))} is more than all pods", "at most 100%"


def count_problem(value: Any) -> tuple[str, str] | None:
    """Return why a value is no number of pods or share of them."""
    if isinstance(value, int) and not isinstance(value, bool) and value < 0:
        return f"{value} is below zero", "zero or more"
    if literal(value) and not _PERCENT.fullmatch(value):
        problem = f'"{shown(value)}" is no number of pods'
        return problem, "a whole number without quotes, or a percentage such as 25%"
    return None


@error("VA143")
def _job(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    yield from job_problems(("spec",), mapping(manifest, "spec"))


@error("VA143")
def _cron_job(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    spec = mapping(manifest, "spec")
    template = mapping(mapping(spec, "jobTemplate"), "spec")
    yield from job_problems(("spec", "jobTemplate", "spec"), template)
    if template.get("manualSelector") is True:
        place = ("spec", "jobTemplate", "spec", "manualSelector")
        yield place, "the selectors of a CronJob's jobs are made for them", "Delete manualSelector."


@error("VA144")
def _schedule(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    spec = mapping(manifest, "spec")
    for key, judge in (("schedule", schedule_problem), ("timeZone", zone_problem)):
        if refused := judge(spec.get(key)):
            yield ("spec", key), *refused


@error("VA144", since=(1, 29))
def _zone_in_schedule(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    if refused := zone_in_schedule_problem(mapping(manifest, "spec").get("schedule")):
        yield ("spec", "schedule"), *refused


_PODS: Pointer = ("spec", "template", "spec")
CONTROLLER = (_labels_of_controller, _restarts(_PODS, _ALWAYS))
REPLICA_SET = (_selector, _restarts(_PODS, _ALWAYS))
DEPLOYMENT = (*REPLICA_SET, _deployment_updates)
DAEMON_SET = (*REPLICA_SET, _set_updates)
STATEFUL_SET = (*DAEMON_SET, _service_of_set)
JOB = (_job, _restarts(_PODS, _ONCE))
CRON_JOB = (
    _cron_job,
    _restarts(("spec", "jobTemplate", *_PODS), _ONCE),
    _schedule,
    _zone_in_schedule,
)

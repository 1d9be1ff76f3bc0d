"""The autoscaler's metrics and behavior, which are written as they are given."""

from collections.abc import Iterator
from typing import Any

from kure_hooks.apps.workload.checks.common import Checks
from kure_hooks.apps.workload.spec import Spec
from kure_hooks.decoding.values import literal
from kure_hooks.manifests import value_at
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem
from kure_hooks.yamlio.scalars import shown

_METRICS = {
    "Resource": "resource",
    "ContainerResource": "containerResource",
    "Pods": "pods",
    "Object": "object",
    "External": "external",
}
_RESOURCE = ("averageUtilization", "averageValue")
_TARGETS: dict[str, tuple[str, ...]] = {
    "Resource": _RESOURCE,
    "ContainerResource": _RESOURCE,
    "Pods": ("averageValue",),
    "Object": ("value", "averageValue"),
    "External": ("value", "averageValue"),
}
_TARGET_TYPES = ("Utilization", "Value", "AverageValue")
_DIRECTIONS = ("scaleUp", "scaleDown")
_RULES = ("stabilizationWindowSeconds", "selectPolicy", "policies", "tolerance")
_SELECT = ("Max", "Min", "Disabled")
_LONGEST_WINDOW = 3600
_LONGEST_PERIOD = 1800


def _metrics_are_whole(spec: Spec) -> Iterator[Problem]:
    for at, metric in enumerate(spec.autoscaling.metrics if spec.autoscaling else ()):
        place = ("autoscaling", "metrics", at)
        kind = metric.get("type")
        key = _METRICS.get(str(kind))
        if key is None:
            problem = f'there is no type "{shown(str(kind))}" of a metric'
            yield (*place, "type"), problem, " or ".join(_METRICS)
            continue
        others = [each for each in metric if each not in ("type", key)]
        for other in others:
            yield (*place, other), f"a metric of type {kind} has no {shown(other)}", key
        source = metric.get(key)
        if not isinstance(source, dict):
            yield (*place, key), f"a metric of type {kind} needs {key}", f"Add the key {key}."
            continue
        yield from _named((*place, key), str(kind), source)
        yield from _target((*place, key, "target"), str(kind), source.get("target"))


def _named(place: Pointer, kind: str, source: dict[str, Any]) -> Iterator[Problem]:
    if kind not in ("Resource", "ContainerResource"):
        name = value_at(source, "metric", "name")
        if not name or (literal(name) and "/" in name):
            problem = "the metric has no name" if not name else "a metric has no / in its name"
            yield (*place, "metric", "name"), problem, "a name without /"
        return
    for key in ("name", "container") if kind == "ContainerResource" else ("name",):
        if not source.get(key):
            yield (*place, key), f"a metric of type {kind} needs {key}", f"Add the key {key}."


def _target(place: Pointer, kind: str, target: Any) -> Iterator[Problem]:
    keys = _TARGETS[kind]
    values = target if isinstance(target, dict) else {}
    given = [key for key in keys if values.get(key) is not None]
    if not given or (len(given) > 1 and kind != "Object"):
        problem = f"{' and '.join(given)} exclude each other" if given else "the target is missing"
        yield place, problem, f"exactly one of {' and '.join(keys)}" if keys[1:] else keys[0]
    if values.get("type") not in _TARGET_TYPES:
        yield (*place, "type"), "the target has no type", " or ".join(_TARGET_TYPES)
    for key in given:
        value = values[key]
        if (isinstance(value, int) and value < 1) or (literal(value) and value.startswith("-")):
            yield (*place, key), f"the target {value} is never reached", "a value above zero"


def _behavior_has_bounds(spec: Spec) -> Iterator[Problem]:
    behavior = (spec.autoscaling and spec.autoscaling.behavior) or {}
    for direction, rules in behavior.items():
        place = ("autoscaling", "behavior", direction)
        if direction not in _DIRECTIONS:
            yield place, f"a behavior has no {shown(direction)}", " or ".join(_DIRECTIONS)
        elif isinstance(rules, dict):
            yield from _rules(place, rules)


def _rules(place: Pointer, rules: dict[str, Any]) -> Iterator[Problem]:
    for key in rules:
        if key not in _RULES:
            yield (*place, key), f"a behavior has no {shown(key)}", " or ".join(_RULES)
    window, policies = rules.get("stabilizationWindowSeconds"), rules.get("policies")
    if isinstance(window, int) and not 0 <= window <= _LONGEST_WINDOW:
        problem = f"the window is {window} seconds"
        yield (*place, "stabilizationWindowSeconds"), problem, f"0 to {_LONGEST_WINDOW}"
    if rules.get("selectPolicy", "Max") not in _SELECT:
        problem = f'there is no selectPolicy "{shown(rules["selectPolicy"])}"'
        yield (*place, "selectPolicy"), problem, " or ".join(_SELECT)
    if policies == []:
        yield (
            (*place, "policies"),
            "the list is empty",
            "Add a policy, or delete the list for the default.",
        )
    for at, policy in enumerate(policies if isinstance(policies, list) else ()):
        if isinstance(policy, dict):
            yield from _policy((*place, "policies", at), policy)


def _policy(place: Pointer, policy: dict[str, Any]) -> Iterator[Problem]:
    if policy.get("type") not in ("Pods", "Percent"):
        yield (*place, "type"), "the policy counts in nothing", "Pods or Percent"
    value, period = policy.get("value", 0), policy.get("periodSeconds", 0)
    if isinstance(value, int) and value < 1:
        yield (*place, "value"), "the policy changes nothing", "one or more"
    if isinstance(period, int) and not 1 <= period <= _LONGEST_PERIOD:
        problem = f"the period is {period} seconds"
        yield (*place, "periodSeconds"), problem, f"1 to {_LONGEST_PERIOD}"


CHECKS: Checks = {
    _metrics_are_whole: ("autoscaling",),
    _behavior_has_bounds: ("autoscaling",),
}

"""Autoscalers and disruption budgets: limits that agree, metrics that are whole."""

from collections.abc import Iterator, Mapping
from typing import Any

from kure_hooks.decoding.selectors import selector_problems
from kure_hooks.decoding.values import entries, literal, mapping
from kure_hooks.validators.admission.check import error
from kure_hooks.validators.admission.rules.controllers import count_problem
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem
from kure_hooks.yamlio.scalars import shown

_LIMITS = ("minAvailable", "maxUnavailable")
_NAMED = {"Resource": ("name",), "ContainerResource": ("name", "container")}
_OUTSIDE = ("Object", "External")
_VALUES = ("averageUtilization", "averageValue", "value")
_METRICS: Mapping[str, str] = {
    "Resource": "resource",
    "ContainerResource": "containerResource",
    "Pods": "pods",
    "Object": "object",
    "External": "external",
}


@error("VA160")
def _budget(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    spec = mapping(manifest, "spec")
    limits = [key for key in _LIMITS if spec.get(key) is not None]
    if len(limits) > 1:
        problem = "minAvailable and maxUnavailable exclude each other"
        yield ("spec", limits[1]), problem, "Keep one of the two."
    for key in limits:
        value = spec[key]
        if refused := count_problem(value):
            yield ("spec", key), *refused
        elif isinstance(value, str) and value.endswith("%") and int(value[:-1]) > 100:  # noqa: PLR2004
            yield ("spec", key), f"{value} is more than all pods", "at most 100%"
    yield from selector_problems(("spec", "selector"), spec.get("selector"))


@error("VA161")
def _autoscaler(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    spec = mapping(manifest, "spec")
    low, high = spec.get("minReplicas"), spec.get("maxReplicas")
    if isinstance(high, int) and high < 1:
        yield ("spec", "maxReplicas"), f"maxReplicas is {high}", "one or more"
    elif isinstance(low, int) and isinstance(high, int) and low > high:
        problem = f"minReplicas is {low}, more than maxReplicas {high}"
        yield ("spec", "minReplicas"), problem, f"at most {high}"
    outside = any(metric.get("type") in _OUTSIDE for _, metric in entries(spec, "metrics"))
    if isinstance(low, int) and low < (0 if outside else 1):
        yield ("spec", "minReplicas"), f"minReplicas is {low}", "one or more"
    for key in ("kind", "name"):
        if mapping(spec, "scaleTargetRef").get(key) in (None, ""):
            yield ("spec", "scaleTargetRef", key), f"the target has no {key}", f"Add the key {key}."
    yield from _metrics(spec)


@error("VA161", since=(1, 34))
def _version_of_target(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield a target without an API group, which nothing to scale is without."""
    if not mapping(mapping(manifest, "spec"), "scaleTargetRef").get("apiVersion"):
        place = ("spec", "scaleTargetRef", "apiVersion")
        yield place, "the target has no apiVersion", "one such as apps/v1"


def _metrics(spec: Mapping[str, Any]) -> Iterator[Problem]:
    for at, metric in entries(spec, "metrics"):
        kind = metric.get("type")
        key = _METRICS.get(str(kind), "")
        if not key and literal(kind):
            problem = f'there is no type "{shown(kind)}" of a metric'
            yield ("spec", "metrics", at, "type"), problem, " or ".join(_METRICS)
        elif key and not isinstance(metric.get(key), dict):
            problem = f"a metric of type {kind} needs {key}"
            yield ("spec", "metrics", at, key), problem, f"Add the key {key}."
        elif key:
            source = mapping(metric, key)
            for part in _NAMED.get(str(kind), ()):
                if source.get(part) in (None, ""):
                    place = ("spec", "metrics", at, key, part)
                    yield place, f"a metric of type {kind} needs {part}", f"Add the key {part}."
            target = mapping(source, "target")
            yield from _target(("spec", "metrics", at, key, "target"), target)


def _target(place: Pointer, target: Mapping[str, Any]) -> Iterator[Problem]:
    values = [key for key in _VALUES if target.get(key) is not None]
    if not values:
        yield place, "the target is missing", " or ".join(_VALUES)
    for key in values:
        value = target[key]
        if isinstance(value, int) and value < 1:
            yield (*place, key), f"the target {value} is never reached", "a value above zero"


BUDGET = (_budget,)
AUTOSCALER = (_autoscaler, _version_of_target)

"""Jobs: fields that need, bound or exclude one another (Kubernetes 1.36, pkg/apis/batch)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from kure_hooks.decoding.values import entries, literal, mapping
from kure_hooks.manifests import list_at, value_at
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem
from kure_hooks.yamlio.scalars import shown

_OF_INDEXES = ("backoffLimitPerIndex", "maxFailedIndexes", "successPolicy")
_MOST_PODS = 100_000
_MOST_FAILED = 10_000
_MOST_RULES = 20
_MOST_CODES = 255
_ACTIONS = ("FailJob", "FailIndex", "Ignore", "Count")
_INTERVAL = re.compile(r"([0-9]{1,9})(?:-([0-9]{1,9}))?", re.ASCII)


def job_problems(place: Pointer, spec: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what does not fit together in the spec of a Job, which lies at `place`."""
    yield from _indexes(place, spec)
    selector = mapping(spec, "selector")
    if any(selector.values()) and spec.get("manualSelector") is not True:
        problem = "the selector of a Job is made for it"
        yield (*place, "selector"), problem, "Delete selector, or write manualSelector: true."
    never = value_at(spec, "template", "spec", "restartPolicy") == "Never"
    if spec.get("podFailurePolicy") is not None:
        if not never:
            problem = "podFailurePolicy is for pods that are not restarted"
            yield (*place, "podFailurePolicy"), problem, "restartPolicy: Never"
        if spec.get("podReplacementPolicy") not in (None, "Failed"):
            problem = "a Job with podFailurePolicy replaces pods that have failed"
            yield (*place, "podReplacementPolicy"), problem, "podReplacementPolicy: Failed"
    yield from _failures((*place, "podFailurePolicy", "rules"), spec)
    if spec.get("completionMode") == "Indexed":
        yield from _successes((*place, "successPolicy", "rules"), spec)


def _indexes(place: Pointer, spec: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what an Indexed job lacks or has too much of, and what no other job has."""
    indexed = spec.get("completionMode") == "Indexed"
    completions, parallelism = spec.get("completions"), spec.get("parallelism")
    if indexed and completions is None and parallelism is not None:
        yield (*place, "completions"), "an Indexed job needs completions", "a whole number"
    for key in _OF_INDEXES:
        if spec.get(key) is not None and spec.get("completionMode") in (None, "NonIndexed"):
            problem = f"{key} is for jobs with an index"
            yield (*place, key), problem, "completionMode: Indexed"
    failed = spec.get("maxFailedIndexes")
    if failed is not None and spec.get("backoffLimitPerIndex") is None:
        problem = "maxFailedIndexes needs backoffLimitPerIndex beside it"
        yield (*place, "maxFailedIndexes"), problem, "Add backoffLimitPerIndex."
    if not indexed:
        return
    many = _above(completions, _MOST_PODS) and spec.get("backoffLimitPerIndex") is not None
    bounds = {
        "parallelism": (parallelism, _MOST_FAILED if many else _MOST_PODS),
        "maxFailedIndexes": (failed, _MOST_FAILED if many else _MOST_PODS),
    }
    for key, (value, most) in bounds.items():
        if _above(value, most):
            yield (*place, key), f"{value} is too many for a job with an index", f"at most {most}"
    if isinstance(completions, int) and _above(failed, completions):
        problem = f"{failed} is more than the {completions} completions"
        yield (*place, "maxFailedIndexes"), problem, f"at most {completions}"
    if many and failed is None:
        problem = f"a job of more than {_MOST_PODS} indexes needs maxFailedIndexes"
        yield (*place, "maxFailedIndexes"), problem, f"a number of at most {_MOST_FAILED}"


def _failures(place: Pointer, spec: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with the rules about pods that fail."""
    policy = mapping(spec, "podFailurePolicy")
    yield from _at_most(place, list_at(policy, "rules"), _MOST_RULES, "rules")
    for at, rule in entries(policy, "rules"):
        here = (*place, at)
        action, codes, conditions = (
            rule.get(key) for key in ("action", "onExitCodes", "onPodConditions")
        )
        if action == "FailIndex" and spec.get("backoffLimitPerIndex") is None:
            problem = "the action FailIndex needs backoffLimitPerIndex"
            yield (*here, "action"), problem, "Add backoffLimitPerIndex, or write FailJob."
        elif action not in _ACTIONS:
            problem = f'there is no action "{shown(str(action or ""))}" for a failed pod'
            yield (*here, "action"), problem, " or ".join(_ACTIONS)
        if (codes is None) == (not conditions):
            problem = "a rule is about exit codes or about conditions of the pod"
            yield here, problem, "exactly one of onExitCodes and onPodConditions"
        if isinstance(codes, dict):
            yield from _codes((*here, "onExitCodes"), codes, spec)
        yield from _at_most((*here, "onPodConditions"), conditions or (), _MOST_RULES, "conditions")


def _codes(place: Pointer, codes: Mapping[str, Any], spec: Mapping[str, Any]) -> Iterator[Problem]:
    pod = value_at(spec, "template", "spec")
    names = [
        container.get("name")
        for key in ("containers", "initContainers")
        for _, container in entries(pod, key)
    ]
    name = codes.get("containerName")
    if name is not None and name not in names:
        problem = f'the pod has no container "{shown(str(name))}"'
        yield (*place, "containerName"), problem, " or ".join(map(str, names))
    if codes.get("operator") not in ("In", "NotIn"):
        problem = f'there is no operator "{shown(str(codes.get("operator") or ""))}" of exit codes'
        yield (*place, "operator"), problem, "In or NotIn"
    values = list_at(codes, "values")
    here = (*place, "values")
    if not values:
        yield here, "the rule names no exit code", "a list of numbers"
    yield from _at_most(here, values, _MOST_CODES, "exit codes")
    for at, value in enumerate(values):
        if codes.get("operator") == "In" and value == 0:
            yield (*here, at), "a pod that ends with 0 has not failed", "Delete it."
    if values != sorted({value for value in values if isinstance(value, int)}):
        yield here, "the exit codes are not in order", "Write each once, the least first."


def _successes(place: Pointer, spec: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with the rules about the indexes that are enough."""
    policy, completions = spec.get("successPolicy"), spec.get("completions")
    if policy is None or not isinstance(completions, int):
        return
    rules = list_at(policy, "rules")
    if not rules:
        yield place, "the policy has no rule", "Add a rule, or delete successPolicy."
    yield from _at_most(place, rules, _MOST_RULES, "rules")
    for at, rule in entries(policy, "rules"):
        indexes, count = rule.get("succeededIndexes"), rule.get("succeededCount")
        if indexes is None and count is None:
            problem = "the rule says nothing"
            yield (*place, at), problem, "succeededIndexes or succeededCount"
        total = completions
        if literal(indexes):
            size = _size(indexes, completions)
            if size is None:
                problem = f'"{shown(indexes)}" is no list of indexes below {completions}'
                example = f"0-{completions - 1}" if completions > 1 else "0"
                yield (*place, at, "succeededIndexes"), problem, f"one such as {example}"
            total = completions if size is None else size
        if _above(count, total):
            problem = f"{count} is more than the {total} indexes of the rule"
            yield (*place, at, "succeededCount"), problem, f"at most {total}"


def _size(indexes: str, completions: int) -> int | None:
    """Return how many indexes a text such as `0-2,5` stands for, None where it is none."""
    total, last = 0, -1
    for interval in indexes.split(",") if indexes else ():
        match = _INTERVAL.fullmatch(interval)
        if match is None:
            return None
        first, end = int(match[1]), int(match[2] or match[1])
        if not last < first <= end < completions:
            return None
        total, last = total + end - first + 1, end
    return total


def _at_most(place: Pointer, items: Any, most: int, words: str) -> Iterator[Problem]:
    if isinstance(items, (list, tuple)) and len(items) > most:
        yield place, f"these are {len(items)} {words}", f"at most {most}"


def _above(value: Any, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > most

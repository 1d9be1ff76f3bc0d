"""Selectors of labels and of nodes, and affinities: parts that are written as they are given."""

from collections.abc import Iterator
from typing import Any

from kure_hooks.apps.workload.checks.common import Checks
from kure_hooks.apps.workload.spec import Spec
from kure_hooks.decoding.refusals import is_of
from kure_hooks.decoding.types import LabelValue, Name
from kure_hooks.decoding.values import key_problem, literal
from kure_hooks.manifests import plain
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem
from kure_hooks.yamlio.scalars import shown

_OF_LABELS = ("In", "NotIn", "Exists", "DoesNotExist")
_OF_NODES = (*_OF_LABELS, "Gt", "Lt")
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
_LABEL = "at most 63 letters, digits and inner '-', '_' or '.'"
_WEIGHTS = range(1, 101)


def label_selector(place: Pointer, selector: Any) -> Iterator[Problem]:
    """Yield what the API server refuses of a label selector that lies at `place`."""
    if not isinstance(selector, dict):
        return
    for key in selector:
        if key not in ("matchLabels", "matchExpressions"):
            problem = f"a label selector has no {shown(key)}"
            yield (*place, key), problem, "matchLabels or matchExpressions"
    labels = selector.get("matchLabels")
    for key, value in labels.items() if isinstance(labels, dict) else ():
        here = (*place, "matchLabels", key)
        if refused := key_problem(key):
            yield here, *refused
        if literal(value) and not is_of(LabelValue, value):
            problem = f'the API server refuses the value "{shown(value)}" of a label'
            yield here, problem, _LABEL
    yield from _expressions((*place, "matchExpressions"), selector, _OF_LABELS)


def _expressions(
    place: Pointer, selector: dict[str, Any], operators: tuple[str, ...]
) -> Iterator[Problem]:
    for at, expression in enumerate(_list(selector, str(place[-1]))):
        operator, values = expression.get("operator"), expression.get("values")
        if refused := key_problem(expression.get("key", "")):
            yield (*place, at, "key"), *refused
        if operator not in operators:
            problem = f'there is no operator "{shown(str(operator))}" of a selector'
            yield (*place, at, "operator"), problem, " or ".join(operators)
        elif operator in ("In", "NotIn") and not values:
            yield (*place, at, "values"), f"operator {operator} needs values", "a list of values"
        elif operator in ("In", "NotIn") and operators == _OF_LABELS:
            for index, value in enumerate(values if isinstance(values, list) else ()):
                if literal(value) and not is_of(LabelValue, value):
                    problem = f'the API server refuses the value "{shown(value)}" of a label'
                    yield (*place, at, "values", index), problem, _LABEL
        elif operator in ("Exists", "DoesNotExist") and values:
            yield (*place, at, "values"), f"operator {operator} takes no values", "none"
        elif operator in ("Gt", "Lt") and not (isinstance(values, list) and len(values) == 1):
            yield (*place, at, "values"), f"operator {operator} needs one value", "one whole number"


def _affinity_is_whole(spec: Spec) -> Iterator[Problem]:
    for kind, rules in plain(spec.affinity).items() if spec.affinity else ():
        place = ("affinity", kind)
        for key in rules:
            if key not in (_REQUIRED, _PREFERRED):
                problem = f"a {kind} has no {shown(key)}"
                yield (*place, key), problem, f"{_REQUIRED} or {_PREFERRED}"
        if kind == "nodeAffinity":
            yield from _nodes(place, rules)
        else:
            yield from _pods(place, rules)


def _nodes(place: Pointer, rules: dict[str, Any]) -> Iterator[Problem]:
    required = rules.get(_REQUIRED)
    if isinstance(required, dict):
        terms = (*place, _REQUIRED, "nodeSelectorTerms")
        if not required.get("nodeSelectorTerms"):
            yield terms, "no node can be selected without a term", "a list of at least one term"
        for at, term in enumerate(_list(required, "nodeSelectorTerms")):
            yield from _expressions((*terms, at, "matchExpressions"), term, _OF_NODES)
    for here, entry in _preferred(place, rules):
        yield from _weight(here, entry)
        preference = entry.get("preference")
        if isinstance(preference, dict):
            there = (*here, "preference", "matchExpressions")
            yield from _expressions(there, preference, _OF_NODES)


def _pods(place: Pointer, rules: dict[str, Any]) -> Iterator[Problem]:
    for at, term in enumerate(_list(rules, _REQUIRED)):
        yield from _term((*place, _REQUIRED, at), term)
    for here, entry in _preferred(place, rules):
        yield from _weight(here, entry)
        inner = entry.get("podAffinityTerm")
        yield from _term((*here, "podAffinityTerm"), inner if isinstance(inner, dict) else {})


def _term(place: Pointer, term: dict[str, Any]) -> Iterator[Problem]:
    if not term.get("topologyKey"):
        problem = "the rule has no topologyKey"
        yield (*place, "topologyKey"), problem, "a key such as kubernetes.io/hostname"
    elif refused := key_problem(term["topologyKey"]):
        yield (*place, "topologyKey"), *refused
    namespaces = term.get("namespaces")
    for at, name in enumerate(namespaces if isinstance(namespaces, list) else ()):
        if literal(name) and not is_of(Name, name):
            problem = f'the API server refuses the namespace "{shown(name)}"'
            yield (*place, "namespaces", at), problem, "the name of a namespace"
    if term.get("matchLabelKeys") and term.get("labelSelector") is None:
        problem = "matchLabelKeys adds to a labelSelector, and there is none"
        yield (*place, "matchLabelKeys"), problem, "labelSelector beside it"
    for key in ("labelSelector", "namespaceSelector"):
        yield from label_selector((*place, key), term.get(key))


def _weight(place: Pointer, entry: dict[str, Any]) -> Iterator[Problem]:
    if entry.get("weight", 0) not in _WEIGHTS:
        yield (*place, "weight"), "a preference needs a weight", "a whole number from 1 to 100"


def _preferred(place: Pointer, rules: dict[str, Any]) -> Iterator[tuple[Pointer, dict[str, Any]]]:
    for at, entry in enumerate(_list(rules, _PREFERRED)):
        yield (*place, _PREFERRED, at), entry


def _list(value: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """Return the mappings of a list; another value is the schema's to refuse."""
    entries = value.get(key)
    entries = entries if isinstance(entries, list) else []
    return [entry if isinstance(entry, dict) else {} for entry in entries]


CHECKS: Checks = {
    _affinity_is_whole: ("affinity",),
}

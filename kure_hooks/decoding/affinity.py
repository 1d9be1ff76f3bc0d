"""Affinities of pods to nodes and to other pods: terms, weights and topology."""

from collections.abc import Iterator, Mapping
from typing import Any

from kure_hooks.decoding.refusals import is_of
from kure_hooks.decoding.selectors import OF_NODES, expressions, mappings, selector_problems
from kure_hooks.decoding.types import Name, ObjectName
from kure_hooks.decoding.values import key_problem, literal
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem
from kure_hooks.yamlio.scalars import shown

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
_WEIGHTS = range(1, 101)
_FIELD = "metadata.name"
_OF_FIELDS = ("In", "NotIn")


def affinity_problems(place: Pointer, affinity: Any, *, closed: bool = False) -> Iterator[Problem]:
    """Yield what the API server refuses of the affinity of a pod, which lies at `place`.

    With `closed` that includes unknown keys, which are otherwise left to the schema.
    """
    for kind, rules in affinity.items() if isinstance(affinity, dict) else ():
        if not isinstance(rules, dict):
            continue
        here = (*place, kind)
        for key in rules if closed else ():
            if key not in (_REQUIRED, _PREFERRED):
                problem = f"a {kind} has no {shown(key)}"
                yield (*here, key), problem, f"{_REQUIRED} or {_PREFERRED}"
        if kind == "nodeAffinity":
            yield from _nodes(here, rules)
        else:
            yield from _pods(here, rules, closed=closed)


def _nodes(place: Pointer, rules: Mapping[str, Any]) -> Iterator[Problem]:
    required = rules.get(_REQUIRED)
    if isinstance(required, dict):
        terms = (*place, _REQUIRED, "nodeSelectorTerms")
        if not required.get("nodeSelectorTerms"):
            yield terms, "no node can be selected without a term", "a list of at least one term"
        for at, term in enumerate(mappings(required, "nodeSelectorTerms")):
            yield from expressions((*terms, at, "matchExpressions"), term, OF_NODES)
            yield from _fields((*terms, at, "matchFields"), term)
    for here, entry in _preferred(place, rules):
        yield from _weight(here, entry)
        preference = entry.get("preference")
        if isinstance(preference, dict):
            there = (*here, "preference")
            yield from expressions((*there, "matchExpressions"), preference, OF_NODES)
            yield from _fields((*there, "matchFields"), preference)


def _fields(place: Pointer, term: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with a selection of nodes by their fields, of which there is one."""
    for at, expression in enumerate(mappings(term, "matchFields")):
        operator, values = expression.get("operator"), expression.get("values")
        key = expression.get("key", "")
        if literal(key) and key != _FIELD:
            problem = f'nodes are not selected by the field "{shown(key)}"'
            yield (*place, at, "key"), problem, f"{_FIELD}, or matchExpressions for labels"
        if operator not in _OF_FIELDS:
            problem = f'there is no operator "{shown(str(operator))}" of a field'
            yield (*place, at, "operator"), problem, " or ".join(_OF_FIELDS)
        elif not (isinstance(values, list) and len(values) == 1):
            problem = f"operator {operator} needs one value"
            yield (*place, at, "values"), problem, "the name of a node"
        elif literal(values[0]) and not is_of(ObjectName, values[0]):
            problem = f'the API server refuses the name "{shown(values[0])}" of a node'
            yield (*place, at, "values", 0), problem, "the name of a node"


def _pods(place: Pointer, rules: Mapping[str, Any], *, closed: bool) -> Iterator[Problem]:
    for at, term in enumerate(mappings(rules, _REQUIRED)):
        yield from _term((*place, _REQUIRED, at), term, closed=closed)
    for here, entry in _preferred(place, rules):
        yield from _weight(here, entry)
        inner = entry.get("podAffinityTerm")
        yield from _term(
            (*here, "podAffinityTerm"), inner if isinstance(inner, dict) else {}, closed=closed
        )


def _term(place: Pointer, term: Mapping[str, Any], *, closed: bool) -> Iterator[Problem]:
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
        yield (*place, "matchLabelKeys"), problem, "Add labelSelector beside it."
    for key in ("labelSelector", "namespaceSelector"):
        yield from selector_problems((*place, key), term.get(key), closed=closed)


def _weight(place: Pointer, entry: Mapping[str, Any]) -> Iterator[Problem]:
    if entry.get("weight", 0) not in _WEIGHTS:
        yield (*place, "weight"), "a preference needs a weight", "a whole number from 1 to 100"


def _preferred(
    place: Pointer, rules: Mapping[str, Any]
) -> Iterator[tuple[Pointer, Mapping[str, Any]]]:
    for at, entry in enumerate(mappings(rules, _PREFERRED)):
        yield (*place, _PREFERRED, at), entry

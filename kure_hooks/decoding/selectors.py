"""Selectors of labels and of nodes: their operators, keys and values, and whether labels match."""

from collections.abc import Iterator, Mapping
from typing import Any

from kure_hooks.decoding.refusals import is_of
from kure_hooks.decoding.types import LabelValue
from kure_hooks.decoding.values import key_problem, literal
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem
from kure_hooks.yamlio.scalars import shown

OF_LABELS = ("In", "NotIn", "Exists", "DoesNotExist")
OF_NODES = (*OF_LABELS, "Gt", "Lt")
_LABEL = "at most 63 letters, digits and inner '-', '_' or '.'"


def selector_problems(place: Pointer, selector: Any, *, closed: bool = False) -> Iterator[Problem]:
    """Yield what the API server refuses of a label selector that lies at `place`.

    With `closed` that includes unknown keys, which are otherwise left to the schema.
    """
    if not isinstance(selector, dict):
        return
    for key in selector if closed else ():
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
    yield from expressions((*place, "matchExpressions"), selector, OF_LABELS)


def expressions(
    place: Pointer, selector: Mapping[str, Any], operators: tuple[str, ...]
) -> Iterator[Problem]:
    """Yield what is refused of the expressions of a selector, which lie at `place`."""
    for at, expression in enumerate(mappings(selector, str(place[-1]))):
        operator, values = expression.get("operator"), expression.get("values")
        if refused := key_problem(expression.get("key", "")):
            yield (*place, at, "key"), *refused
        if operator not in operators:
            problem = f'there is no operator "{shown(str(operator))}" of a selector'
            yield (*place, at, "operator"), problem, " or ".join(operators)
        elif operator in ("In", "NotIn") and not values:
            yield (*place, at, "values"), f"operator {operator} needs values", "a list of values"
        elif operator in ("In", "NotIn") and operators == OF_LABELS:
            for index, value in enumerate(values if isinstance(values, list) else ()):
                if literal(value) and not is_of(LabelValue, value):
                    problem = f'the API server refuses the value "{shown(value)}" of a label'
                    yield (*place, at, "values", index), problem, _LABEL
        elif operator in ("Exists", "DoesNotExist") and values:
            yield (
                (*place, at, "values"),
                f"operator {operator} takes no values",
                "Delete the values.",
            )
        elif operator in ("Gt", "Lt") and not (isinstance(values, list) and len(values) == 1):
            yield (*place, at, "values"), f"operator {operator} needs one value", "one whole number"


def mappings(value: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """Return the mappings of a list; another value is the schema's to refuse."""
    entries = value.get(key)
    entries = entries if isinstance(entries, list) else []
    return [entry if isinstance(entry, dict) else {} for entry in entries]


def matches(selector: Mapping[str, Any], labels: Mapping[str, Any]) -> bool:
    """Tell whether a label selector takes an object with these labels, or may do so.

    What has a variable, or another shape than it should, may be anything.
    """
    values = [*labels.values(), *labels]
    if any(isinstance(value, str) and "${" in value for value in values):
        return True
    chosen = selector.get("matchLabels")
    for key, value in chosen.items() if isinstance(chosen, dict) else ():
        if literal(value) and literal(key) and labels.get(key) != value:
            return False
    return all(_holds(each, labels) for each in mappings(selector, "matchExpressions"))


def _holds(expression: Mapping[str, Any], labels: Mapping[str, Any]) -> bool:
    key, values = expression.get("key"), expression.get("values")
    values = [] if values is None else values
    if not (literal(key) and isinstance(values, list) and all(map(literal, values))):
        return True
    present, value = key in labels, labels.get(key)
    verdicts = {
        "In": lambda: present and value in values,
        "NotIn": lambda: not present or value not in values,
        "Exists": lambda: present,
        "DoesNotExist": lambda: not present,
    }
    return bool(verdicts.get(str(expression.get("operator")), lambda: True)())

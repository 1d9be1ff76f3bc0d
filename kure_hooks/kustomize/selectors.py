"""Selectors of labels and annotations, as Kubernetes writes them (apimachinery 0.36).

In a module of its own, because few targets have one and its patterns take long to compile.
"""

import re
from collections.abc import Mapping
from typing import Any

_LONGEST = 1_000

# Possessive and at the start alone, so that the work grows no faster than a selector.
_KEY = r"(?=[A-Za-z0-9])[A-Za-z0-9_./-]++(?<=[A-Za-z0-9])"
_VALUE = r"(?:(?=[A-Za-z0-9])[A-Za-z0-9_.-]++(?<=[A-Za-z0-9]))?+"
_EQUAL = re.compile(rf"\A\s*+({_KEY})\s*+(==|=|!=)\s*+({_VALUE})\s*+")
_IN = re.compile(
    rf"\A\s*+({_KEY})\s++(in|notin)\s*+\(\s*+({_VALUE}(?:\s*+,\s*+{_VALUE})*+)\s*+\)\s*+"
)
_EXISTS = re.compile(rf"\A\s*+(!?+)\s*+({_KEY})\s*+")
_THAN = re.compile(rf"\A\s*+{_KEY}\s*+[<>]\s*+-?+\d++\s*+")
_PARTS = re.compile(r"(?:[^,()]++|\([^()]*+\))++")


def selector_problem(selector: str) -> str:
    """Return why a selector of labels or annotations is none, empty where it is one."""
    if len(selector) > _LONGEST:
        return ""
    parts = _PARTS.findall(selector)
    if selector.strip() and (",".join(parts) != selector or not all(map(_is_requirement, parts))):
        return "is no selector such as app=web,tier in (a, b)"
    return ""


def answers(selector: str, labels: Mapping[str, Any]) -> list[bool | None]:
    """Return for each requirement of a selector whether labels meet it; None if that is not sure.

    The selector has no problems.
    """
    if len(selector) > _LONGEST:
        return [None]
    return [_requires(part, labels) for part in _PARTS.findall(selector) if part.strip()]


def _is_requirement(part: str) -> bool:
    return any(each.fullmatch(part) for each in (_EQUAL, _IN, _EXISTS, _THAN))


def _requires(part: str, labels: Mapping[str, Any]) -> bool | None:
    if found := _EQUAL.fullmatch(part):
        key, operator, value = found.groups()
        return (labels.get(key) == value) is not (operator == "!=")
    if found := _IN.fullmatch(part):
        key, operator, values = found.groups()
        known = [each.strip() for each in values.split(",")]
        return (key in labels and labels[key] in known) is not (operator == "notin")
    if found := _EXISTS.fullmatch(part):
        return (found[2] in labels) is not bool(found[1])
    return None

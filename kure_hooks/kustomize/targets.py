"""Objects that a patch is for, as kustomize 5.8 finds them.

A pattern is matched as a whole, a namespace is `default` where an object has none, and an object
outside of namespaces has one of its own name for that. Patterns that could take long to match are
not judged.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kure_hooks.manifests import Manifest

_NO_NAMESPACE = "_non_namespaceable_"

# Patterns of these parts mean the same in Python as in Go, with at most two of the repetitions,
# which keeps the work quadratic in the length of a name.
_PLAIN = re.compile(r"(?:[\w./:^$|()-]|\\[.-]|[*+?])*")
_MOST_REPETITIONS = 2
_LONGEST = 1_000
_REPETITION = re.compile(r"[*+?]")
_NESTED = re.compile(r"\)[*+?]")
_LOOKING_AROUND = re.compile(r"\(\?(?:=|!|<=|<!)")

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


SELECTORS = frozenset({"labelSelector", "annotationSelector"})
"""The keys of a target that are no patterns."""


@dataclass(frozen=True)
class Id:
    """The names by which a target or a patch finds an object."""

    group: str
    version: str
    kind: str
    name: str
    namespace: str


@dataclass
class Resource:
    """An object in a build: what it is, and as what it is known.

    `manifest` is None once a merge has changed it in a way that is not followed, and `own` once it
    is a copy. `gone` objects have been taken out of the build.
    """

    ids: list[Id]
    labels: Mapping[str, Any]
    annotations: Mapping[str, Any]
    manifest: Manifest | None = None
    own: bool = False
    gone: bool = False


def identify(manifest: Manifest, *, cluster_scoped: bool) -> Id:
    """Return the names of an object that has apiVersion, kind and metadata.name."""
    group, slash, version = manifest["apiVersion"].partition("/")
    metadata = manifest["metadata"]
    namespace = _NO_NAMESPACE if cluster_scoped else metadata.get("namespace") or "default"
    if not slash:
        group, version = "", group
    return Id(group, version, manifest["kind"], str(metadata.get("name")), str(namespace))


def is_for(merge: Manifest, resource: Resource) -> bool:
    """Whether an object that is merged without a target is for this one."""
    cluster_scoped = any(each.namespace == _NO_NAMESPACE for each in resource.ids)
    return identify(merge, cluster_scoped=cluster_scoped) in resource.ids


def pattern_problem(pattern: str) -> str:
    """Return why kustomize can't read a pattern, empty where it can or where that is not sure."""
    if len(pattern) > _LONGEST:
        return ""
    if _LOOKING_AROUND.search(pattern):
        return "looks ahead or behind, which the regular expressions of Go can't"
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return "is no regular expression" if _PLAIN.fullmatch(pattern) else ""
    return ""


def selector_problem(selector: str) -> str:
    """Return why a selector of labels or annotations is none, empty where it is one."""
    if len(selector) > _LONGEST:
        return ""
    parts = _PARTS.findall(selector)
    if selector.strip() and (",".join(parts) != selector or not all(map(_is_requirement, parts))):
        return "is no selector such as app=web,tier in (a, b)"
    return ""


def matches(target: Mapping[str, str], resource: Resource) -> bool | None:
    """Whether a target without problems means an object; None where that is not sure."""
    patterns = [
        _matching(target.get(key, "")) for key in ("group", "version", "kind", "name", "namespace")
    ]
    fits = [
        [matching(value) for matching, value in zip(patterns, values, strict=True)]
        for values in map(_values, resource.ids)
    ]
    selected = _selects(target.get("labelSelector", ""), resource.labels)
    annotated = _selects(target.get("annotationSelector", ""), resource.annotations)
    answers = [_all([*each, selected, annotated]) for each in fits]
    return True if True in answers else None if None in answers else False


def _values(name: Id) -> tuple[str, ...]:
    return name.group, name.version, name.kind, name.name, name.namespace


def _all(answers: list[bool | None]) -> bool | None:
    return False if False in answers else None if None in answers else True


@lru_cache(maxsize=256)
def _matching(pattern: str) -> Callable[[str], bool | None]:
    if not pattern:
        return lambda _: True
    short = len(pattern) <= _LONGEST and _PLAIN.fullmatch(pattern)
    if (
        not short
        or _NESTED.search(pattern)
        or len(_REPETITION.findall(pattern)) > _MOST_REPETITIONS
    ):
        return lambda _: None
    compiled = re.compile(f"(?:{pattern})")
    return lambda value: compiled.fullmatch(value) is not None


def _is_requirement(part: str) -> bool:
    return any(each.fullmatch(part) for each in (_EQUAL, _IN, _EXISTS, _THAN))


def _selects(selector: str, labels: Mapping[str, Any]) -> bool | None:
    if len(selector) > _LONGEST:
        return None
    return _all([_requires(part, labels) for part in _PARTS.findall(selector) if part.strip()])


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

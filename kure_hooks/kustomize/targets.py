"""Objects that a patch is for, as kustomize 5.8 finds them.

A pattern is matched as a whole, a namespace is `default` where an object has none, and an object
outside of namespaces has one of its own name for that. Patterns that could take long to match are
not judged.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from msgspec import Struct

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


SELECTORS = frozenset({"labelSelector", "annotationSelector"})
"""The keys of a target that are no patterns."""


class Id(Struct, frozen=True):
    """The names by which a target or a patch finds an object."""

    group: str
    version: str
    kind: str
    name: str
    namespace: str


class Resource(Struct):
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
    """Tell whether an object that is merged without a target is for this one."""
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


def matches(target: Mapping[str, str], resource: Resource) -> bool | None:
    """Tell whether a target without problems means an object; None where that is not sure."""
    patterns = [
        _matching(target.get(key, "")) for key in ("group", "version", "kind", "name", "namespace")
    ]
    fits = [
        [matching(value) for matching, value in zip(patterns, values, strict=True)]
        for values in map(_values, resource.ids)
    ]
    selected = [
        *_answers(target.get("labelSelector", ""), resource.labels),
        *_answers(target.get("annotationSelector", ""), resource.annotations),
    ]
    answers = [_all([*requirements, *selected]) for requirements in fits]
    return True if True in answers else None if None in answers else False


def _answers(selector: str, labels: Mapping[str, Any]) -> Sequence[bool | None]:
    if not selector:
        return ()
    from kure_hooks.kustomize.selectors import answers  # noqa: PLC0415 - few targets have one

    return answers(selector, labels)


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

"""A check of admission: the rule that it holds, and the function that finds what breaks it.

Checks of pods are given a `Pod`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from msgspec import Struct

from kure_hooks.decoding.values import entries, mapping
from kure_hooks.findings import Severity
from kure_hooks.manifests import value_at
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem

Version = tuple[int, int]
"""Major and minor of a release."""

Judge = Callable[[Any], Iterator[Problem]]
"""A function of a mapping, whose places are relative to it; it may have any shape inside."""

_EVER: Version = (0, 0)

CONTAINERS = ("containers", "initContainers", "ephemeralContainers")


class Check(Struct, frozen=True):
    """One rule and its judge: the API server refuses (error) or people regret (warning).

    `since` is the release of Kubernetes whose API server is the first to refuse it.
    """

    rule: str
    severity: Severity
    problems: Judge
    since: Version = _EVER

    def severity_at(self, kubernetes: Version) -> Severity:
        """Return the weight at a release: what only a later one refuses is a warning."""
        return self.severity if kubernetes >= self.since else Severity.WARNING


Checks = Iterable[Check]


def error(rule: str, since: Version = _EVER) -> Callable[[Judge], Check]:
    """Make a check of a function that finds what the API server refuses, since a release."""
    return lambda judge: Check(rule, Severity.ERROR, judge, since)


def warning(rule: str) -> Callable[[Judge], Check]:
    """Make a check of a function that finds what the API server takes and people regret."""
    return lambda judge: Check(rule, Severity.WARNING, judge)


class Pod(NamedTuple):
    """The spec of a pod, whatever is wrong with it.

    `claims` are the names of the volumes that a StatefulSet adds. `containers` are those of all
    lists with the pointers to them.
    """

    spec: Mapping[str, Any]
    claims: frozenset[str]
    containers: tuple[tuple[Pointer, Mapping[str, Any]], ...]


def pod_of(manifest: Mapping[str, Any], pointer: Pointer) -> Pod | None:
    """Return the pod whose spec is at a pointer of an object; None for one of another shape."""
    spec = value_at(manifest, *pointer) or {}
    if not isinstance(spec, dict):
        return None
    claims = frozenset(_claims(manifest)) if len(pointer) > 1 else frozenset()
    containers = [((key, at), each) for key in CONTAINERS for at, each in entries(spec, key)]
    return Pod(spec, claims, tuple(containers))


def _claims(manifest: Mapping[str, Any]) -> Iterator[str]:
    for _, claim in entries(mapping(manifest, "spec"), "volumeClaimTemplates"):
        name = mapping(claim, "metadata").get("name")
        if isinstance(name, str):
            yield name

"""Admission: what the API server checks of an object beyond its schema, offline.

The rules are those of Kubernetes 1.36 (pkg/apis/*/validation), held against a real API server in
the live tests. A value with a variable such as `${name}` is not judged, nor is one that SOPS has
encrypted: another one comes to the cluster.
"""

from collections.abc import Container, Iterable, Iterator
from typing import Any

from kure_hooks.decoding.strings import PODS, parts_of
from kure_hooks.findings import Finding, Severity
from kure_hooks.manifests import Kind, value_at
from kure_hooks.objects.written import Object
from kure_hooks.validators.admission import rules
from kure_hooks.validators.admission.check import Check, Version
from kure_hooks.validators.admission.rules.duplicates import duplicates
from kure_hooks.validators.admission.rules.metadata import Subject
from kure_hooks.validators.admission.rules.pod import pod_of
from kure_hooks.validators.admission.rules.versions import (
    Versions,
    ending,
    fields_ending,
    settings_gone,
)
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem

__all__ = ["Versions", "faults"]

_RELAXED_NAMES = (1, 36)
"""The release from which on the name of a Service may begin with a digit."""

_LOCAL = "config.kubernetes.io/local-config"


def faults(
    objects: Iterable[Object],
    versions: Versions | None = None,
    defined: Container[Kind] = (),
) -> Iterator[Finding]:
    """Yield what the API server refuses of objects beyond their schema, or warns of.

    `defined` are the kinds, of those that Kubernetes itself does not have, which a cluster keeps:
    objects of others, such as the settings of a program, need no name. The objects have an
    apiVersion and a kind, and any shape below them. Those that never come to a cluster, which
    kustomize marks as local configuration, are not judged. A place is that of the key, or of its
    nearest parent where it is missing.
    """
    judged = [item for item in objects if not _is_local(item.manifest)]
    releases = versions or Versions()
    metadata = rules.of_metadata(relaxed=releases.kubernetes >= _RELAXED_NAMES, defined=defined)
    for item in judged:
        yield from _versions(item, releases)
        subject = Subject(item.manifest, parts_of(item.manifest))
        kind = subject.parts.kind
        yield from _judged(item, metadata, subject, (), releases.kubernetes)
        checks = rules.KINDS.get(kind, ())
        yield from _judged(item, checks, item.manifest, (), releases.kubernetes)
        if kind in PODS:
            pointer = (*PODS[kind], "spec")
            if pod := pod_of(item.manifest, pointer):
                yield from _judged(item, rules.PODS, pod, pointer, releases.kubernetes)
    yield from duplicates(judged)


def _is_local(manifest: Any) -> bool:
    return bool(value_at(manifest, "metadata", "annotations", _LOCAL) == "true")


def _judged(
    item: Object, checks: Iterable[Check], part: Any, pointer: Pointer, kubernetes: Version
) -> Iterator[Finding]:
    for check in checks:
        for place, problem, expected in check.problems(part):
            whole = (*pointer, *place)
            if not _is_encrypted(item.manifest, whole):
                severity = check.severity_at(kubernetes)
                yield _finding(item, (whole, problem, expected), severity, check.rule)


def _is_encrypted(manifest: Any, pointer: Pointer) -> bool:
    value = value_at(manifest, *pointer)
    return isinstance(value, str) and value.startswith("ENC[") and "sops" in manifest


def _versions(item: Object, versions: Versions) -> Iterator[Finding]:
    """Yield what ends or is gone: an API version, settings that nobody reads, and fields."""
    end = ending(item.api_version, item.kind, versions)
    if end:
        rule = "VA107" if end.severity is Severity.ERROR else "VA108"
        yield _finding(item, (("apiVersion",), end.problem, end.expected), end.severity, rule)
    for problem in settings_gone(item.manifest, versions) if item.kind == "ConfigMap" else ():
        yield _finding(item, problem, Severity.ERROR, "VA109")
    for problem in fields_ending(item.manifest, versions):
        yield _finding(item, problem, Severity.WARNING, "VA196")


def _finding(item: Object, problem: Problem, severity: Severity, rule: str) -> Finding:
    pointer, words, expected = problem
    return item.finding(pointer, words, expected, rule, severity)

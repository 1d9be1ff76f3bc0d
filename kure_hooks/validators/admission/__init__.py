"""Admission: what the API server checks of an object beyond its schema, offline.

The rules are those of Kubernetes 1.36 (pkg/apis/*/validation), held against a real API server in
the live tests. A value with a variable such as `${name}` is not judged, nor is one that SOPS has
encrypted: another one comes to the cluster.
"""

import posixpath
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Any

from kure_hooks.decoding.strings import PODS, parts_of
from kure_hooks.findings import Finding, Severity
from kure_hooks.manifests import Identity, Kind, kind_of, named, value_at
from kure_hooks.objects.written import Object
from kure_hooks.validators.admission import rules
from kure_hooks.validators.admission.check import Check, Version, pod_of
from kure_hooks.validators.admission.rules.metadata import Subject
from kure_hooks.validators.admission.rules.versions import (
    Versions,
    ending,
    fields_ending,
    settings_gone,
)
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.document import key_path
from kure_hooks.yamlio.place import Problem

__all__ = ["Versions", "faults"]

_RELAXED_NAMES = (1, 36)
"""The release from which on the name of a Service may begin with a digit."""

_LOCAL = "config.kubernetes.io/local-config"
_KUSTOMIZATION = ("kustomize.config.k8s.io", "Kustomization")


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


def duplicates(objects: Sequence[Object]) -> Iterator[Finding]:
    """Yield the objects that an earlier one of the same file or kustomization is, too.

    Two clusters or two overlays may well have the same object, so that files are held against one
    another only if one kustomization.yaml lists them as resources: kustomize refuses to build them.
    """
    by_file: dict[str, list[Object]] = {}
    for item in objects:
        by_file.setdefault(item.document.path, []).append(item)
    reported: set[int] = set()
    for group in (*by_file.values(), *_together(objects, by_file)):
        for first, item in _repeated(group):
            if id(item) not in reported:
                reported.add(id(item))
                yield _twice(first, item)


def _together(
    objects: Iterable[Object], by_file: Mapping[str, list[Object]]
) -> Iterator[list[Object]]:
    """Yield the objects of the files that each kustomization lists."""
    for item in objects:
        if kind_of(item.manifest) != _KUSTOMIZATION:
            continue
        resources = item.manifest.get("resources")
        listed = resources if isinstance(resources, list) else []
        names = [name for name in listed if isinstance(name, str)]
        above = posixpath.dirname(item.document.path)
        paths = dict.fromkeys(posixpath.normpath(posixpath.join(above, name)) for name in names)
        yield [member for path in paths for member in by_file.get(path, ())]


def _repeated(objects: Iterable[Object]) -> Iterator[tuple[Object, Object]]:
    """Yield each object whose identity was there before, after the first one of it."""
    seen: dict[Identity, Object] = {}
    for item in objects:
        identity = named(item.manifest)
        if identity and "${" not in identity.name + identity.namespace:
            first = seen.setdefault(identity, item)
            if first is not item:
                yield first, item


def _twice(first: Object, item: Object) -> Finding:
    at = first.at("metadata", "name")
    place = f"{at.path}:{at.line}" if at.path != item.document.path else f"line {at.line}"
    problem = f"{named(item.manifest)} is already described in {place}"
    key = key_path((*item.pointer, "metadata", "name"))
    finding = Finding(
        item.at("metadata", "name"), key, problem, "List each object once.", rule="VA106"
    )
    return item.owning(finding, ("metadata", "name"))

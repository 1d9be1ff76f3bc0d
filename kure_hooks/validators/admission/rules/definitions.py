"""Kinds with few rules: definitions, APIServices, PriorityClasses, Namespaces."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from kure_hooks.decoding.values import distinct_keys, entries, literal, mapping
from kure_hooks.manifests import text_at
from kure_hooks.validators.admission.check import error
from kure_hooks.yamlio.place import Problem
from kure_hooks.yamlio.scalars import shown

_SECURITY = "pod-security.kubernetes.io/"
_MODES = ("enforce", "audit", "warn")
_LEVELS = ("privileged", "baseline", "restricted")
_RELEASE = re.compile(r"latest|v1\.([1-9][0-9]*|0)")
_HIGHEST = 1_000_000_000
_SYSTEM = ("system-node-critical", "system-cluster-critical")


@error("VA190")
def _definition(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    spec = mapping(manifest, "spec")
    name, group = text_at(manifest, "metadata", "name"), text_at(spec, "group")
    plural = text_at(spec, "names", "plural")
    whole = f"{plural}.{group}"
    if literal(name) and literal(whole) and plural and group and name != whole:
        problem = f'the name "{shown(name)}" is not the plural name and the group'
        yield ("metadata", "name"), problem, shown(whole)
    if literal(group) and group and "." not in group:
        yield ("spec", "group"), f"the group {shown(group)} has no dot", f"{shown(group)}.example"
    versions = [(("spec", "versions", at), each) for at, each in entries(spec, "versions")]
    names = ((place, version.get("name")) for place, version in versions)
    yield from distinct_keys(
        ((*place, "name"), name, f"version {shown(name)}") for place, name in names if literal(name)
    )
    stored = [place for place, version in versions if version.get("storage") is True]
    if versions and len(stored) != 1:
        problem = f"{len(stored)} versions are stored" if stored else "no version is stored"
        where = stored[1] if stored else ("spec", "versions")
        yield where, problem, "storage: true in exactly one"
    scope = spec.get("scope")
    if literal(scope) and scope not in ("Namespaced", "Cluster"):
        yield ("spec", "scope"), f"there is no scope {shown(scope)}", "Namespaced or Cluster"


@error("VA190")
def _service(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    spec, name = mapping(manifest, "spec"), text_at(manifest, "metadata", "name")
    whole = f"{text_at(spec, 'version')}.{text_at(spec, 'group')}"
    if literal(name) and literal(whole) and name and name != whole:
        problem = f'the name "{shown(name)}" is not the version and the group'
        yield ("metadata", "name"), problem, shown(whole)


@error("VA191")
def _priority(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    name, value = text_at(manifest, "metadata", "name"), manifest.get("value")
    if name in _SYSTEM:
        return
    if name.startswith("system-"):
        problem = 'names that begin with "system-" are those of Kubernetes'
        yield ("metadata", "name"), problem, f"{shown(name.removeprefix('system-'))}"
    if isinstance(value, int) and value > _HIGHEST:
        yield ("value",), f"priorities above {_HIGHEST:,} are those of Kubernetes", "a lower one"


@error("VA192")
def _levels(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield labels of Pod Security admission on a Namespace that it does not know."""
    labels = mapping(mapping(manifest, "metadata"), "labels")
    for mode in _MODES:
        key = f"{_SECURITY}{mode}"
        level, release = labels.get(key), labels.get(f"{key}-version")
        if literal(level) and level not in _LEVELS:
            problem = f'there is no level "{shown(level)}" of Pod Security'
            yield ("metadata", "labels", key), problem, " or ".join(_LEVELS)
        if literal(release) and not _RELEASE.fullmatch(release):
            problem = f'"{shown(release)}" is no release of Kubernetes'
            yield ("metadata", "labels", f"{key}-version"), problem, "latest, or such as v1.36"


NAMESPACE = (_levels,)
DEFINITION = (_definition,)
SERVICE = (_service,)
PRIORITY = (_priority,)

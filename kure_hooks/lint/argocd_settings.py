"""Settings of Argo CD, as the objects and the other files of a repository have them.

They may be in the values of a chart, in a script, or in the files of another tool: a rule that
misses one among the objects looks for its words before it says that the setting is not there.
"""

import re
from collections.abc import Iterator
from enum import Enum
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from kure_hooks.errors import ReadError
from kure_hooks.files.tree import MAX_LARGE
from kure_hooks.gitops.argocd import GROUP
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.payload import Resource
from kure_hooks.gitops.repository import Cluster
from kure_hooks.manifests import mappings_at, text_at, value_at
from kure_hooks.yamlio import Pointer

CONFIG = "argocd-cm"
"""The name of the ConfigMap with the settings of Argo CD."""
CM_KEY = "resource.customizations.health.argoproj.io_Application"
"""The key in it that has the health check of Applications."""

_LEGACY_KEY = "resource.customizations"
_LEGACY = f"{GROUP}/Application:"
_OPERATED = "ArgoCD"

_WITHOUT_SETTINGS = re.compile(r"\.(png|jpe?g|gif|ico|svg|pdf|t?gz|zip|md|go|py|[cm]?[jt]sx?)\Z")


class HealthCheck(NamedTuple):
    """The Lua of a health check of Applications, and the place that has it."""

    resource: Resource
    pointer: Pointer
    lua: str


def health_checks(cluster: Cluster) -> Iterator[HealthCheck]:
    """Yield the health checks of Applications that objects of the cluster have."""
    for _, resource in cluster.resources():
        if resource.kind in ("ConfigMap", _OPERATED, "Application", "HelmRelease"):
            yield from _of(resource)


def _of(resource: Resource) -> Iterator[HealthCheck]:
    manifest = resource.manifest
    if resource.kind == _OPERATED:
        for index, check in enumerate(mappings_at(manifest, "spec", "resourceHealthChecks")):
            if (check.get("group"), check.get("kind")) == (GROUP, "Application"):
                steps: Pointer = ("spec", "resourceHealthChecks", index, "check")
                yield HealthCheck(resource, steps, text_at(check, "check"))
    for pointer, key, value in _strings(manifest):
        if key == CM_KEY or (key == _LEGACY_KEY and _LEGACY in value):
            yield HealthCheck(resource, pointer, value)


def _strings(manifest: Any) -> Iterator[tuple[Pointer, str, str]]:
    """Yield each string of an object with its key and the way to it."""
    waiting: list[tuple[Pointer, Any]] = [((), manifest)]
    while waiting:
        pointer, value = waiting.pop()
        if isinstance(value, dict):
            waiting += (((*pointer, key), item) for key, item in value.items())
        elif isinstance(value, list):
            waiting += (((*pointer, index), item) for index, item in enumerate(value))
        elif isinstance(value, str) and pointer and isinstance(pointer[-1], str):
            yield pointer, pointer[-1], value


def settings(cluster: Cluster) -> Resource | None:
    """Return the object with the settings of Argo CD; None where the repository has none."""
    for _, resource in cluster.resources():
        is_config = (resource.kind, resource.name) == ("ConfigMap", CONFIG)
        if is_config and value_at(resource.manifest, "data") is not None:
            return resource
    return None


class Setting(Enum):
    """The settings of Argo CD that rules look for, by the words that a file with them has."""

    APPLICATION_HEALTH = rb"argoproj\.io[_/]Application\b|\bresourceHealthChecks\b"
    GLOBAL_PROJECTS = rb"\bglobalProjects\b"


_PATTERNS = {setting: re.compile(setting.value) for setting in Setting}
_KNOWN: WeakKeyDictionary[Files, frozenset[Setting]] = WeakKeyDictionary()


def is_mentioned(setting: Setting, files: Files) -> bool:
    """Tell whether any file, or its name, has the words of a setting."""
    if files not in _KNOWN:
        _KNOWN[files] = _mentioned(files)
    return setting in _KNOWN[files]


def _mentioned(files: Files) -> frozenset[Setting]:
    settings: set[Setting] = set()
    for path in sorted(files.paths):
        if path.endswith("/") or _WITHOUT_SETTINGS.search(path):
            continue
        try:
            data = files.tree.read(path, MAX_LARGE)
        except ReadError:
            data = b""
        for setting, pattern in _PATTERNS.items():
            if pattern.search(data) or pattern.search(path.encode()):
                settings.add(setting)
    return frozenset(settings)

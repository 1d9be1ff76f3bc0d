"""Volumes of pods: their names and sources, and the mounts and devices of containers."""

from collections.abc import Iterator, Mapping
from typing import Any

from kure_hooks.decoding import nearest
from kure_hooks.decoding.quantities import quantity_problem
from kure_hooks.decoding.refusals import is_of
from kure_hooks.decoding.types import Name
from kure_hooks.decoding.values import (
    entries,
    literal,
    mapping,
    relative_path_problem,
    repeated,
)
from kure_hooks.decoding.volumes import NEEDED, OF_PODS, mode_problem
from kure_hooks.validators.admission.check import Pod, error
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem
from kure_hooks.yamlio.scalars import shown

_USES = ("volumeMounts", "volumeDevices")
_MOST_NAMES = 100
"""The names among which the nearest is looked for: each mount asks for it."""

_PLAIN = 2
"""The keys of a mount without options: its name and its path."""


@error("VA137")
def _names_differ(pod: Pod) -> Iterator[Problem]:
    names = [(("volumes", at, "name"), volume.get("name")) for at, volume in _volumes(pod)]
    named = [(place, name) for place, name in names if literal(name) and name]
    for place, name in repeated(named):
        yield place, f"{shown(name)} is already in the list", "List each name once."
    for place, name in named:
        if not is_of(Name, name):
            problem = f'the API server refuses the name "{shown(name)}" of a volume'
            yield place, problem, "at most 63 lower case letters, digits and inner '-'"


@error("VA138")
def _sources(pod: Pod) -> Iterator[Problem]:
    for at, volume in _volumes(pod):
        kinds = [key for key in volume if key in OF_PODS and volume[key] is not None]
        if len(kinds) > 1:
            name = shown(str(volume.get("name")))
            problem = f"volume {name} has {' and '.join(map(shown, kinds))}"
            yield ("volumes", at), problem, "one source such as emptyDir: {}"
        elif kinds:  # without any it is an emptyDir
            yield from source_problems(("volumes", at, kinds[0]), kinds[0], volume[kinds[0]])


def source_problems(place: Pointer, kind: str, source: Any) -> Iterator[Problem]:
    """Yield what the API server refuses of the source of a volume, which lies at `place`."""
    if not isinstance(source, dict):
        return
    for key in NEEDED.get(kind, ()):
        if source.get(key) in (None, "", []):
            yield (*place, key), f"a {kind} needs {key}", f"Add the key {key}."
    for at, item in entries(source, "items"):
        if refused := relative_path_problem(item.get("path")):
            yield (*place, "items", at, "path"), *refused
    path, mode = source.get("path"), source.get("defaultMode")
    if kind == "hostPath" and literal(path) and ".." in path.split("/"):
        yield (*place, "path"), 'the API server refuses a path with ".."', 'a path without ".."'
    if kind == "nfs" and literal(path) and path and not path.startswith("/"):
        yield (*place, "path"), "the path of an export begins with /", f"/{shown(path)}"
    if refused := mode_problem(mode):
        yield (*place, "defaultMode"), *refused
    size = source.get("sizeLimit") if kind == "emptyDir" else None
    if size is not None and (refused := quantity_problem(size)):
        yield (*place, "sizeLimit"), *refused


@error("VA139")
def _mounts(pod: Pod) -> Iterator[Problem]:
    volumes = (volume.get("name") for _, volume in _volumes(pod))
    names = {name for name in (*volumes, *pod.claims) if isinstance(name, str)}
    judged = all("${" not in name for name in names)
    for place, container in pod.containers:
        for use in _USES:
            for at, mount in entries(container, use):
                name = mount.get("name")
                if judged and literal(name) and name not in names:
                    here = (*place, use, at, "name")
                    near = nearest(name, names) if len(names) <= _MOST_NAMES else ""
                    expected = near or f"a volume named {shown(name)}"
                    yield here, f"the pod has no volume {shown(name)}", expected
        if _USES[0] in container:
            yield from _paths((*place, _USES[0]), container)


def _paths(place: Pointer, container: Mapping[str, Any]) -> Iterator[Problem]:
    paths: set[str] = set()
    for at, mount in entries(container, _USES[0]):
        path = mount.get("mountPath")
        if path in (None, ""):
            yield (*place, at, "mountPath"), "the volume is mounted nowhere", "a path such as /data"
        elif literal(path) and path in paths:
            yield (
                (*place, at, "mountPath"),
                f"{shown(path)} has a volume already",
                "Choose another path.",
            )
        elif literal(path):
            paths.add(path)
        if len(mount) > _PLAIN:
            yield from _options((*place, at), mount, container)


def _options(
    place: Pointer, mount: Mapping[str, Any], container: Mapping[str, Any]
) -> Iterator[Problem]:
    for key in ("subPath", "subPathExpr"):
        if refused := relative_path_problem(mount.get(key)):
            yield (*place, key), *refused
    if mount.get("subPath") and mount.get("subPathExpr"):
        yield (
            (*place, "subPathExpr"),
            "subPath and subPathExpr exclude each other",
            "Keep one of the two.",
        )
    privileged = mapping(container, "securityContext").get("privileged")
    if mount.get("mountPropagation") == "Bidirectional" and privileged is not True:
        problem = "only a privileged container has mountPropagation Bidirectional"
        yield (*place, "mountPropagation"), problem, "HostToContainer, or privileged: true"


def _volumes(pod: Pod) -> Iterator[tuple[int, Mapping[str, Any]]]:
    return entries(pod.spec, "volumes")


CHECKS = (_names_differ, _sources, _mounts)

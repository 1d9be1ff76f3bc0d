"""Sources of volumes, which are written as they are given: what each needs and may have."""

from collections.abc import Iterator, Mapping
from typing import Any

from kure_hooks.apps.workload.checks.common import Checks, given
from kure_hooks.apps.workload.checks.variables import field_problem, resource_problem
from kure_hooks.apps.workload.spec import Spec
from kure_hooks.decoding import nearest
from kure_hooks.decoding.quantities import amount
from kure_hooks.decoding.refusals import is_of
from kure_hooks.decoding.types import ObjectName
from kure_hooks.decoding.values import distinct_keys, literal, relative_path_problem
from kure_hooks.decoding.volumes import NEEDED, mode_problem
from kure_hooks.manifests import plain, value_at
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem
from kure_hooks.yamlio.scalars import shown

_FIELDS: Mapping[str, tuple[str, ...]] = {
    "configMap": ("name", "items", "defaultMode", "optional"),
    "secret": ("secretName", "items", "defaultMode", "optional"),
    "emptyDir": ("medium", "sizeLimit"),
    "hostPath": ("path", "type"),
    "persistentVolumeClaim": ("claimName", "readOnly"),
    "ephemeral": ("volumeClaimTemplate",),
    "projected": ("sources", "defaultMode"),
    "downwardAPI": ("items", "defaultMode"),
    "image": ("reference", "pullPolicy"),
    "csi": ("driver", "readOnly", "fsType", "volumeAttributes", "nodePublishSecretRef"),
    "nfs": ("server", "path", "readOnly"),
}
_TYPES = ("DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice")
_HOST_TYPES = ("", *_TYPES, "BlockDevice")
_PULL_POLICIES = ("Always", "IfNotPresent", "Never")
_ITEM = ("key", "path", "mode")
_LONGEST_DRIVER = 63
_SHORTEST_TOKEN = 600
_LONGEST_TOKEN = 1 << 32
_PROJECTED = (*("configMap", "secret", "downwardAPI"), "serviceAccountToken", "clusterTrustBundle")
_PARTS = (*_PROJECTED, "podCertificate")
_CHOICES = {"fc": ("targetWWNs", "wwids"), "flocker": ("datasetName", "datasetUUID")}


def _sources_are_whole(spec: Spec) -> Iterator[Problem]:
    for at, volume in enumerate(spec.volumes):
        kinds = [key for key in given(volume) if key != "name"]
        if len(kinds) == 1:
            source = plain(volume)[kinds[0]]
            yield from _source(("volumes", at, kinds[0]), kinds[0], source)


def _source(place: Pointer, kind: str, source: dict[str, Any]) -> Iterator[Problem]:
    choices = _CHOICES.get(kind, ())
    if choices and len([key for key in choices if source.get(key)]) != 1:
        yield place, f"a {kind} is named in one way", f"exactly one of {' and '.join(choices)}"
    fields = _FIELDS.get(kind, tuple(source))
    absent = [key for key in NEEDED.get(kind, ()) if not source.get(key)]
    unknown = [key for key in source if key not in fields]
    for key in unknown:
        expected = absent[0] if absent else nearest(key, set(fields)) or " or ".join(fields)
        yield (*place, key), f"a {kind} has no {shown(key)}", expected
    for key in () if unknown else absent:
        yield (*place, key), f"a {kind} needs {key}", f"Add the key {key}."
    yield from _files(place, source, fields=kind == "downwardAPI")
    yield from _mode((*place, "defaultMode"), source.get("defaultMode"))
    if kind == "projected":
        yield from _projected(place, source)
    yield from _values(place, kind, source)
    template = source.get("volumeClaimTemplate")
    if kind == "ephemeral" and isinstance(template, dict):
        yield from _claim((*place, "volumeClaimTemplate", "spec"), template.get("spec"))


def _claim(place: Pointer, claim: Any) -> Iterator[Problem]:
    if not value_at(claim, "resources", "requests", "storage"):
        problem = "the claim asks for no storage"
        yield (*place, "resources", "requests", "storage"), problem, "a size such as 1Gi"
    if not value_at(claim, "accessModes"):
        yield (*place, "accessModes"), "the claim has no access mode", "ReadWriteOnce"


def _values(place: Pointer, kind: str, source: dict[str, Any]) -> Iterator[Problem]:
    path, size = source.get("path"), source.get("sizeLimit")
    if kind == "hostPath" and literal(path) and ".." in path.split("/"):
        yield (*place, "path"), 'the API server refuses a path with ".."', 'a path without ".."'
    if kind == "hostPath" and source.get("type", "") not in _HOST_TYPES:
        problem = f'a hostPath has no type "{shown(source["type"])}"'
        yield (*place, "type"), problem, " or ".join(_TYPES)
    if kind == "csi":
        yield from _driver(place, source)
    if kind == "nfs" and literal(path) and path and not path.startswith("/"):
        yield (*place, "path"), "the path of an export begins with /", f"/{path}"
    if kind == "image" and source.get("pullPolicy", "Always") not in _PULL_POLICIES:
        yield (*place, "pullPolicy"), "there is no such pullPolicy", " or ".join(_PULL_POLICIES)
    if kind == "emptyDir" and (literal(size) or isinstance(size, int)):
        negative = str(size).startswith("-")
        if negative or amount(size) is None:
            yield (*place, "sizeLimit"), "this is no size of a volume", "a quantity such as 1Gi"


def _driver(place: Pointer, source: dict[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with the driver of a volume and with the Secret that it gets."""
    driver, secret = source.get("driver"), source.get("nodePublishSecretRef")
    named = is_of(ObjectName, str(driver).lower()) and len(str(driver)) <= _LONGEST_DRIVER
    if literal(driver) and driver and not named:
        problem = f'the API server refuses the name "{shown(driver)}" of a driver'
        yield (*place, "driver"), problem, "a name such as secrets-store.csi.k8s.io"
    if isinstance(secret, dict):
        name = secret.get("name")
        if not name:
            problem = "the reference names no Secret"
            yield (*place, "nodePublishSecretRef", "name"), problem, "the name of a Secret"
        elif literal(name) and not is_of(ObjectName, name):
            problem = f'the API server refuses the name "{shown(name)}" of a Secret'
            yield (*place, "nodePublishSecretRef", "name"), problem, "the name of a Secret"


def _files(place: Pointer, source: dict[str, Any], *, fields: bool) -> Iterator[Problem]:
    """Yield what is wrong with the files that a source makes of its keys, or of fields."""
    for at, item in enumerate(_mappings(source, "items")):
        here = (*place, "items", at)
        for key in item:
            if not fields and key not in _ITEM:
                yield (*here, key), f"a file of a volume has no {shown(key)}", " or ".join(_ITEM)
        for key in ("path",) if fields else ("key", "path"):
            if not item.get(key):
                yield (*here, key), f"a file of a volume needs {key}", f"Add the key {key}."
        if refused := relative_path_problem(item.get("path")):
            yield (*here, "path"), *refused
        elif literal(item.get("path")) and item["path"].startswith(".."):
            problem = "the API server refuses a path that begins with .."
            yield (*here, "path"), problem, "Choose another name."
        yield from _mode((*here, "mode"), item.get("mode"))
        if fields:
            yield from _field(here, item)


def _field(place: Pointer, item: dict[str, Any]) -> Iterator[Problem]:
    field, resource = item.get("fieldRef"), item.get("resourceFieldRef")
    if bool(field) == bool(resource):
        problem = "a file of a downwardAPI is a field or an amount of a resource"
        yield place, problem, "exactly one of fieldRef and resourceFieldRef"
    if isinstance(field, dict) and (refused := field_problem(field.get("fieldPath"), file=True)):
        yield (*place, "fieldRef", "fieldPath"), *refused
    if isinstance(resource, dict):
        here = (*place, "resourceFieldRef")
        if not resource.get("containerName"):
            yield (
                (*here, "containerName"),
                "a volume belongs to no container",
                "Add the key containerName.",
            )
        if refused := resource_problem(resource.get("resource")):
            yield (*here, "resource"), *refused


def _projected(place: Pointer, source: dict[str, Any]) -> Iterator[Problem]:
    paths: list[tuple[Pointer, str, str]] = []
    for at, part in enumerate(_mappings(source, "sources")):
        here = (*place, "sources", at)
        kinds = [key for key, value in part.items() if value]
        for key in part:
            if key not in _PARTS:
                problem = f"a projected volume has no source {shown(key)}"
                yield (*here, key), problem, nearest(key, set(_PARTS)) or " or ".join(_PARTS)
        if len(kinds) > 1:
            yield (
                here,
                f"one source has {' and '.join(map(shown, kinds))}",
                "Write an entry for each.",
            )
        for kind in _PROJECTED[:-1]:
            inner = part.get(kind)
            if not isinstance(inner, dict):
                continue
            there = (*here, kind)
            yield from _files(there, inner, fields=kind == "downwardAPI")
            files = [((*there, "items", index), item) for index, item in _items(inner)]
            if kind == "serviceAccountToken":
                yield from _token(there, inner)
            elif kind != "downwardAPI" and not inner.get("name"):
                yield (*there, "name"), f"a {kind} needs name", "Add the key name."
            paths += [
                ((*spot, "path"), item["path"], shown(item["path"]))
                for spot, item in files
                if literal(item.get("path"))
            ]
    yield from distinct_keys(paths)


def _token(place: Pointer, token: dict[str, Any]) -> Iterator[Problem]:
    seconds = token.get("expirationSeconds", _SHORTEST_TOKEN)
    if not token.get("path"):
        yield (*place, "path"), "a token needs path", "Add the key path."
    elif refused := relative_path_problem(token["path"]):
        yield (*place, "path"), *refused
    if isinstance(seconds, int) and seconds > _LONGEST_TOKEN:
        problem = "a token is valid for 2^32 seconds at most"
        yield (*place, "expirationSeconds"), problem, f"at most {_LONGEST_TOKEN}"
    elif isinstance(seconds, int) and seconds < _SHORTEST_TOKEN:
        problem = f"a token is valid for {_SHORTEST_TOKEN} seconds at least"
        yield (*place, "expirationSeconds"), problem, f"at least {_SHORTEST_TOKEN}"


def _mode(place: Pointer, mode: Any) -> Iterator[Problem]:
    if refused := mode_problem(mode):
        yield place, *refused


def _items(source: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    yield from enumerate(_mappings(source, "items"))


def _mappings(value: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """Return the mappings of a list; another value is the schema's to refuse."""
    entries = value.get(key)
    entries = entries if isinstance(entries, list) else []
    return [entry if isinstance(entry, dict) else {} for entry in entries]


CHECKS: Checks = {
    _sources_are_whole: ("volumes",),
}

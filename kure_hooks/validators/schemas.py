"""Schemas that a repository brings along, for kinds that Kubernetes itself does not have.

Who may propose a change of the repository may change these files and the settings that name them.
So they judge no kind of Kubernetes, lie in the repository, load nothing, and no program is given a
path or a template that the settings hold: they are read here and handed on as copies.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from kure_hooks.config.validate import LOCATION_VARIABLE
from kure_hooks.errors import ReadError, UsageError
from kure_hooks.files.paths import path_problem
from kure_hooks.files.tree import MAX_LARGE, Tree

# The naming of the CRDs-catalog, in the terms of kubeconform's templates.
CATALOG = "{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json"

# The groups of Kubernetes 1.36's own API; all others are those of custom resources.
_OWN_GROUPS = frozenset(
    f"{name}.k8s.io"
    for name in (
        *("admissionregistration", "apiextensions", "apiregistration", "authentication"),
        *("authorization", "certificates", "coordination", "discovery", "events"),
        *("flowcontrol.apiserver", "internal.apiserver", "networking", "node"),
        *("rbac.authorization", "resource", "scheduling", "storage", "storagemigration"),
    )
) | {"apps", "autoscaling", "batch", "extensions", "policy"}

_DIALECTS = ("http://json-schema.org/", "https://json-schema.org/")


class Resource(Struct, frozen=True, order=True):
    """The apiVersion and the kind of objects."""

    api_version: str
    kind: str

    @property
    def group(self) -> str:
        """The group as kubeconform's templates name it: `v1` for the core group."""
        return self.api_version.split("/")[0]

    @property
    def is_custom(self) -> bool:
        """Tell whether a repository may bring a schema for it."""
        return "/" in self.api_version and self.group not in _OWN_GROUPS


class Schema(Struct, frozen=True):
    """A JSON Schema that somebody brings: its path, and its content."""

    path: str
    content: Mapping[str, Any]

    @property
    def data(self) -> bytes:
        """The content as JSON."""
        return json.dumps(self.content).encode()


def trusted(directories: Iterable[Path], resource: Resource) -> Schema | None:
    """Return the schema that directories outside of the repository have for a kind, the first.

    Raises UsageError for a schema that can't be read, is no JSON or refers to another file.
    """
    for directory in directories:
        file = directory / file_name(resource)
        if file.is_file():
            try:
                data = file.read_bytes()
            except OSError as error:
                raise UsageError(
                    f"the schema {file} can't be read: {error.strerror}. "
                    "Name another directory with --schemas."
                ) from error
            return Schema(str(directory), _content(str(file), data))
    return None


def provided(
    tree: Tree, locations: Sequence[str], resources: Iterable[Resource], version: str
) -> dict[Resource, Schema]:
    """Return the schemas that the repository has for custom resources, the first of each.

    `version` is a full Kubernetes version. Raises UsageError for a schema that can't be read, is no
    JSON or refers to another file.
    """
    found = {}
    for resource in sorted(set(resources)):
        if resource.is_custom:
            candidates = (_path(location, resource, version) for location in locations)
            if path := next((path for path in candidates if _is_there(tree, path)), None):
                found[resource] = Schema(path, _read(tree, path))
    return found


def file_name(resource: Resource) -> str:
    """Return the path of a resource's schema below a directory in the naming of the catalog."""
    return _filled(CATALOG, resource, "")


def _path(location: str, resource: Resource, version: str) -> str:
    template = location if "{{" in location else f"{location}/{CATALOG}"
    return _filled(template, resource, version)


def _filled(template: str, resource: Resource, version: str) -> str:
    group, _, api = resource.api_version.rpartition("/")
    suffix = "-".join(filter(None, (group.split(".")[0], api))).lower()
    values = {
        "Group": resource.group,
        "KindSuffix": f"-{suffix}",
        "NormalizedKubernetesVersion": f"v{version}",
        "ResourceAPIVersion": api,
        "ResourceKind": resource.kind.lower(),
        "StrictSuffix": "-strict",
    }
    return LOCATION_VARIABLE.sub(lambda match: values[match[1]], template)


def _is_there(tree: Tree, path: str) -> bool:
    return path_problem(path) is None and tree.holds(path, b"") is not None


def _read(tree: Tree, path: str) -> Mapping[str, Any]:
    try:
        return _content(path, tree.read(path, MAX_LARGE))
    except ReadError as error:
        raise UsageError(f"the schema {error}") from error


def _content(path: str, data: bytes) -> Mapping[str, Any]:
    try:
        schema = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"the schema {path} is no JSON. Write one JSON object.") from error
    if isinstance(schema, dict) and not str(schema.get("$schema", "")).startswith(_DIALECTS):
        schema.pop("$schema", None)
    for reference in _references(schema):
        if not reference.startswith("#"):
            raise UsageError(
                f"the schema {path} refers to another file. Write what it takes from there into"
                " the schema itself."
            )
    if not isinstance(schema, dict):
        raise UsageError(f"the schema {path} is no JSON object. Write one.")
    return schema


def _references(schema: Any) -> Iterator[str]:
    """Yield all that a schema refers to, and the names that references may count from."""
    waiting = [schema]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            references = (value.get(key) for key in ("$ref", "$dynamicRef", "$recursiveRef", "$id"))
            yield from (each for each in references if isinstance(each, str))
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value

"""Sources of environment variables: fields of the pod and resources of containers."""

import re
from collections.abc import Iterator
from typing import Any

from kure_hooks.apps.workload.checks.common import Checks, containers
from kure_hooks.apps.workload.spec import Spec
from kure_hooks.decoding import nearest
from kure_hooks.decoding.quantities import amount
from kure_hooks.decoding.refusals import is_of
from kure_hooks.decoding.types import LabelKey
from kure_hooks.decoding.values import literal
from kure_hooks.yamlio.place import Problem
from kure_hooks.yamlio.scalars import shown

_NAMES = ("metadata.name", "metadata.namespace", "metadata.uid")
_STATUS = ("status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs")
_OF_VARIABLES = (*_NAMES, "spec.nodeName", "spec.serviceAccountName", *_STATUS)
_OF_FILES = (*_NAMES, "metadata.labels", "metadata.annotations")

_ENTRY = re.compile(r"metadata\.(labels|annotations)\['([^']*)'\]")
_PREFIX = re.compile(r"[ -<>-~]*")
_RESOURCES = tuple(
    f"{side}.{name}"
    for side in ("limits", "requests")
    for name in ("cpu", "memory", "ephemeral-storage")
)
_DIVISORS = {"cpu": ("1m", "1")}
_SIZES = ("1", "1k", "1M", "1G", "1T", "1P", "1E")
_BINARY_SIZES = ("1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei")


def field_problem(path: Any, *, file: bool = False) -> tuple[str, str] | None:
    """Return why a variable, or a file of a volume, can't have a field of the pod."""
    fields = _OF_FILES if file else _OF_VARIABLES
    if not literal(path) or path in fields:
        return None
    entry = _ENTRY.fullmatch(path)
    if entry:
        kind, key = entry.groups()
        if is_of(LabelKey, key.lower() if kind == "annotations" else key):
            return None
    problem = f'the pod has no field "{shown(path)}" for this'
    return problem, nearest(path, set(fields)) or "a field such as metadata.name"


def resource_problem(name: Any) -> tuple[str, str] | None:
    """Return why a variable or a file can't have an amount of a resource."""
    if not literal(name) or name in _RESOURCES:
        return None
    if name.startswith(("limits.hugepages-", "requests.hugepages-")):
        return None
    problem = f'containers have no amount "{shown(name)}"'
    return problem, nearest(name, set(_RESOURCES)) or "an amount such as limits.memory"


def _sources_exist(spec: Spec) -> Iterator[Problem]:
    for place, container in containers(spec):
        for at, variable in enumerate(container.variables):
            source, here = variable.value_from, (*place, "env", at, "valueFrom")
            if source and source.field_ref:
                if refused := field_problem(source.field_ref.field_path):
                    yield (*here, "fieldRef", "fieldPath"), *refused
                if source.field_ref.api_version not in (None, "", "v1"):
                    problem = "the fields of pods are those of v1"
                    yield (*here, "fieldRef", "apiVersion"), problem, "v1"
            if source and (amounts := source.resource_field_ref):
                key = (*here, "resourceFieldRef", "resource")
                if refused := resource_problem(amounts.resource):
                    yield key, *refused
                elif amounts.divisor is not None:
                    resource = amounts.resource.partition(".")[2]
                    binary = str(amounts.divisor).endswith("i")
                    units = _DIVISORS.get(resource, _BINARY_SIZES if binary else _SIZES)
                    if amount(amounts.divisor) not in {0, *map(amount, units)}:
                        problem = f"{resource} is not counted in units of {amounts.divisor}"
                        yield (*key[:-1], "divisor"), problem, f"a unit such as {units[-1]}"


def _prefixes_are_parts_of_names(spec: Spec) -> Iterator[Problem]:
    for place, container in containers(spec):
        for at, source in enumerate(container.env_from):
            if literal(source.prefix) and not _PREFIX.fullmatch(source.prefix):
                problem = f'the API server refuses the prefix "{shown(source.prefix)}"'
                expected = "printable ASCII characters without '='"
                yield (*place, "envFrom", at, "prefix"), problem, expected


CHECKS: Checks = {
    _sources_exist: ("containers.env",),
    _prefixes_are_parts_of_names: ("containers.envFrom",),
}

"""Security settings that containers may carry in the input but only pods in Kubernetes."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from msgspec.structs import fields, replace

from kure_hooks.apps.workload.inputs.containers import Container
from kure_hooks.apps.workload.inputs.security import (
    POD_ONLY,
    ContainerSecurityContext,
    PodSecurityContext,
)
from kure_hooks.apps.workload.spec import Spec
from kure_hooks.yamlio import Pointer

_POD_ONLY = tuple(field for field in fields(PodSecurityContext) if field.encode_name in POD_ONLY)
_UNSET = {each.name: each.default for each in _POD_ONLY}


class Setting(NamedTuple):
    """A pod's setting: where it is written, the name of its field, its value."""

    pointer: Pointer
    name: str
    value: Any


def pod_settings(spec: Spec) -> Iterator[Setting]:
    """Yield every setting that belongs to the pod alone, those written for the pod first."""
    written: list[tuple[Pointer, PodSecurityContext | None]] = [((), spec.security_context)]
    for key, containers in (
        ("containers", spec.containers),
        ("initContainers", spec.init_containers),
    ):
        written += [
            ((key, at), container.security_context) for at, container in enumerate(containers)
        ]
    for place, context in written:
        for each in _POD_ONLY:
            value = getattr(context, each.name, each.default)
            if value != each.default:
                yield Setting((*place, "securityContext", each.encode_name), each.name, value)


def pod_context(spec: Spec) -> PodSecurityContext | None:
    """Return the pod's security context with what its containers say about the pod."""
    settings = {pod_setting.name: pod_setting.value for pod_setting in pod_settings(spec)}
    if not settings:
        return spec.security_context
    return replace(spec.security_context or PodSecurityContext(), **settings)


def without_pod_settings(container: Container) -> Container:
    """Return the container with the part of its security context that Kubernetes takes there."""
    context = container.security_context
    if context is None:
        return container
    own = replace(context, **_UNSET)
    return replace(container, security_context=own if own != ContainerSecurityContext() else None)

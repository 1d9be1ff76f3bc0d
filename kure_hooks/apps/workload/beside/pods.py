"""The pods of an application, be they of one workload or of several."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from msgspec.structs import replace

from kure_hooks.apps.workload.beside.spec import Spec
from kure_hooks.apps.workload.inputs.containers import Container
from kure_hooks.apps.workload.inputs.network import Service, ServicePort
from kure_hooks.apps.workload.inputs.volumes import Volume
from kure_hooks.apps.workload.services import offered_ports, reachable_ports
from kure_hooks.apps.workload.short_forms import written_out
from kure_hooks.apps.workload.spec import Spec as Usual
from kure_hooks.apps.workload.spec import Workload

_W = TypeVar("_W", bound=Workload)
_CONTAINERS = ("containers", "init_containers", "sidecars")


def containers(spec: Spec) -> list[Container]:
    """Return the containers of all pods."""
    return [
        container
        for _, workload in spec.apart()
        for key in _CONTAINERS
        for container in getattr(workload, key)
    ]


def workloads(spec: Spec) -> list[Usual]:
    """Return the workloads in long forms."""
    return [written_out(workload) for _, workload in spec.apart()]


def services(spec: Spec) -> list[tuple[Service, Sequence[ServicePort]]]:
    """Return the Services of all workloads, each with the ports that it offers."""
    return [
        (service, offered_ports(workload, service))
        for workload in workloads(spec)
        for service in workload.services
    ]


def port_names(spec: Spec) -> list[str]:
    """Return the names of the ports that the containers of all pods listen on."""
    ports = (port for workload in workloads(spec) for port in reachable_ports(workload))
    return [*dict.fromkeys(port.name for port in ports if port.name)]


def changed(
    spec: Spec, change: Callable[[Container], Container], volumes: Sequence[Volume] = ()
) -> Spec:
    """Return the spec with a change of all containers, and with the volumes that they mount."""
    if spec.workloads:
        several = {
            name: _changed(workload, change, volumes) for name, workload in spec.workloads.items()
        }
        return replace(spec, workloads=several)
    return _changed(spec, change, volumes)


def _changed(
    workload: _W, change: Callable[[Container], Container], volumes: Sequence[Volume]
) -> _W:
    parts = {key: tuple(map(change, getattr(workload, key))) for key in _CONTAINERS}
    seen = {name for several in parts.values() for one in several for name in _mounted(one)}
    seen -= {volume.name for volume in workload.volumes}
    more = (volume for volume in volumes if volume.name in seen)
    return replace(workload, volumes=(*workload.volumes, *more), **parts)


def _mounted(container: Container) -> list[str]:
    """Return the names of the volumes that a container sees."""
    mounts = [mount.name for mount in container.volume_mounts]
    return [*mounts, *(device.name for device in container.volume_devices)]

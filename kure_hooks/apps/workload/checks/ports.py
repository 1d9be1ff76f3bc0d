"""Ports of containers, and those of the machine that they take."""

from collections.abc import Iterable, Iterator

from kure_hooks.apps.workload.checks.common import Checks, containers
from kure_hooks.apps.workload.inputs.containers import Container, ContainerPort
from kure_hooks.apps.workload.spec import Spec
from kure_hooks.decoding.values import distinct_keys
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem


def _ports_differ(spec: Spec) -> Iterator[Problem]:
    for place, container in containers(spec):
        yield from distinct_keys(
            ((*place, "ports", at, "containerPort"), _key(port), f"port {_words(port)}")
            for at, port in enumerate(container.listening)
        )


def _host_ports_differ(spec: Spec) -> Iterator[Problem]:
    """Only containers that run together can take a port of the machine from one another."""
    together = [(("containers", at), each) for at, each in enumerate(spec.containers)]
    yield from distinct_keys(_host_ports(spec, together))
    for at, container in enumerate(spec.init_containers):
        yield from distinct_keys(_host_ports(spec, [(("initContainers", at), container)]))


def _host_ports(
    spec: Spec, together: Iterable[tuple[Pointer, Container]]
) -> Iterator[tuple[Pointer, tuple[str, str, int], str]]:
    for place, container in together:
        numbers = [(port.container_port, port.protocol) for port in container.listening]
        for at, port in enumerate(container.listening):
            # On the host's network a port is the machine's without being called so, and one that
            # the container has twice is reported as that.
            again = (port.container_port, port.protocol) in numbers[:at]
            implied = port.container_port if spec.host_network and not again else None
            if number := port.host_port or implied:
                key = "hostPort" if port.host_port else "containerPort"
                protocol = port.protocol or "TCP"
                words = f"port {number}/{protocol} of the machine"
                yield (*place, "ports", at, key), (protocol, port.host_ip or "", number), words


def _host_network_has_its_own_ports(spec: Spec) -> Iterator[Problem]:
    for place, container in containers(spec) if spec.host_network else ():
        for at, port in enumerate(container.listening):
            if port.host_port not in (None, port.container_port):
                problem = (
                    f"with hostNetwork the hostPort is the containerPort {port.container_port}"
                )
                yield (
                    (*place, "ports", at, "hostPort"),
                    problem,
                    "Write the same port, or delete hostPort.",
                )


def _key(port: ContainerPort) -> tuple[int, str]:
    return port.container_port, port.protocol or "TCP"


def _words(port: ContainerPort) -> str:
    return f"{port.container_port}/{port.protocol or 'TCP'}"


CHECKS: Checks = {
    _ports_differ: ("containers.ports",),
    _host_ports_differ: ("containers.ports",),
    _host_network_has_its_own_ports: ("hostNetwork",),
}

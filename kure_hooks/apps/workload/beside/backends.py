"""Services that routes and what is exposed lead to."""

from collections.abc import Iterable, Iterator, Sequence

from kure_hooks.apps.workload.beside import pods
from kure_hooks.apps.workload.beside.spec import Spec
from kure_hooks.apps.workload.checks.common import known
from kure_hooks.apps.workload.inputs.network import ServicePort
from kure_hooks.decoding.values import is_address, literal
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem


def host_problems(hosts: Iterable[tuple[Pointer, str | None]]) -> Iterator[Problem]:
    """Yield the hosts that are addresses, which neither an Ingress nor a route has."""
    for place, host in hosts:
        if host and literal(host) and is_address(host):
            problem = f"the host {host} is an IP address"
            yield place, problem, "Write a name, or delete the host to take every one."


def backend(spec: Spec, service: str | None, port: int | str | None) -> tuple[str, int | None]:
    """Return the name of a Service and the number of its port; what is left out is the only one.

    The number is None where nobody can tell it, which `problems` refuses.
    """
    names = [offer.name for offer, _ in pods.services(spec)]
    name = service or (names[0] if names else "")
    if isinstance(port, int):
        return name, port
    offered = _offered(spec, name)
    return name, next((offer.port for offer in offered if port in (None, offer.name)), None)


def problems(
    spec: Spec, place: Pointer, service: str | None, port: int | str | None, key: str = "service"
) -> Iterator[Problem]:
    """Yield why there is no such Service and port of the application; `key` names the Service."""
    names = [offer.name for offer, _ in pods.services(spec)]
    if service is None and len(names) != 1:
        problem = (
            "the application has several services" if names else "the application has no service"
        )
        expected = " or ".join(names) if names else "Add one to services, or name another one."
        yield (*place, key), problem, expected
        return
    name = service or names[0]
    if name in names:
        yield from _port_problems((*place, "port"), name, _offered(spec, name), port)
    elif not isinstance(port, int):
        problem = f"the ports of the service {name} are not known here"
        yield (*place, "port"), problem, "the number of the port"


def _port_problems(
    place: Pointer, name: str, offered: Sequence[ServicePort], port: int | str | None
) -> Iterator[Problem]:
    choices = [offer.name or str(offer.port) for offer in offered]
    numbers = {offer.port for offer in offered}
    if port is None:
        if len(numbers) != 1:
            problem = f"the service {name} has {'several ports' if offered else 'no port'}"
            yield place, problem, " or ".join(choices) or "Add a port to the service."
    elif port not in numbers and port not in {offer.name for offer in offered}:
        yield place, f"the service {name} has no port {port}", known(str(port), choices)


def _offered(spec: Spec, name: str) -> Sequence[ServicePort]:
    """Return the ports of a Service of the application.

    Two of them may have one number, such as those of HTTP by TCP and by UDP.
    """
    return next((ports for offer, ports in pods.services(spec) if offer.name == name), ())

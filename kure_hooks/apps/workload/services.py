"""Services with the ports they offer, Ingress and NetworkPolicy."""

from collections.abc import Iterator

from msgspec.structs import replace

from kure_hooks.apps.workload.inputs.containers import Container, ContainerPort
from kure_hooks.apps.workload.inputs.network import (
    Backend,
    BackendPort,
    BackendService,
    Ingress,
    IngressPath,
    IngressPaths,
    IngressRule,
    Service,
    ServicePort,
)
from kure_hooks.apps.workload.objects import new, ordered, selector
from kure_hooks.apps.workload.spec import Spec
from kure_hooks.manifests import Manifest, plain
from kure_hooks.stack.model import Application

_KEYS = (
    "type",
    "clusterIP",
    "selector",
    "ports",
    "ipFamilyPolicy",
    "ipFamilies",
    "externalIPs",
    "loadBalancerClass",
    "loadBalancerIP",
    "loadBalancerSourceRanges",
    "allocateLoadBalancerNodePorts",
    "externalTrafficPolicy",
    "internalTrafficPolicy",
    "healthCheckNodePort",
    "publishNotReadyAddresses",
    "sessionAffinity",
    "sessionAffinityConfig",
    "trafficDistribution",
)


def services(application: Application, spec: Spec) -> Iterator[Manifest]:
    """Yield the services in the author's order."""
    for service in spec.services:
        fields = plain(replace(service, ports=offered_ports(spec, service)))
        fields["selector"] = plain(service.selector) or selector(application)
        if is_headless(service):
            fields["clusterIP"] = "None"
        manifest = new(application, "v1", "Service", service.name, service.annotations)
        yield manifest | {"spec": ordered(fields, _KEYS)}


def is_headless(service: Service) -> bool:
    """Tell whether the service has no address of its own."""
    return service.headless or service.cluster_ip == "None"


def offered_ports(spec: Spec, service: Service) -> tuple[ServicePort, ...]:
    """Return a service's ports; one without a name takes that of the container port it leads to."""
    ports = service.ports
    if service.port is not None:
        short = ServicePort(
            port=service.port,
            target_port=service.target_port,
            protocol=service.protocol,
            node_port=service.node_port,
        )
        ports = (short, *ports)
    return tuple(replace(port, name=port.name or _target_name(spec, port)) for port in ports)


def reachable_ports(spec: Spec) -> list[ContainerPort]:
    """Return the ports that services can lead to: those of containers and sidecars."""
    sidecars = [
        init_container
        for init_container in spec.init_containers
        if init_container.restart_policy == "Always"
    ]
    containers: list[Container] = [*spec.containers, *sidecars]
    return [port for container in containers for port in container.listening]


def _target_name(spec: Spec, port: ServicePort) -> str | None:
    target = port.port if port.target_port is None else port.target_port
    if isinstance(target, str):
        return target
    wanted = (target, port.protocol or "TCP")
    names = (
        reachable_port.name
        for reachable_port in reachable_ports(spec)
        if reachable_port.name
        and (reachable_port.container_port, reachable_port.protocol or "TCP") == wanted
    )
    return next(names, None)


def ingress(application: Application, spec: Spec) -> Iterator[Manifest]:
    """Yield the Ingress, its short form written out."""
    wanted = spec.ingress
    if wanted is None:
        return
    fields: Manifest = {"rules": plain(rules(wanted))}
    if wanted.class_name:
        fields["ingressClassName"] = wanted.class_name
    if wanted.tls:
        fields["tls"] = plain(wanted.tls)
    manifest = new(application, "networking.k8s.io/v1", "Ingress", wanted.name, wanted.annotations)
    yield manifest | {"spec": ordered(fields, ("ingressClassName", "tls", "rules"))}


def rules(wanted: Ingress) -> tuple[IngressRule, ...]:
    """Return the rules; the short form is one rule with one path, `/` and below by default."""
    if wanted.rules or wanted.service_name is None:
        return wanted.rules
    port = BackendPort(name=wanted.service_port_name, number=wanted.service_port)
    path = IngressPath(
        path=wanted.path or "/",
        path_type=wanted.path_type or "Prefix",
        backend=Backend(service=BackendService(name=wanted.service_name, port=port)),
    )
    return (IngressRule(host=wanted.host, http=IngressPaths(paths=(path,))),)


def network_policy(application: Application, spec: Spec) -> Iterator[Manifest]:
    """Yield the NetworkPolicy for the application's pods.

    Without `policyTypes` it governs ingress, and egress if that is given, be it empty: what the
    API documents, though it takes an empty egress for none unless the type is written.
    """
    policy = spec.network_policy
    if policy is None:
        return
    fields = {"policyTypes": ["Ingress"] + ["Egress"] * (policy.egress is not None)}
    fields |= plain(policy)
    manifest = new(application, "networking.k8s.io/v1", "NetworkPolicy")
    pods = {"podSelector": {"matchLabels": selector(application)}}
    yield manifest | {"spec": pods | fields}

"""The objects of an AppWorkload: how it is reached, scaled and kept available."""

from collections.abc import Iterator

from kure_hooks.apps.workload.build import account_name, config_name, head, selector
from kure_hooks.apps.workload.inputs.network import Service, ServicePort
from kure_hooks.apps.workload.inputs.pods import ServiceAccount
from kure_hooks.apps.workload.spec import Spec
from kure_hooks.manifests import Manifest, plain
from kure_hooks.stack.model import Application

_SHORT_FORM = {
    "name",
    "annotations",
    "headless",
    "selector",
    "port",
    "targetPort",
    "protocol",
    "nodePort",
    "ports",
}


def before(application: Application) -> Iterator[Manifest]:
    """Yield what the workload refers to: its ServiceAccount and ConfigMap."""
    spec: Spec = application.spec
    account = spec.service_account
    if isinstance(account, ServiceAccount) and account.create:
        written = head(application, "v1", "ServiceAccount", account_name(application))
        _annotate(written, account.annotations)
        if account.automount_token is not None:
            written["automountServiceAccountToken"] = account.automount_token
        yield written
    if spec.config:
        data = {"data": dict(sorted(spec.config.items()))}
        yield head(application, "v1", "ConfigMap", config_name(application)) | data


def after(application: Application) -> Iterator[Manifest]:
    """Yield what refers to the workload: Services, Ingress, autoscaler, budget and policy."""
    spec: Spec = application.spec
    for service in spec.services:
        yield _service(application, service)
    if spec.ingress:
        yield _ingress(application)
    if spec.autoscaling:
        yield _autoscaler(application)
    if spec.pod_disruption_budget:
        yield _budget(application)
    if spec.network_policy:
        yield _policy(application)


def _annotate(manifest: Manifest, annotations: dict[str, str]) -> None:
    if annotations:
        together = manifest["metadata"].get("annotations", {}) | annotations
        manifest["metadata"]["annotations"] = dict(sorted(together.items()))


def _service(application: Application, service: Service) -> Manifest:
    written = head(application, "v1", "Service", service.name)
    _annotate(written, service.annotations)
    fields = plain(service)
    rest = {key: value for key, value in fields.items() if key not in _SHORT_FORM}
    first = {"type": rest.pop("type")} if "type" in rest else {}
    if service.headless:
        first["clusterIP"] = "None"
    chosen = plain(service.selector) or selector(application)
    ports = {"ports": _ports(application.spec, service)}
    return written | {"spec": {**first, "selector": chosen, **ports, **rest}}


def _ports(spec: Spec, service: Service) -> list[Manifest]:
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
    return [_named(plain(each), _container_port_name(spec, each)) for each in ports]


def _named(port: Manifest, name: str) -> Manifest:
    return port if "name" in port or not name else {"name": name, **port}


def _container_port_name(spec: Spec, port: ServicePort) -> str:
    target = port.target_port if port.target_port is not None else port.port
    if isinstance(target, str):
        return target
    ports = (each for container in spec.containers for each in container.ports)
    return next((each.name for each in ports if each.container_port == target and each.name), "")


def _ingress(application: Application) -> Manifest:
    ingress = application.spec.ingress
    written = head(application, "networking.k8s.io/v1", "Ingress", ingress.name or "")
    _annotate(written, ingress.annotations)
    fields = plain(ingress)
    kept = {"ingressClassName": fields.get("className"), "tls": fields.get("tls")}
    rules = fields.get("rules") or [_rule(fields)]
    chosen = {key: value for key, value in kept.items() if value}
    return written | {"spec": {**chosen, "rules": rules}}


def _rule(short: Manifest) -> Manifest:
    """Return the rule that the short form stands for."""
    port = (
        {"name": short["servicePortName"]}
        if "servicePortName" in short
        else {"number": short["servicePort"]}
    )
    path = {
        "path": short.get("path", "/"),
        "pathType": short.get("pathType", "Prefix"),
        "backend": {"service": {"name": short["serviceName"], "port": port}},
    }
    host = {"host": short["host"]} if "host" in short else {}
    return {**host, "http": {"paths": [path]}}


def _autoscaler(application: Application) -> Manifest:
    spec: Spec = application.spec
    fields = plain(spec.autoscaling)
    target = {"apiVersion": "apps/v1", "kind": spec.workload, "name": application.name}
    limits = {key: fields[key] for key in ("minReplicas", "maxReplicas") if key in fields}
    metrics = [
        {"type": "Resource", "resource": {"name": name, "target": _utilization(fields[key])}}
        for name, key in (
            ("cpu", "targetCPUUtilizationPercentage"),
            ("memory", "targetMemoryUtilizationPercentage"),
        )
        if key in fields
    ]
    metrics += fields.get("metrics", [])
    behavior = {"behavior": fields["behavior"]} if "behavior" in fields else {}
    more = {"metrics": metrics} if metrics else {}
    written = head(application, "autoscaling/v2", "HorizontalPodAutoscaler")
    return written | {"spec": {"scaleTargetRef": target, **limits, **more, **behavior}}


def _budget(application: Application) -> Manifest:
    written = head(application, "policy/v1", "PodDisruptionBudget")
    selected = {"matchLabels": selector(application)}
    return written | {
        "spec": {**plain(application.spec.pod_disruption_budget), "selector": selected}
    }


def _policy(application: Application) -> Manifest:
    written = head(application, "networking.k8s.io/v1", "NetworkPolicy")
    selected = {"matchLabels": selector(application)}
    return written | {"spec": {"podSelector": selected, **plain(application.spec.network_policy)}}


def _utilization(percent: int) -> Manifest:
    return {"type": "Utilization", "averageUtilization": percent}

"""Score workloads (score.dev/v1b1) as applications: a Deployment, and a Service for its ports."""

from collections.abc import Iterator
from typing import Any, Literal

from msgspec import field

from kure_hooks.plugin import Application, Input, Manifest, Pointer, Product, never

augments = never


class Resources(Input, frozen=True, kw_only=True):
    """What a container may use."""

    limits: dict[str, str] = {}
    requests: dict[str, str] = {}


class Container(Input, frozen=True, kw_only=True):
    """One container of a workload."""

    image: str
    command: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    variables: dict[str, str] = {}
    resources: Resources = Resources()
    liveness_probe: dict[str, Any] | None = None
    readiness_probe: dict[str, Any] | None = None


class Port(Input, frozen=True, kw_only=True):
    """A port of the Service; the container listens on `targetPort`, or on the same one."""

    port: int
    target_port: int | None = None
    protocol: Literal["TCP", "UDP"] | None = None


class Service(Input, frozen=True, kw_only=True):
    """How others reach the workload."""

    ports: dict[str, Port] = {}


class Spec(Input, frozen=True, kw_only=True):
    """A Score document as a whole."""

    api_version: Literal["score.dev/v1b1"] = field(name="apiVersion")
    metadata: dict[str, Any]
    containers: dict[str, Container]
    service: Service = Service()
    resources: dict[str, Any] = {}


def problems(spec: Spec) -> Iterator[tuple[Pointer, str, str]]:
    """Yield what needs a Score platform, and a workload without containers."""
    if not spec.containers:
        yield ("containers",), "there are no containers", "one at least"
    for name in spec.resources:
        problem = f"the resource {name} needs a provisioner of a Score platform"
        yield ("resources", name), problem, "an application of its own"
    for name, container in spec.containers.items():
        for variable, value in container.variables.items():
            if "${" in value:
                pointer = ("containers", name, "variables", variable)
                yield pointer, "a placeholder needs a Score platform", "the value itself"


def generate(application: Application, tree: object) -> Product:
    """Return the Deployment, and the Service of a workload with ports."""
    del tree  # a Score document names no files
    spec: Spec = application.spec
    labels = {"app.kubernetes.io/name": application.name}
    metadata = {"name": application.name, "labels": labels}
    manifests: list[Manifest] = [
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": metadata,
            "spec": {
                "selector": {"matchLabels": labels},
                "template": {
                    "metadata": {"labels": labels},
                    "spec": {
                        "containers": [
                            _container(name, container)
                            for name, container in spec.containers.items()
                        ]
                    },
                },
            },
        }
    ]
    if spec.service.ports:
        ports = [_port(name, port) for name, port in spec.service.ports.items()]
        service = {"selector": labels, "ports": ports}
        manifests.append(
            {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": service}
        )
    return Product(manifests=manifests)


def _container(name: str, container: Container) -> Manifest:
    limits = {"limits": container.resources.limits, "requests": container.resources.requests}
    written = {
        "name": name,
        "image": container.image,
        "command": list(container.command),
        "args": list(container.args),
        "env": [{"name": key, "value": value} for key, value in container.variables.items()],
        "resources": {key: dict(value) for key, value in limits.items() if value},
        "livenessProbe": container.liveness_probe,
        "readinessProbe": container.readiness_probe,
    }
    return {key: value for key, value in written.items() if value}


def _port(name: str, port: Port) -> Manifest:
    target = port.target_port or port.port
    written = {"name": name, "port": port.port, "targetPort": target, "protocol": port.protocol}
    return {key: value for key, value in written.items() if value}

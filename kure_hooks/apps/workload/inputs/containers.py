"""Containers and what they are given: ports, environment, resources and mounts."""

from typing import Annotated, Literal

from msgspec import Meta, field

from kure_hooks.apps.workload.inputs.probes import Lifecycle, Probe
from kure_hooks.apps.workload.inputs.security import ContainerSecurityContext
from kure_hooks.apps.workload.inputs.terms import (
    Fields,
    Name,
    ObjectName,
    PortName,
    PortNumber,
    Protocol,
    Quantity,
    Text,
)
from kure_hooks.decoding.types import whole

Path = Annotated[str, Meta(min_length=1, description="a path inside the container")]
MountPath = Annotated[
    str, Meta(pattern="^[^:]+$", description="a path inside the container, without ':'")
]
Image = Annotated[
    str, Meta(pattern=whole("[!-~]+"), description="an image such as ghcr.io/acme/web:1.4.2")
]
VariableName = Annotated[
    str,
    Meta(
        pattern=whole("[ -<>-~]+"), description="the name of an environment variable, without '='"
    ),
]
ConfigKey = Annotated[
    str,
    Meta(
        pattern=whole(r"(?!\.\.)(?!\.$)[-._a-zA-Z0-9]+"),
        max_length=253,
        description="a key of letters, digits, '-', '_' and '.'",
    ),
]


class ContainerPort(Fields, frozen=True, kw_only=True):
    """A port that the container listens on."""

    name: PortName | None = None
    container_port: PortNumber
    host_port: PortNumber | None = None
    host_ip: Text | None = field(default=None, name="hostIP")
    protocol: Protocol | None = None


class KeyRef(Fields, frozen=True, kw_only=True):
    """A key of a ConfigMap or Secret."""

    name: ObjectName
    key: ConfigKey
    optional: bool | None = None


class FieldRef(Fields, frozen=True, kw_only=True):
    """A field of the pod."""

    api_version: Text | None = None
    field_path: Text


class ResourceFieldRef(Fields, frozen=True, kw_only=True):
    """A request or limit of a container."""

    container_name: Name | None = None
    resource: Text
    divisor: Quantity | None = None


class EnvSource(Fields, frozen=True, kw_only=True):
    """The source of a variable's value: exactly one of these."""

    field_ref: FieldRef | None = None
    resource_field_ref: ResourceFieldRef | None = None
    config_map_key_ref: KeyRef | None = None
    secret_key_ref: KeyRef | None = None


class EnvVar(Fields, frozen=True, kw_only=True):
    """An environment variable with its value or the source of it."""

    name: VariableName
    value: Text | None = None
    value_from: EnvSource | None = None


class WholeRef(Fields, frozen=True, kw_only=True):
    """A ConfigMap or Secret of which every key becomes a variable."""

    name: ObjectName
    optional: bool | None = None


class EnvFrom(Fields, frozen=True, kw_only=True):
    """Variables from a whole ConfigMap or Secret: exactly one of them."""

    prefix: Text | None = None
    config_map_ref: WholeRef | None = None
    secret_ref: WholeRef | None = None


class ResourceClaim(Fields, frozen=True, kw_only=True):
    """A claim of the pod that the container uses."""

    name: Name
    request: Text | None = None


class Resources(Fields, frozen=True, kw_only=True):
    """Amounts that a container requests, and the most that it may use."""

    requests: dict[str, Quantity] = field(default_factory=dict)
    limits: dict[str, Quantity] = field(default_factory=dict)
    claims: tuple[ResourceClaim, ...] = ()


class VolumeMount(Fields, frozen=True, kw_only=True):
    """A volume of the pod seen as a directory or file."""

    name: Name
    mount_path: MountPath
    sub_path: Text | None = None
    sub_path_expr: Text | None = None
    read_only: bool | None = None
    recursive_read_only: Literal["Disabled", "IfPossible", "Enabled"] | None = None
    mount_propagation: Literal["None", "HostToContainer", "Bidirectional"] | None = None


class VolumeDevice(Fields, frozen=True, kw_only=True):
    """A volume claim of the pod seen as a raw block device."""

    name: Name
    device_path: Path


class Container(Fields, frozen=True, kw_only=True):
    """A container; `restartPolicy` makes an init container a sidecar."""

    name: Name
    image: Image
    image_pull_policy: Literal["Always", "IfNotPresent", "Never"] | None = None
    restart_policy: Literal["Always"] | None = None
    command: tuple[Text, ...] = ()
    args: tuple[Text, ...] = ()
    working_dir: Path | None = None
    ports: tuple[ContainerPort, ...] = ()
    env: tuple[EnvVar, ...] = ()
    env_from: tuple[EnvFrom, ...] = ()
    resources: Resources | None = None
    volume_mounts: tuple[VolumeMount, ...] = ()
    volume_devices: tuple[VolumeDevice, ...] = ()
    liveness_probe: Probe | None = None
    readiness_probe: Probe | None = None
    startup_probe: Probe | None = None
    lifecycle: Lifecycle | None = None
    termination_message_path: Path | None = None
    termination_message_policy: Literal["File", "FallbackToLogsOnError"] | None = None
    security_context: ContainerSecurityContext | None = None
    stdin: bool | None = None
    stdin_once: bool | None = None
    tty: bool | None = None

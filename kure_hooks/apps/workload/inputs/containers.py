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
    str,
    Meta(
        pattern="^[^:]+$",
        description="a path inside the container, without ':'",
        examples=["/var/lib/web"],
    ),
]
Image = Annotated[
    str,
    Meta(
        pattern=whole("[!-~]+"),
        description="an image such as ghcr.io/acme/web:1.4.2",
        examples=["ghcr.io/acme/web:1.4.2"],
    ),
]
VariableName = Annotated[
    str,
    Meta(
        pattern=whole("[ -<>-~]+"),
        description="the name of an environment variable, without '='",
        examples=["LOG_LEVEL"],
    ),
]
ConfigKey = Annotated[
    str,
    Meta(
        pattern=whole(r"(?!\.\.)(?!\.$)[-._a-zA-Z0-9]+"),
        max_length=253,
        description="a key of letters, digits, '-', '_' and '.'",
        examples=["app.ini"],
    ),
]
ConfigFile = Annotated[
    str,
    Meta(
        min_length=1,
        description="the path of a file or a folder, or KEY=PATH",
        examples=["../settings/app.ini", "app.ini=../settings/prod.ini"],
    ),
]


class ContainerPort(Fields, frozen=True, kw_only=True):
    """A port that the container listens on."""

    name: PortName | None = None
    """The name of the port, which Services and probes may use."""
    container_port: PortNumber
    """The port that the container listens on."""
    host_port: PortNumber | None = None
    """A port of the node that leads here. One pod a node can have it."""
    host_ip: Text | None = field(default=None, name="hostIP")
    """The address of the node that `hostPort` is bound to."""
    protocol: Protocol | None = None
    """The protocol of the port. Kubernetes' default is TCP."""


class KeyRef(Fields, frozen=True, kw_only=True):
    """A key of a ConfigMap or Secret."""

    name: ObjectName
    """The name of the ConfigMap or Secret."""
    key: ConfigKey
    """The key whose value is taken."""
    optional: bool | None = None
    """Start the container although the object or the key is missing."""


class FieldRef(Fields, frozen=True, kw_only=True):
    """A field of the pod."""

    api_version: Text | None = None
    """The API version of the field's schema. Kubernetes' default is v1."""
    field_path: Text
    """The path of the field, such as metadata.name or status.podIP."""


class ResourceFieldRef(Fields, frozen=True, kw_only=True):
    """A request or limit of a container."""

    container_name: Name | None = None
    """The container whose resources are taken. Without it this one."""
    resource: Text
    """The resource, such as limits.memory."""
    divisor: Quantity | None = None
    """The unit that the value is divided by, such as 1Mi. Kubernetes' default is 1."""


class EnvSource(Fields, frozen=True, kw_only=True):
    """The source of a variable's value: exactly one of these."""

    field_ref: FieldRef | None = None
    """A field of the pod."""
    resource_field_ref: ResourceFieldRef | None = None
    """A request or limit of a container."""
    config_map_key_ref: KeyRef | None = None
    """A key of a ConfigMap."""
    secret_key_ref: KeyRef | None = None
    """A key of a Secret."""


class EnvVar(Fields, frozen=True, kw_only=True):
    """An environment variable with its value or the source of it."""

    name: VariableName
    """The name of the environment variable."""
    value: Text | None = None
    """The value of the variable. Put numbers and booleans in quotes."""
    value_from: EnvSource | None = None
    """The source of the value, in place of `value`."""


class WholeRef(Fields, frozen=True, kw_only=True):
    """A ConfigMap or Secret of which every key becomes a variable."""

    name: ObjectName
    """The name of the ConfigMap or Secret."""
    optional: bool | None = None
    """Start the container although the object is missing."""


class EnvFrom(Fields, frozen=True, kw_only=True):
    """Variables from a whole ConfigMap or Secret: exactly one of them."""

    prefix: Text | None = None
    """A text in front of the names of all variables."""
    config_map_ref: WholeRef | None = None
    """The ConfigMap whose keys become variables."""
    secret_ref: WholeRef | None = None
    """The Secret whose keys become variables."""


class ResourceClaim(Fields, frozen=True, kw_only=True):
    """A claim of the pod that the container uses."""

    name: Name
    """The name of the claim in `resourceClaims`."""
    request: Text | None = None
    """One request of the claim. Without it all of them."""


class Resources(Fields, frozen=True, kw_only=True):
    """Amounts that a container requests, and the most that it may use."""

    requests: dict[str, Quantity] = field(default_factory=dict)
    """What the container needs, by resource, such as cpu: 100m. The scheduler sets it aside."""
    limits: dict[str, Quantity] = field(default_factory=dict)
    """The most that the container may use, by resource, such as memory: 256Mi."""
    claims: tuple[ResourceClaim, ...] = ()
    """Claims of the pod that the container uses."""


class VolumeMount(Fields, frozen=True, kw_only=True):
    """A volume of the pod seen as a directory or file."""

    name: Name
    """The name of the volume in `volumes` or `volumeClaimTemplates`."""
    mount_path: MountPath
    """The path in the container where the volume is seen."""
    sub_path: Text | None = None
    """The path in the volume that is mounted. Without it its root."""
    sub_path_expr: Text | None = None
    """The same as `subPath` with variables such as $(POD_NAME)."""
    read_only: bool | None = None
    """Mount the volume so that nothing can be written. Kubernetes' default is false."""
    recursive_read_only: Literal["Disabled", "IfPossible", "Enabled"] | None = None
    """Whether mounts inside a read-only one are read-only, too.

    - `Disabled`: They are not.
    - `IfPossible`: They are where the node can do it.
    - `Enabled`: They are, or the pod fails.
    """
    mount_propagation: Literal["None", "HostToContainer", "Bidirectional"] | None = None
    """Whether later mounts are seen on the other side.

    - `None`: On neither side, which is Kubernetes' default.
    - `HostToContainer`: The container sees those of the node.
    - `Bidirectional`: Both see those of the other.
    """


class VolumeDevice(Fields, frozen=True, kw_only=True):
    """A volume claim of the pod seen as a raw block device."""

    name: Name
    """The name of the claim with the block device."""
    device_path: Path
    """The path in the container where the device is seen."""


class Container(Fields, frozen=True, kw_only=True):
    """A container; `restartPolicy` makes an init container a sidecar."""

    name: Name
    """The name of the container in the pod."""
    image: Image
    """The image to run, such as ghcr.io/acme/web:1.4.2."""
    image_pull_policy: Literal["Always", "IfNotPresent", "Never"] | None = None
    """When the image is pulled.

    - `Always`: At every start, which is the default for the tag latest.
    - `IfNotPresent`: When the node does not have it, which is the default else.
    - `Never`: It has to be on the node.
    """
    restart_policy: Literal["Always"] | None = None
    """With Always an init container becomes a sidecar, which runs beside the others."""
    command: tuple[Text, ...] = ()
    """The program to run, in place of the entry point of the image."""
    args: tuple[Text, ...] = ()
    """The arguments of the program, in place of those of the image."""
    working_dir: Path | None = None
    """The directory that the program starts in. Without it that of the image."""
    ports: tuple[ContainerPort, ...] = ()
    """The ports that the container listens on."""
    env: tuple[EnvVar, ...] = ()
    """Environment variables of the container."""
    env_from: tuple[EnvFrom, ...] = ()
    """Environment variables from whole ConfigMaps and Secrets. Those in `env` win."""
    resources: Resources | None = None
    """What the container needs and what it may use at most."""
    volume_mounts: tuple[VolumeMount, ...] = ()
    """Where the container sees the volumes of the pod."""
    volume_devices: tuple[VolumeDevice, ...] = ()
    """Where the container sees raw block devices."""
    liveness_probe: Probe | None = None
    """The probe whose failure restarts the container."""
    readiness_probe: Probe | None = None
    """The probe whose failure takes the pod out of its Services."""
    startup_probe: Probe | None = None
    """The probe that has to succeed before the other probes begin."""
    lifecycle: Lifecycle | None = None
    """What is run after the start and before the stop of the container."""
    termination_message_path: Path | None = None
    """The file with the message of a container that ended. Kubernetes' default is
    /dev/termination-log."""
    termination_message_policy: Literal["File", "FallbackToLogsOnError"] | None = None
    """Where the message of a container that ended comes from.

    - `File`: From the file, which is Kubernetes' default.
    - `FallbackToLogsOnError`: From the end of the log, where the file is empty after an error.
    """
    security_context: ContainerSecurityContext | None = None
    """What the processes of this container may do."""
    stdin: bool | None = None
    """Keep a standard input open for the container."""
    stdin_once: bool | None = None
    """Close the standard input after the first one who attached to it has left."""
    tty: bool | None = None
    """Give the container a terminal."""

"""Containers and what they are given: ports, environment, resources and mounts."""

from typing import Annotated, Literal

from msgspec import Meta, field
from msgspec.structs import replace

from kure_hooks.apps.workload.inputs.probes import Lifecycle, Probe, ShortProbe, UrlPath
from kure_hooks.apps.workload.inputs.security import ContainerSecurityContext
from kure_hooks.apps.workload.inputs.terms import (
    Fields,
    Name,
    PortName,
    PortNumber,
    Protocol,
    Quantity,
    Text,
)
from kure_hooks.apps.workload.inputs.variables import Env, EnvFrom, EnvVar, listed
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


class ImageParts(Fields, frozen=True, kw_only=True):
    """An image by its parts, which overrides and updates may change one by one."""

    repository: Annotated[
        str,
        Meta(
            pattern=whole("[!-9;-?A-~]+(:[0-9]+/[!-9;-?A-~]+)?"),
            description="the name of an image without tag and digest, such as ghcr.io/acme/web",
            examples=["ghcr.io/acme/web"],
        ),
    ]
    """The name of the image without tag and digest, such as ghcr.io/acme/web."""
    tag: (
        Annotated[
            str,
            Meta(
                pattern=whole("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"),
                description="a tag such as 1.4.2 (put numbers in quotes)",
                examples=["1.4.2"],
            ),
        ]
        | None
    ) = None
    """The tag of the image, such as 1.4.2. Put numbers in quotes."""
    digest: (
        Annotated[
            str,
            Meta(
                pattern=whole("sha256:[0-9a-f]{64}"),
                description="sha256: and 64 hexadecimal digits",
            ),
        ]
        | None
    ) = None
    """The digest of the image, which fixes its content whatever becomes of the tag."""

    def __str__(self) -> str:
        """Return the image in one string."""
        tag = f":{self.tag}" if self.tag is not None else ""
        return f"{self.repository}{tag}{f'@{self.digest}' if self.digest else ''}"


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


Ports = tuple[ContainerPort, ...] | dict[PortName, PortNumber | ContainerPort]


class ResourceClaim(Fields, frozen=True, kw_only=True):
    """A claim of the pod that the container uses."""

    name: Name
    """The name of the claim in `resourceClaims`."""
    request: Text | None = None
    """One request of the claim. Without it all of them."""


class Amount(Fields, frozen=True, kw_only=True):
    """The amount of a resource that a container requests, and the most that it may use."""

    request: Quantity | None = None
    """What the container needs. The scheduler sets it aside."""
    limit: Quantity | None = None
    """The most that the container may use."""


class Resources(Fields, frozen=True, kw_only=True):
    """Amounts that a container requests, and the most that it may use."""

    cpu: Quantity | Amount | None = None
    """The processor time that the container requests, such as 100m, or a mapping with `request` and
    `limit`. It is short for `cpu` in `requests` and `limits`."""
    memory: Quantity | Amount | None = None
    """The memory that the container requests, such as 64Mi, or a mapping with `request` and
    `limit`. It is short for `memory` in `requests` and `limits`."""
    requests: dict[str, Quantity] = field(default_factory=dict)
    """What the container needs, by resource, such as cpu: 100m. The scheduler sets it aside."""
    limits: dict[str, Quantity] = field(default_factory=dict)
    """The most that the container may use, by resource, such as memory: 256Mi."""
    claims: tuple[ResourceClaim, ...] = ()
    """Claims of the pod that the container uses."""

    @property
    def short(self) -> dict[str, Amount]:
        """The amounts that are written in the short form, by resource."""
        written = {"cpu": self.cpu, "memory": self.memory}
        return {
            name: amount if isinstance(amount, Amount) else Amount(request=amount)
            for name, amount in written.items()
            if amount is not None
        }


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
    image: Annotated[
        Image | ImageParts, Meta(description="an image such as ghcr.io/acme/web:1.4.2")
    ]
    """The image to run, such as ghcr.io/acme/web:1.4.2, or a mapping with its parts."""
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
    ports: Ports = ()
    """The ports that the container listens on: a list, or a mapping of names to numbers such as
    `http: 8080`."""
    env: Env = ()
    """Environment variables of the container: a list, or a mapping of names to values such as
    `LOG_LEVEL: info`."""
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
    liveness: UrlPath | ShortProbe | None = None
    """Short for `livenessProbe`: the path of a request by HTTP, or a mapping with `path` and
    `port`."""
    readiness: UrlPath | ShortProbe | None = None
    """Short for `readinessProbe`: the path of a request by HTTP, or a mapping with `path` and
    `port`."""
    startup: UrlPath | ShortProbe | None = None
    """Short for `startupProbe`: the path of a request by HTTP, or a mapping with `path` and
    `port`."""
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

    @property
    def variables(self) -> tuple[EnvVar, ...]:
        """The variables as a list, in whichever form they are written."""
        return listed(self.env)

    @property
    def listening(self) -> tuple[ContainerPort, ...]:
        """The ports as a list, in whichever form they are written."""
        if isinstance(self.ports, tuple):
            return self.ports
        return tuple(
            ContainerPort(name=name, container_port=port)
            if isinstance(port, int)
            else replace(port, name=name)
            for name, port in self.ports.items()
        )

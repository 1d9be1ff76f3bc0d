"""Volumes of claims and secrets in the containers of the pods."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from kure_hooks.apps.workload.beside import pods
from kure_hooks.apps.workload.beside.spec import Spec
from kure_hooks.apps.workload.checks.common import known
from kure_hooks.apps.workload.inputs.claims import Mount, Mounts
from kure_hooks.apps.workload.inputs.containers import Container, VolumeDevice, VolumeMount
from kure_hooks.apps.workload.inputs.volumes import Volume
from kure_hooks.decoding.values import relative_path_problem
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem


class Attachment(NamedTuple):
    """A volume of the pods and where containers see it; `path` is for all of them.

    `place` is where the spec asks for it, `source` the volume itself. A `device` has no directory.
    """

    place: Pointer
    source: Volume
    path: str | None
    mounts: Mounts
    device: bool = False

    @property
    def volume(self) -> str:
        """The name of the volume."""
        return self.source.name

    def of(self, container: str) -> Iterator[tuple[Pointer, Mount]]:
        """Yield the mounts in a container, each with the place of its path."""
        if self.path is not None:
            yield (*self.place, "path"), Mount(path=self.path)
        place = (*self.place, "mounts", container)
        mount = self.mounts.get(container)
        if isinstance(mount, str):
            yield place, Mount(path=mount)
        elif mount is not None:
            yield (*place, "path"), mount


def claim_name(application: str, volume: str, name: str | None) -> str:
    """Return the name of an object that belongs to a volume of an application."""
    return name or f"{application}-{volume}"


def attachments(spec: Spec, application: str) -> Iterator[Attachment]:
    """Yield the volumes that claims and secrets give to the pods of an application."""
    for volume, claim in spec.persistence.items():
        name = claim.existing_claim or claim_name(application, volume, claim.name)
        source = Volume(name=volume, persistent_volume_claim={"claimName": name})
        place = ("persistence", volume)
        yield Attachment(place, source, claim.path, claim.mounts, claim.volume_mode == "Block")
    for volume, secret in spec.external_secrets.items():
        if secret.path or secret.mounts:
            name = claim_name(application, volume, secret.name)
            source = Volume(name=volume, secret={"secretName": name})
            yield Attachment(("externalSecrets", volume), source, secret.path, secret.mounts)


def attach(spec: Spec, application: str) -> Spec:
    """Return the spec with the volumes of claims and secrets, and their mounts."""
    given = [*attachments(spec, application)]
    if not given:
        return spec
    volumes = [attachment.source for attachment in given]
    return pods.changed(spec, lambda container: _mounting(container, given), volumes)


def _mounting(container: Container, given: Sequence[Attachment]) -> Container:
    directories: list[VolumeMount] = []
    devices: list[VolumeDevice] = []
    for attachment in given:
        for _, mount in attachment.of(container.name):
            if attachment.device:
                devices.append(VolumeDevice(name=attachment.volume, device_path=mount.path))
                continue
            directories.append(
                VolumeMount(
                    name=attachment.volume,
                    mount_path=mount.path,
                    sub_path=mount.sub_path,
                    read_only=mount.read_only,
                )
            )
    return replace(
        container,
        volume_mounts=(*container.volume_mounts, *directories),
        volume_devices=(*container.volume_devices, *devices),
    )


def problems(spec: Spec) -> Iterator[Problem]:
    """Yield what is wrong with the volumes' names, and with their mounts."""
    given = [*attachments(spec, "")]
    workloads = [workload for _, workload in spec.apart()]
    taken = {volume.name: "volumes" for workload in workloads for volume in workload.volumes}
    taken |= {
        template.metadata.name: "volumeClaimTemplates"
        for workload in workloads
        for template in workload.volume_claim_templates
    }
    names = [container.name for container in pods.containers(spec)]
    for attachment in given:
        if other := taken.get(attachment.volume):
            problem = f"{other} has a volume {attachment.volume}, too"
            yield attachment.place, problem, "Choose another name."
        taken.setdefault(attachment.volume, str(attachment.place[0]))
        for name in attachment.mounts:
            if name not in names:
                problem = f"there is no container {name}"
                yield (*attachment.place, "mounts", name), problem, known(name, names)
    for container in pods.containers(spec):
        yield from _path_problems(container, given)


def _path_problems(container: Container, given: Sequence[Attachment]) -> Iterator[Problem]:
    paths = {mount.mount_path for mount in container.volume_mounts}
    paths |= {device.device_path for device in container.volume_devices}
    for attachment in given:
        for place, mount in attachment.of(container.name):
            if mount.path in paths:
                problem = f"the container {container.name} mounts something else at {mount.path}"
                yield place, problem, "Choose another path."
            paths.add(mount.path)
            if refused := relative_path_problem(mount.sub_path):
                yield (*place[:-1], "subPath"), *refused
            if attachment.device and (mount.sub_path or mount.read_only):
                problem = "a block device has neither subPath nor readOnly"
                yield place[:-1], problem, "Write the path alone."

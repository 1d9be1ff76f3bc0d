"""Volumes: one source each, and mounts of those that exist."""

from collections.abc import Iterator

from kure_hooks.apps.workload.checks.common import (
    Check,
    Problem,
    containers,
    distinct,
    given,
    known,
)
from kure_hooks.apps.workload.spec import Spec
from kure_hooks.yamlio import Pointer


def _names_differ(spec: Spec) -> Iterator[Problem]:
    yield from distinct(_names(spec))


def _volumes_have_one_source(spec: Spec) -> Iterator[Problem]:
    for at, volume in enumerate(spec.volumes):
        sources = [key for key in given(volume) if key != "name"]
        if len(sources) != 1:
            problem = (
                f"volume {volume.name} needs exactly one source"
                f" and has {', '.join(sources) or 'none'}"
            )
            yield ("volumes", at), problem, "one source such as emptyDir: {}"


def _mounted_volumes_exist(spec: Spec) -> Iterator[Problem]:
    names = [name for _, name in _names(spec)]
    for place, container in containers(spec):
        used = [("volumeMounts", at, each.name) for at, each in enumerate(container.volume_mounts)]
        used += [
            ("volumeDevices", at, each.name) for at, each in enumerate(container.volume_devices)
        ]
        for key, at, name in used:
            if name not in names:
                yield (*place, key, at, "name"), f"there is no volume {name}", known(name, names)


def _mount_paths_differ(spec: Spec) -> Iterator[Problem]:
    for place, container in containers(spec):
        yield from distinct(
            ((*place, "volumeMounts", at, "mountPath"), mount.mount_path)
            for at, mount in enumerate(container.volume_mounts)
        )


def _names(spec: Spec) -> Iterator[tuple[Pointer, str]]:
    for at, volume in enumerate(spec.volumes):
        yield ("volumes", at, "name"), volume.name
    for at, template in enumerate(spec.volume_claim_templates):
        yield ("volumeClaimTemplates", at, "metadata", "name"), template.metadata.name


CHECKS: tuple[Check, ...] = (
    _names_differ,
    _volumes_have_one_source,
    _mounted_volumes_exist,
    _mount_paths_differ,
)

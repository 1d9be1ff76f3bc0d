"""Volumes: one source each, mounts and devices of those that exist, and the claims of pods."""

from collections.abc import Iterator

from kure_hooks.apps.workload.checks.common import (
    Checks,
    containers,
    distinct,
    given,
    known,
    label_selector,
)
from kure_hooks.apps.workload.inputs.containers import Container, VolumeMount
from kure_hooks.apps.workload.inputs.volumes import Source
from kure_hooks.apps.workload.spec import Spec
from kure_hooks.decoding.quantities import amount
from kure_hooks.decoding.refusals import is_of
from kure_hooks.decoding.types import ObjectName
from kure_hooks.decoding.values import distinct_keys, literal, relative_path_problem
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem
from kure_hooks.yamlio.scalars import shown

_CLAIM = "PersistentVolumeClaim"


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
        used = [
            ("volumeMounts", at, volume_mount.name)
            for at, volume_mount in enumerate(container.volume_mounts)
        ]
        used += [
            ("volumeDevices", at, volume_device.name)
            for at, volume_device in enumerate(container.volume_devices)
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


def _mounts_agree(spec: Spec) -> Iterator[Problem]:
    for place, container in containers(spec):
        for at, mount in enumerate(container.volume_mounts):
            here = (*place, "volumeMounts", at)
            for key, path in (("subPath", mount.sub_path), ("subPathExpr", mount.sub_path_expr)):
                if refused := relative_path_problem(path):
                    yield (*here, key), *refused
            if mount.sub_path and mount.sub_path_expr:
                problem = "subPath and subPathExpr exclude each other"
                yield (*here, "subPathExpr"), problem, "Keep one of the two."
            yield from _mount_options(here, mount, container)


def _mount_options(place: Pointer, mount: VolumeMount, container: Container) -> Iterator[Problem]:
    recursive, propagation = mount.recursive_read_only, mount.mount_propagation
    if recursive in ("Enabled", "IfPossible"):
        if not mount.read_only:
            problem = f"recursiveReadOnly {recursive} is for a mount that is read-only"
            yield (*place, "recursiveReadOnly"), problem, "Add readOnly: true beside it."
        if propagation not in (None, "None"):
            problem = f"recursiveReadOnly {recursive} excludes mountPropagation {propagation}"
            yield (*place, "recursiveReadOnly"), problem, "mountPropagation: None"
    context = container.security_context
    if propagation == "Bidirectional" and not (context and context.privileged):
        problem = "only a privileged container has mountPropagation Bidirectional"
        yield (*place, "mountPropagation"), problem, "HostToContainer, or privileged: true"


def _devices_are_of_claims(spec: Spec) -> Iterator[Problem]:
    claims = [
        volume_claim_template.metadata.name for volume_claim_template in spec.volume_claim_templates
    ]
    claims += [
        volume.name for volume in spec.volumes if volume.persistent_volume_claim or volume.ephemeral
    ]
    names = [name for _, name in _names(spec)]
    for place, container in containers(spec):
        here = (*place, "volumeDevices")
        devices = list(enumerate(container.volume_devices))
        yield from distinct_keys(
            ((*here, at, "name"), each.name, each.name) for at, each in devices
        )
        yield from distinct_keys(
            ((*here, at, "devicePath"), each.device_path, shown(each.device_path))
            for at, each in devices
        )
        mounted = {volume_mount.name for volume_mount in container.volume_mounts}
        paths = {volume_mount.mount_path for volume_mount in container.volume_mounts}
        for at, device in devices:
            if device.name in mounted:
                problem = f"the container mounts {device.name}, too"
                yield (*here, at, "name"), problem, "volumeMounts or volumeDevices"
            elif device.name in names and device.name not in claims:
                problem = f"the volume {device.name} is no claim and thus no device"
                yield (*here, at, "name"), problem, "a persistentVolumeClaim, or volumeMounts"
            if device.device_path in paths:
                problem = f"{shown(device.device_path)} is the path of a mount"
                yield (*here, at, "devicePath"), problem, "Choose another path."
            if ".." in device.device_path.split("/"):
                problem = 'the API server refuses a path with ".."'
                yield (*here, at, "devicePath"), problem, 'a path without ".."'


def _claims_ask_for_storage(spec: Spec) -> Iterator[Problem]:
    for at, template in enumerate(spec.volume_claim_templates):
        place, claim = ("volumeClaimTemplates", at, "spec"), template.spec
        storage = claim.resources.requests.get("storage")
        if storage is None or amount(storage) == 0:
            problem = "the claim asks for no storage"
            yield (*place, "resources", "requests", "storage"), problem, "a size such as 1Gi"
        if not claim.access_modes:
            yield (*place, "accessModes"), "the claim has no access mode", "ReadWriteOnce"
        elif "ReadWriteOncePod" in claim.access_modes and len(claim.access_modes) > 1:
            problem = "ReadWriteOncePod excludes other access modes"
            yield (*place, "accessModes"), problem, "List it alone, or only others."
        name = claim.storage_class_name
        if name and literal(name) and not is_of(ObjectName, name):
            problem = f'the API server refuses the name "{shown(name)}" of a storage class'
            yield (*place, "storageClassName"), problem, "the name of a StorageClass"
        yield from label_selector((*place, "selector"), claim.selector)
        yield from data_source_problems(place, claim.data_source, claim.data_source_ref)


def data_source_problems(
    place: Pointer, source: Source | None, source_ref: Source | None
) -> Iterator[Problem]:
    """Yield what the API server refuses of that which the volume of a claim is filled from."""
    for key, reference in (("dataSource", source), ("dataSourceRef", source_ref)):
        if reference and not reference.get("apiGroup") and reference.get("kind") != _CLAIM:
            problem = "a data source without apiGroup is a claim"
            yield (*place, key, "kind"), problem, f"{_CLAIM}, or apiGroup beside it"
        if reference and not reference.get("name"):
            yield (*place, key, "name"), "the data source has no name", "Add the key name."
    if source and source_ref and source != source_ref:
        problem = "dataSource and dataSourceRef are two objects"
        yield (*place, "dataSource"), problem, "Keep dataSourceRef alone."


def _names(spec: Spec) -> Iterator[tuple[Pointer, str]]:
    for at, volume in enumerate(spec.volumes):
        yield ("volumes", at, "name"), volume.name
    for at, template in enumerate(spec.volume_claim_templates):
        yield ("volumeClaimTemplates", at, "metadata", "name"), template.metadata.name


CHECKS: Checks = {
    _names_differ: ("volumes", "volumeClaimTemplates"),
    _volumes_have_one_source: ("volumes",),
    _mounted_volumes_exist: ("containers.volumeMounts", "containers.volumeDevices"),
    _mount_paths_differ: ("containers.volumeMounts",),
    _mounts_agree: ("containers.volumeMounts",),
    _devices_are_of_claims: ("containers.volumeDevices",),
    _claims_ask_for_storage: ("volumeClaimTemplates",),
}

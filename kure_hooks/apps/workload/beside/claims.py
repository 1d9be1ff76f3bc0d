"""PersistentVolumeClaims that all pods of a workload share."""

from collections.abc import Iterator

from kure_hooks.apps.workload.beside.made import Made, places
from kure_hooks.apps.workload.beside.mounts import attach, claim_name
from kure_hooks.apps.workload.beside.spec import Spec
from kure_hooks.apps.workload.checks.common import given
from kure_hooks.apps.workload.checks.volumes import data_source_problems
from kure_hooks.apps.workload.inputs.claims import Claim
from kure_hooks.apps.workload.inputs.controllers import JOBS
from kure_hooks.apps.workload.objects import labels, new, ordered
from kure_hooks.decoding.quantities import amount
from kure_hooks.manifests import Manifest, plain
from kure_hooks.stack.model import Application
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem

RETAINED = {"kustomize.toolkit.fluxcd.io/prune": "disabled"}
"""Flux never prunes such an object; the engine of Argo CD writes the same in its words."""

_OF_MOUNTS = ("existingClaim", "path", "mounts", "volumeMode")
_KEYS = (
    *("accessModes", "storageClassName", "volumeMode", "resources", "selector", "volumeName"),
    *("volumeAttributesClassName", "dataSource", "dataSourceRef"),
)


def claims(application: Application, spec: Spec) -> Iterator[Made]:
    """Yield the claims in the author's order, without those that exist."""
    for volume, claim in sorted(spec.persistence.items()):
        if claim.existing_claim:
            continue
        here = ("persistence", volume)
        fields: Manifest = plain(claim)
        fields |= {
            "accessModes": [*claim.access_modes],
            "resources": {"requests": {"storage": claim.size}},
        }
        if claim.storage_class is not None:
            fields["storageClassName"] = claim.storage_class
        annotations = claim.annotations | (RETAINED if claim.retain else {})
        name = claim_name(application.name, volume, claim.name)
        manifest = new(application, "v1", "PersistentVolumeClaim", name, annotations)
        manifest["metadata"]["labels"] = labels(application, spec, claim.labels)
        yield Made(manifest | {"spec": ordered(fields, _KEYS)}, _written(here))


def _users(spec: Spec, volume: str) -> list[int]:
    """Return the number of pods of each workload whose containers see a volume all the time.

    A DaemonSet has two or more, as far as anyone knows. Pods of jobs come and go.
    """
    return [
        2 if workload.workload == "DaemonSet" else workload.replicas or 1
        for _, workload in attach(spec, "").apart()
        if workload.workload not in JOBS
        and volume in (attached.name for attached in workload.volumes)
    ]


def _written(here: Pointer) -> dict[Pointer, Pointer]:
    return places(here, _KEYS) | {
        ("spec", "storageClassName"): (*here, "storageClass"),
        ("spec", "resources", "requests", "storage"): (*here, "size"),
    }


def problems(spec: Spec) -> Iterator[Problem]:
    """Yield what is wrong with the claims; the API server says the rest, at the same lines."""
    for volume, claim in spec.persistence.items():
        yield from _claim_problems(("persistence", volume), claim)
        if claim.access_modes == ("ReadWriteOncePod",) and not claim.existing_claim:
            yield from _user_problems(spec, volume)


def _claim_problems(here: Pointer, claim: Claim) -> Iterator[Problem]:
    yield from data_source_problems(here, claim.data_source, claim.data_source_ref)
    if claim.existing_claim:
        for key in given(claim):
            if key not in _OF_MOUNTS:
                problem = "a claim that exists can't be changed here"
                yield (*here, key), problem, f"Delete {key}, or existingClaim."
        return
    if claim.size is None:
        yield (*here, "size"), "this required key is missing", "a size such as 10Gi"
    elif amount(claim.size) == 0:
        yield (*here, "size"), "the claim asks for no storage", "a size such as 10Gi"
    if not claim.access_modes:
        yield (*here, "accessModes"), "the claim has no access mode", "ReadWriteOnce"
    elif "ReadWriteOncePod" in claim.access_modes and len(claim.access_modes) > 1:
        problem = "ReadWriteOncePod excludes other access modes"
        yield (*here, "accessModes"), problem, "List it alone, or only others."


def _user_problems(spec: Spec, volume: str) -> Iterator[Problem]:
    """Yield why a volume is not for one pod alone."""
    users = _users(spec, volume)
    if sum(users) > 1:
        problem = "one pod alone may use the volume, and there are several"
        other = "replicas: 1" if max(users) > 1 else "mounts in one workload alone"
        yield ("persistence", volume, "accessModes"), problem, f"ReadWriteMany, or {other}"

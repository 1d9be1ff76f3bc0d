"""Claims, volumes, classes, quotas and limits: access modes, sizes and provisioners."""

from collections.abc import Iterator, Mapping
from typing import Any

from kure_hooks.decoding.quantities import amount, quantity_problem
from kure_hooks.decoding.refusals import is_of
from kure_hooks.decoding.selectors import selector_problems
from kure_hooks.decoding.types import LabelKey, ObjectName
from kure_hooks.decoding.values import entries, literal, mapping, repeated
from kure_hooks.decoding.volumes import OF_PERSISTENT
from kure_hooks.validators.admission.check import error
from kure_hooks.validators.admission.rules.resources import quantities
from kure_hooks.validators.admission.rules.volumes import source_problems
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem
from kure_hooks.yamlio.scalars import shown

_LIKE_PODS = ("hostPath", "nfs")
_ALONE = "ReadWriteOncePod"
_MODES = ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", _ALONE)


@error("VA180")
def _claim(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    yield from claim_problems(("spec",), mapping(manifest, "spec"))


@error("VA180")
def _claims_of_a_set(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    for at, claim in entries(mapping(manifest, "spec"), "volumeClaimTemplates"):
        place = ("spec", "volumeClaimTemplates", at, "spec")
        yield from claim_problems(place, mapping(claim, "spec"))


def claim_problems(place: Pointer, claim: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what the API server refuses of the spec of a claim, which lies at `place`."""
    yield from _modes((*place, "accessModes"), claim.get("accessModes"))
    storage = mapping(mapping(claim, "resources"), "requests").get("storage")
    here = (*place, "resources", "requests", "storage")
    if storage is None:
        yield here, "the claim asks for no storage", "a size such as 1Gi"
    elif refused := quantity_problem(storage):
        yield here, *refused
    elif amount(str(storage)) == 0:
        yield here, "the claim asks for no storage", "a size above zero"
    limit = mapping(mapping(claim, "resources"), "limits").get("storage")
    if refused := quantity_problem(limit, signed=True):
        yield (*place, "resources", "limits", "storage"), *refused
    name = claim.get("storageClassName")
    if literal(name) and name and not is_of(ObjectName, name):
        problem = f'the API server refuses the name "{shown(name)}" of a storage class'
        yield (*place, "storageClassName"), problem, "the name of a StorageClass"
    yield from selector_problems((*place, "selector"), claim.get("selector"))


def _modes(place: Pointer, modes: Any) -> Iterator[Problem]:
    if not modes:
        yield place, "there is no access mode", "a list such as [ReadWriteOnce]"
    elif isinstance(modes, list):
        for at, mode in enumerate(modes):
            if literal(mode) and mode not in _MODES:
                yield (*place, at), f"there is no access mode {shown(mode)}", " or ".join(_MODES)
        if _ALONE in modes and len(set(map(str, modes))) > 1:
            yield place, f"{_ALONE} excludes other access modes", "List it alone, or only others."


@error("VA181")
def _volume(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    spec = mapping(manifest, "spec")
    yield from _modes(("spec", "accessModes"), spec.get("accessModes"))
    if mapping(spec, "capacity").get("storage") is None:
        place = ("spec", "capacity", "storage")
        yield place, "the volume has no size", "a size such as 10Gi"
    elif amount(str(mapping(spec, "capacity")["storage"])) == 0:
        yield ("spec", "capacity", "storage"), "the volume has no size", "a size above zero"
    yield from quantities(spec, "capacity", ("spec",))
    for kind in _LIKE_PODS:
        yield from source_problems(("spec", kind), kind, spec.get(kind))
    sources = [key for key in spec if key in OF_PERSISTENT and spec[key] is not None]
    if len(sources) != 1:
        problem = f"{' and '.join(sources)} exclude each other" if sources else "there is no source"
        yield ("spec",), problem, "exactly one source such as csi"


@error("VA182")
def _class(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    provisioner = manifest.get("provisioner")
    if provisioner in (None, ""):
        yield ("provisioner",), "the class has no provisioner", "a name such as ebs.csi.aws.com"
    elif literal(provisioner) and not is_of(LabelKey, provisioner.lower()):
        problem = f'the API server refuses the provisioner "{shown(provisioner)}"'
        yield ("provisioner",), problem, "a name such as ebs.csi.aws.com"
    policy = manifest.get("reclaimPolicy")
    if literal(policy) and policy not in ("", "Delete", "Retain"):
        yield ("reclaimPolicy",), f"there is no reclaimPolicy {shown(policy)}", "Delete or Retain"


@error("VA120")
def _quota(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    yield from quantities(mapping(manifest, "spec"), "hard", ("spec",))


@error("VA120")
def _limits(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    for at, limit in entries(mapping(manifest, "spec"), "limits"):
        for key in ("max", "min", "default", "defaultRequest", "maxLimitRequestRatio"):
            yield from quantities(limit, key, ("spec", "limits", at), signed=True)


CLAIM = (_claim,)
CLAIMS_OF_A_SET = (_claims_of_a_set,)
VOLUME = (_volume,)
CLASS = (_class,)
QUOTA = (_quota,)


@error("VA183")
def _types_differ(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    limits = entries(mapping(manifest, "spec"), "limits")
    types = ((("spec", "limits", at, "type"), limit.get("type")) for at, limit in limits)
    for place, kind in repeated((place, kind) for place, kind in types if isinstance(kind, str)):
        if literal(kind):
            yield place, f"there are limits of type {shown(kind)} already", "List each type once."


LIMITS = (_limits, _types_differ)

"""Judges changes: what the API server says of a new version of an object because of the old one.

For built-in kinds the source is Kubernetes 1.36, the functions of pkg/apis/*/validation that judge
updates; the rules of CRDs judge their own.
"""

from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from kure_hooks.decoding.quantities import amount
from kure_hooks.decoding.values import literal, mapping
from kure_hooks.findings import Finding
from kure_hooks.manifests import Kind, Manifest, kind_of, same, value_at
from kure_hooks.objects.immutable import IMMUTABLE, Field, stored
from kure_hooks.objects.written import Object
from kure_hooks.validators import Job, Verdict
from kure_hooks.validators.judge import CustomJudge
from kure_hooks.validators.judges import Judges
from kure_hooks.validators.schemas import Resource
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem

FIELD, DATA = "VA193", "VA194"

_KEPT = "the API server refuses to change this field"
_AGAIN = "Keep the old value, or delete the object on the cluster so that it is made again."
_SEALED = "the old object is immutable, so the API server refuses to change this"
_ANOTHER = "Keep the old value, or give the new content another name."
_EMPTY: tuple[Any, ...] = (None, "", {}, [])
_SIZE = ("spec", "resources", "requests", "storage")
_MORE: Mapping[Kind, tuple[Field, ...]] = {
    ("", "Pod"): (Field(("spec",)),),
    ("batch", "Job"): (Field(("spec", "completions")),),
}


class Change(Struct, frozen=True):
    """Two versions of one object."""

    old: Object
    new: Object


def refused(changes: Sequence[Change], job: Job) -> Verdict:
    """Return what the API server refuses of changes, though it might take both versions.

    The objects have an apiVersion and a kind. Schemas are those of a job, as for validating.
    Raises UsageError as validators do.
    """
    judges = Judges(job, [change.new for change in changes])
    findings = {
        finding
        for change in changes
        for finding in (*_of_rules(change, judges), *faults_of_change(change.old, change.new))
    }
    skipped = tuple(sorted(judges.skipped))
    return Verdict(findings=tuple(sorted(findings)), skipped=skipped, checked=len(changes))


def _of_rules(change: Change, judges: Judges) -> Iterable[Finding]:
    judge = judges.of(Resource(change.new.api_version, change.new.kind))
    if not isinstance(judge, CustomJudge):
        return ()
    return (
        change.new.finding(
            complaint.steps,
            complaint.problem,
            complaint.expected,
            complaint.rule,
            complaint.severity,
        )
        for complaint in judge.changes(change.old.decrypted, change.new.decrypted)
    )


def faults_of_change(old: Object, new: Object) -> Iterator[Finding]:
    """Yield what the API server refuses of the change from one version of an object to another."""
    before, after = old.manifest, new.manifest
    for problem in field_problems(before, after):
        yield new.finding(*problem, FIELD)
    for problem in _data_problems(before, after):
        yield new.finding(*problem, DATA)


def field_problems(before: Manifest, after: Manifest) -> Iterator[Problem]:
    """Yield the immutable fields that differ between two versions of an object."""
    kind = kind_of(after)
    if kind in _PREPARED:
        before, after = _PREPARED[kind](before, before), _PREPARED[kind](after, before)
    for field in (*IMMUTABLE.get(kind, ()), *_MORE.get(kind, ())):
        if (place := _difference(before, after, field)) is not None:
            yield place, _KEPT, _AGAIN
    if kind in _CODE:
        yield from _CODE[kind](before, after)


def _difference(before: Manifest, after: Manifest, field: Field) -> Pointer | None:
    """Return the place of what differs in a field, None where nothing does."""
    old, new = (stored(value_at(version, *field.pointer)) for version in (before, after))
    if field.assigned and old in _EMPTY:
        return None
    old, new = (field.default if value in _EMPTY else value for value in (old, new))
    if (old in _EMPTY and new in _EMPTY) or same(old, new):
        return None
    place = _narrowed(old, new)
    ends = (value_at(old, *place), value_at(new, *place))
    if any(isinstance(end, str) and not literal(end) for end in ends):
        return None
    return (*field.pointer, *place)


def _narrowed(old: Any, new: Any) -> Pointer:
    """Return the steps to the one thing that differs in two values, as far as it is one."""
    if isinstance(old, dict) and isinstance(new, dict):
        steps: list[Any] = [key for key in old | new if not _equal(old, new, key)]
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        steps = [index for index, pair in enumerate(zip(old, new, strict=True)) if not same(*pair)]
    else:
        return ()
    if len(steps) != 1 or (isinstance(new, dict) and steps[0] not in new):
        return ()
    return (steps[0], *_narrowed(value_at(old, steps[0]), new[steps[0]]))


def _equal(old: Mapping[str, Any], new: Mapping[str, Any], key: str) -> bool:
    return key in old and key in new and same(old[key], new[key])


def _job(manifest: Manifest, old: Manifest) -> Manifest:
    """Return a Job without what may change while it waits, and with its number of completions."""
    spec = dict(mapping(manifest, "spec"))
    if spec.get("completions") is None and spec.get("parallelism") is None:
        spec["completions"] = 1
    if spec.get("completionMode") == "Indexed":
        spec.pop("completions", None)  # it changes along with parallelism
    if mapping(old, "spec").get("suspend") is True:
        spec["template"] = _waiting(mapping(spec, "template"))
    return {**manifest, "spec": spec}


def _waiting(template: Mapping[str, Any]) -> dict[str, Any]:
    metadata = _without(mapping(template, "metadata"), "annotations", "labels")
    pod = _without(mapping(template, "spec"), "nodeSelector", "schedulingGates", "tolerations")
    if affinity := mapping(pod, "affinity"):
        pod["affinity"] = _without(affinity, "nodeAffinity")
    for key in ("containers", "initContainers"):
        if isinstance(containers := pod.get(key), list):
            pod[key] = [_without_if(container, "resources") for container in containers]
    return {**template, "metadata": metadata, "spec": pod}


def _pod(manifest: Manifest, old: Manifest) -> Manifest:
    """Return a Pod without what may change in it, or what the cluster adds to it."""
    loose = ("activeDeadlineSeconds", "schedulingGates", "tolerations")
    chosen = ("nodeName", "preemptionPolicy", "priority", "serviceAccount", "serviceAccountName")
    known = mapping(old, "spec")
    spec = _without(mapping(manifest, "spec"), *loose, *(key for key in chosen if key not in known))
    if known.get("schedulingGates"):
        spec = _without(spec, "affinity", "nodeSelector")
    for key in ("containers", "initContainers"):
        if isinstance(containers := spec.get(key), list):
            spec[key] = [_asking(_without_if(container, "image")) for container in containers]
    return {**manifest, "spec": spec}


def _asking(container: Any) -> Any:
    """Return a container of a Pod, which asks for its limits where it does not say for what."""
    resources = mapping(container, "resources")
    if not (limits := mapping(resources, "limits")):
        return container
    asked = {**limits, **mapping(resources, "requests")}
    return {**container, "resources": {**resources, "requests": asked}}


def _claimed(manifest: Manifest, old: Manifest) -> Manifest:
    """Return a claim with one of the two fields for its source: the API server keeps them alike."""
    del old
    spec = mapping(manifest, "spec")
    source = spec.get("dataSourceRef") or spec.get("dataSource")
    return {**manifest, "spec": {**_without(spec, "dataSourceRef"), "dataSource": source}}


def _volume(manifest: Manifest, old: Manifest) -> Manifest:
    """Return a volume without the one reference of its source that may come later."""
    spec = mapping(manifest, "spec")
    source, key = mapping(spec, "csi"), "controllerExpandSecretRef"
    if not source or key in mapping(mapping(old, "spec"), "csi"):
        return manifest
    return {**manifest, "spec": {**spec, "csi": _without(source, key)}}


def _quota(manifest: Manifest, old: Manifest) -> Manifest:
    """Return a quota with its scopes in one order, which does not count."""
    del old
    spec = mapping(manifest, "spec")
    scopes = spec.get("scopes")
    ordered = sorted(set(map(str, scopes))) if isinstance(scopes, list) else scopes
    return {**manifest, "spec": {**spec, "scopes": ordered}}


def _without(value: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {key: part for key, part in value.items() if key not in keys}


def _without_if(value: Any, *keys: str) -> Any:
    return _without(value, *keys) if isinstance(value, dict) else value


def _service(before: Manifest, after: Manifest) -> Iterator[Problem]:
    old, new = mapping(before, "spec"), mapping(after, "spec")
    if "ExternalName" in (old.get("type"), new.get("type")):
        return
    address, other = _addresses(old), _addresses(new)
    # An address that the manifest does not choose stays; a service that had some was given one.
    if other and address != other and (address or other == "None"):
        yield ("spec", "clusterIP"), _KEPT, _AGAIN
    families = [value_at(spec, "ipFamilies", 0) for spec in (old, new)]
    if None not in families and families[0] != families[1]:
        yield ("spec", "ipFamilies", 0), _KEPT, _AGAIN
    if old.get("type") == new.get("type") == "LoadBalancer" and (
        old.get("loadBalancerClass") != new.get("loadBalancerClass")
    ):
        yield ("spec", "loadBalancerClass"), _KEPT, _AGAIN


def _addresses(spec: Mapping[str, Any]) -> Any:
    return spec.get("clusterIP") or value_at(spec, "clusterIPs", 0)


def _claim(before: Manifest, after: Manifest) -> Iterator[Problem]:
    sizes = [value_at(manifest, *_SIZE) for manifest in (before, after)]
    old, new = (amount(size) if isinstance(size, int | str) else None for size in sizes)
    if old is not None and new is not None and new < old:
        yield _SIZE, "the API server refuses to make a claim smaller", f"at least {sizes[0]}"


_PREPARED: Mapping[Kind, Callable[[Manifest, Manifest], Manifest]] = {
    ("", "PersistentVolume"): _volume,
    ("", "PersistentVolumeClaim"): _claimed,
    ("", "Pod"): _pod,
    ("", "ResourceQuota"): _quota,
    ("batch", "Job"): _job,
}
_CODE: Mapping[Kind, Callable[[Manifest, Manifest], Iterator[Problem]]] = {
    ("", "PersistentVolumeClaim"): _claim,
    ("", "Service"): _service,
}


def _data_problems(before: Manifest, after: Manifest) -> Iterator[Problem]:
    """Yield what changes in the data of an object that says that its data never changes."""
    if kind_of(after) not in (("", "ConfigMap"), ("", "Secret")):
        return
    if before.get("immutable") is not True:
        return
    if after.get("immutable") is not True:
        yield ("immutable",), _SEALED, _ANOTHER
    old, new = _data(before), _data(after)
    for place in old | new:
        pair = (old.get(place), new.get(place))
        if pair[0] != pair[1] and not any(_is_open(value) for value in pair):
            yield place, _SEALED, _ANOTHER


def _data(manifest: Manifest) -> dict[Pointer, Any]:
    """Return each value of the data, as the API server keeps it."""
    data: dict[Pointer, Any] = {
        (part, str(key)): value
        for part in ("data", "binaryData")
        for key, value in mapping(manifest, part).items()
    }
    for key, value in mapping(manifest, "stringData").items():
        data["data", str(key)] = b64encode(value.encode()).decode() if literal(value) else value
    return data


def _is_open(value: Any) -> bool:
    """Tell whether another value than the written one comes to the cluster."""
    return isinstance(value, str) and not literal(value)

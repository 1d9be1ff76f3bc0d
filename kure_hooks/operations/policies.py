"""Limits of profiles and policies of the settings: objects refused before anything is written."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import chain

from msgspec.structs import replace

from kure_hooks import config
from kure_hooks.config import Settings
from kure_hooks.config.lint import Policy
from kure_hooks.decoding.quantities import amount
from kure_hooks.errors import InputError
from kure_hooks.findings import Finding
from kure_hooks.layout.render import ManifestLayout
from kure_hooks.lint.conditions import Complaint
from kure_hooks.lint.policies import WRITTEN, Fault, Judge, is_meant, judges
from kure_hooks.lint.ready_policies import Denied, denied_by, too_many
from kure_hooks.lint.workloads import containers
from kure_hooks.manifests import Manifest, value_at
from kure_hooks.operations.judging import Sent, sent, taken_in
from kure_hooks.operations.sources import written
from kure_hooks.operations.workspace import Workspace
from kure_hooks.stack.model import Application, Cluster
from kure_hooks.stack.profiles import PlacedProfile
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.document import json_pointer
from kure_hooks.yamlio.place import Place


def refuse_faulty(workspace: Workspace) -> None:
    """Raise InputError for enforced policies whose expressions do not compile.

    With this a run begins: its expressions have all their time before them.
    """
    _enforced.cache_clear()
    place = config.place_of(workspace.tree, workspace.config)
    _, faults = _enforced(workspace.settings.policies)
    if faults and place:
        raise InputError(fault_of(place, fault) for fault in faults)


def fault_of(settings: Place, fault: Fault) -> Finding:
    """Return the finding about a policy that does not compile; the place is that of settings."""
    return settings.below("policies", fault.index, "expression").fault(
        f"this is no condition in CEL: {fault.reason}", fault.expected, rule="CF006"
    )


def findings(cluster: Cluster, layout: ManifestLayout, settings: Settings) -> Iterator[Finding]:
    """Yield what the profile of a cluster and enforced policies have against its objects.

    Each finding is where the value is written: in a manifest, the document of the application or an
    override; else at the application.
    """
    applications = {
        (application.name, application.at): application
        for bundle in cluster.bundles()
        for application in bundle.applications
    }
    policies, _ = _enforced(settings.policies)
    directory = f"{settings.output}/{cluster.name}"
    items = [*sent(layout)[0], *taken_in(layout)]
    denied = cache(lambda: denied_by(item.object.manifest for item in items))
    for item in items:
        origin = item.item.origin
        application = applications.get((origin.application, origin.at))
        beyond = _beyond(item.object.manifest, cluster.profile) if cluster.profile else ()
        for complaint in chain(beyond, _judged(item, directory, policies, denied)):
            yield _told(item, application, complaint)


@cache
def _enforced(policies: Sequence[Policy]) -> tuple[list[Judge], list[Fault]]:
    return judges(policies, lambda policy: policy.enforce == "generate", WRITTEN)


def _judged(
    item: Sent, cluster: str, policies: Sequence[Judge], denied: Callable[[], Denied]
) -> Iterator[Complaint]:
    """Yield what policies have against an object of a cluster, which is named as `lint` does."""
    manifest = item.object.manifest
    for judge in policies:
        if is_meant(judge.policy.match, manifest, item.path, cluster):
            values = {"object": manifest, "path": item.path, "cluster": cluster}
            yield from judge.complaints(manifest, values.copy, denied)


def _beyond(manifest: Manifest, profile: PlacedProfile) -> Iterator[Complaint]:
    """Yield what an object asks for beyond the limits of a profile."""
    most = profile.profile.limits.replicas
    for pointer, number in too_many(manifest, most) if most is not None else ():
        yield _refused(pointer, f"{number} replicas are more than the {most}", "replicas", profile)
    for key, pointer in _amounts(manifest):
        limit, asked = getattr(profile.profile.limits, key), value_at(manifest, *pointer)
        if limit is None or not isinstance(asked, (int, str)):
            continue
        known, allowed = amount(asked), amount(limit)
        if known is not None and allowed is not None and known > allowed:
            yield _refused(pointer, f"{asked} of {key} is more than the {limit}", key, profile)


def _amounts(manifest: Manifest) -> Iterator[tuple[str, Pointer]]:
    """Yield the pointers to the amounts of an object that a profile limits, each with its limit."""
    for pointer, _ in containers(manifest):
        for kind in ("requests", "limits"):
            yield from ((key, (*pointer, "resources", kind, key)) for key in ("cpu", "memory"))
    storage = ("spec", "resources", "requests", "storage")
    if manifest.get("kind") == "PersistentVolumeClaim":
        yield "storage", storage
    templates = value_at(manifest, "spec", "volumeClaimTemplates")
    for index, _ in enumerate(templates if isinstance(templates, list) else ()):
        yield "storage", ("spec", "volumeClaimTemplates", index, *storage)


def _refused(pointer: Pointer, words: str, key: str, profile: PlacedProfile) -> Complaint:
    limit = profile.place.below("limits", key)
    problem = f"{words} that the profile {profile.name} allows ({limit.at})"
    return Complaint(pointer, problem, f"Write at most {limit.value}.", "ST048")


def _told(item: Sent, application: Application | None, complaint: Complaint) -> Finding:
    """Return the finding of a complaint, at the line that somebody has to change."""
    if item.item.at or application is None:
        return item.object.finding(*complaint)
    pointer, problem, expected, rule, severity = complaint
    place = written(application, item.object.manifest, pointer)
    subject = f"{item.object.label}: {problem}"
    finding = place.fault(subject, expected, severity, rule=rule)
    return replace(finding, object=item.object.label, pointer=json_pointer(pointer))

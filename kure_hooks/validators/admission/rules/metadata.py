"""Metadata of every object: its name, namespace, labels, annotations, finalizers and owners."""

from collections.abc import Container, Iterator, Mapping
from typing import Any, NamedTuple

from kure_hooks.decoding.refusals import (
    annotation_problems,
    is_of,
    label_problems,
    name_problems,
    namespace_problems,
)
from kure_hooks.decoding.strings import Parts
from kure_hooks.decoding.types import LabelKey
from kure_hooks.decoding.values import entries, literal
from kure_hooks.manifests import Kind, value_at
from kure_hooks.validators.admission.check import Check, error, warning
from kure_hooks.yamlio.place import Problem
from kure_hooks.yamlio.scalars import shown

CORE_GROUPS = frozenset(("", "apps", "autoscaling", "batch", "extensions", "policy"))
_KUBERNETES = frozenset(
    f"{name}.k8s.io"
    for name in (
        *("admissionregistration", "apiextensions", "apiregistration", "certificates", "node"),
        *("coordination", "discovery", "events", "flowcontrol.apiserver", "networking", "storage"),
        *("rbac.authorization", "resource", "scheduling", "storagemigration"),
    )
)
BUILT_IN = CORE_GROUPS | _KUBERNETES
"""The API groups of Kubernetes itself whose objects are kept and have a name."""

# Kustomizations give the place of a name that a transformer sets this one, which nobody has.
_PLACEHOLDER = "_"
_DELETIONS = ("orphan", "foregroundDeletion")
_STANDARD = ("kubernetes", *_DELETIONS)
_LIMITS = ("", "LimitRange")  # gets a name from the API server where it has none
_OWNER = ("apiVersion", "kind", "name", "uid")
_LONGEST_SET = 52
"""Of a StatefulSet's name: its revision, a label of its pods, adds eleven characters."""


class Subject(NamedTuple):
    """An object as the checks of metadata see it: taken apart once for all of them."""

    manifest: Mapping[str, Any]
    parts: Parts


def names(*, relaxed: bool, defined: Container[Kind]) -> Check:
    """Return the check of names; `relaxed` as in `name_problem`.

    Objects of Kubernetes itself and of the kinds that are `defined` by CRDs must have one.
    """

    def judge(subject: Subject) -> Iterator[Problem]:
        manifest, (kind, _) = subject
        if value_at(manifest, "metadata", "name") != _PLACEHOLDER:
            yield from name_problems(manifest, kind, relaxed=relaxed)
        is_kept = kind[0] in BUILT_IN or kind in defined
        if is_kept and kind != _LIMITS and not _has_name(manifest):
            yield ("metadata", "name"), "the object has no name", "a name such as web"

    return error("VA100")(judge)


def _has_name(manifest: Mapping[str, Any]) -> bool:
    metadata = manifest.get("metadata")
    if not isinstance(metadata, dict):
        return metadata is not None  # another shape is the schema's to refuse
    return any(metadata.get(key) not in (None, "") for key in ("name", "generateName"))


@warning("VA101")
def _name_leaves_room(subject: Subject) -> Iterator[Problem]:
    """Yield a name that is too long for the pods of a StatefulSet."""
    if subject.parts.kind != ("apps", "StatefulSet"):
        return
    name = value_at(subject.manifest, "metadata", "name")
    if literal(name) and len(name) > _LONGEST_SET:
        problem = f"the name has {len(name)} characters, too many for the labels of its pods"
        yield ("metadata", "name"), problem, f"at most {_LONGEST_SET} characters"


@error("VA102")
def _namespace(subject: Subject) -> Iterator[Problem]:
    yield from namespace_problems(subject.manifest)


@error("VA103")
def _labels(subject: Subject) -> Iterator[Problem]:
    yield from label_problems(subject.manifest, subject.parts)


@error("VA104")
def _annotations(subject: Subject) -> Iterator[Problem]:
    yield from annotation_problems(subject.parts)


@error("VA105")
def _finalizers_and_owners(subject: Subject) -> Iterator[Problem]:
    metadata = subject.manifest.get("metadata")
    if not isinstance(metadata, dict):
        return
    finalizers = metadata.get("finalizers")
    for index, name in enumerate(finalizers if isinstance(finalizers, list) else ()):
        if not literal(name):
            continue
        standard = "/" in name or name in _STANDARD or subject.parts.kind[0] not in BUILT_IN
        if not (is_of(LabelKey, name) and standard):
            problem = f'the API server refuses the finalizer "{shown(name)}"'
            yield ("metadata", "finalizers", index), problem, "a name such as example.com/cleanup"
    if isinstance(finalizers, list) and set(_DELETIONS) <= {*map(str, finalizers)}:
        problem = f"{' and '.join(_DELETIONS)} exclude each other"
        yield ("metadata", "finalizers"), problem, "Keep one of the two."
    yield from _owners(metadata)


def _owners(metadata: Mapping[str, Any]) -> Iterator[Problem]:
    controllers = 0
    for index, owner in entries(metadata, "ownerReferences"):
        place = ("metadata", "ownerReferences", index)
        for key in _OWNER:
            if owner.get(key) in (None, ""):
                yield (*place, key), f"the owner has no {key}", f"Add the key {key}."
        if _is_no_version(owner.get("apiVersion")):
            yield (*place, "apiVersion"), "this is no API version", "a text such as apps/v1"
        if (owner.get("apiVersion"), owner.get("kind")) == ("v1", "Event"):
            yield (*place, "kind"), "an Event of v1 can't be an owner", "an object that lasts"
        controllers += owner.get("controller") is True
        if owner.get("controller") is True and controllers == 2:  # noqa: PLR2004 - one is allowed
            problem = "another owner is the controller already"
            yield (*place, "controller"), problem, "one owner with `controller: true`"


def _is_no_version(text: Any) -> bool:
    """Tell whether a text is neither a version nor a group and a version."""
    return literal(text) and (text.count("/") > 1 or text.endswith("/")) and text != "/"


CHECKS = (_name_leaves_room, _namespace, _labels, _annotations, _finalizers_and_owners)

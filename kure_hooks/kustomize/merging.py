"""Strategic merge patches of kustomize 5.8: what one makes of an object.

Without a schema of their kind, which kustomize has for no custom resource, mappings are merged,
lists and scalars replaced, and null deletes. In pods of the built-in kinds some lists are merged by
a key of their items: those of the patch come first. What kustomize makes of their ports and of
other lists with several keys depends on what is left out, so these are refused.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kure_hooks.kustomize.patches import PatchError
from kure_hooks.manifests import Manifest, identity
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.document import key_path

_DIRECTIVE = "$patch"
_OPERATIONS = "a JSON 6902 patch"


@dataclass(frozen=True)
class _Keyed:
    """A list whose items are merged by the value of `key`; without a key it is refused."""

    key: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)


_REFUSED = _Keyed()
_NAMED = _Keyed("name")
_CONTAINERS = _Keyed(
    "name",
    {
        "env": _NAMED,
        "volumeMounts": _Keyed("mountPath"),
        "volumeDevices": _Keyed("devicePath"),
        "ports": _REFUSED,
    },
)
_METADATA = {"finalizers": _REFUSED, "ownerReferences": _REFUSED}
_POD = {
    "metadata": _METADATA,
    "spec": {
        "containers": _CONTAINERS,
        "initContainers": _CONTAINERS,
        "ephemeralContainers": _CONTAINERS,
        "volumes": _NAMED,
        "imagePullSecrets": _NAMED,
        "hostAliases": _Keyed("ip"),
        "topologySpreadConstraints": _REFUSED,
        "resourceClaims": _REFUSED,
        "schedulingGates": _REFUSED,
    },
}
_WORKLOAD = {"spec": {"template": _POD}}

# Of the built-in kinds: the fields below which a list is merged.
_FIELDS: Mapping[tuple[str, str], Mapping[str, Any]] = {
    ("", "Pod"): _POD,
    ("", "PodTemplate"): {"template": _POD},
    ("", "ReplicationController"): _WORKLOAD,
    ("", "Service"): {"spec": {"ports": _REFUSED}},
    ("", "ServiceAccount"): {"secrets": _NAMED},
    ("apps", "DaemonSet"): _WORKLOAD,
    ("apps", "Deployment"): _WORKLOAD,
    ("apps", "ReplicaSet"): _WORKLOAD,
    ("apps", "StatefulSet"): _WORKLOAD,
    ("batch", "CronJob"): {"spec": {"jobTemplate": _WORKLOAD}},
    ("batch", "Job"): _WORKLOAD,
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"): {"webhooks": _REFUSED},
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"): {"webhooks": _REFUSED},
}


def merged(manifest: Manifest, patch: Manifest) -> Manifest:
    """Return an object with a patch merged into it; PatchError where that can't be done.

    As in a build, apiVersion, kind, name and namespace stay those of the object.
    """
    if _DIRECTIVE in patch:
        raise PatchError(
            f"{_DIRECTIVE}: {patch[_DIRECTIVE]} is about the whole object, which has to stay",
            "the directive on a field",
        )
    who = identity(manifest)
    fields = _FIELDS.get((who.group, who.kind), {})
    if "." not in who.group or who.group.endswith(".k8s.io"):
        fields = {"metadata": _METADATA, **fields}
    result = _mapping(manifest, patch, fields, ())
    head = {key: manifest[key] for key in ("apiVersion", "kind")}
    names = {key: manifest["metadata"].get(key) for key in ("name", "namespace")}
    metadata = {**(result.get("metadata") or {}), **names}
    kept = {key: item for key, item in metadata.items() if key not in names or item is not None}
    result = {**result, **head, "metadata": kept}
    for pointer in _directives(result, ()):
        problem = f"kustomize knows no {pointer[-1]} at {key_path(pointer[:-1])}"
        raise PatchError(problem, f"Delete the directive, or write {_OPERATIONS}.")
    return result


def _mapping(
    old: Mapping[str, Any], patch: Mapping[str, Any], fields: Mapping[str, Any], at: Pointer
) -> dict[str, Any]:
    result = dict(old)
    for key, value in patch.items():
        if key == _DIRECTIVE:
            continue
        changed = _value(result.get(key), value, fields.get(key), (*at, key))
        if changed is None:
            result.pop(key, None)
        else:
            result[key] = changed
    return result


def _value(old: Any, patch: Any, fields: Any, at: Pointer) -> Any:
    """Return what a field becomes, None where it is deleted."""
    if patch is None:
        return None
    if old is not None and _shape(old) != _shape(patch):
        problem = f"{key_path(at)} is {_shape(old)}, and the patch has {_shape(patch)} for it"
        raise PatchError(problem, _shape(old))
    if isinstance(patch, dict):
        directive = patch.get(_DIRECTIVE)
        if directive not in (None, "merge", "replace", "delete"):
            problem = f"the {_DIRECTIVE} of {key_path(at)} is {str(directive)!r}"
            raise PatchError(problem, "one of merge, replace, delete")
        if directive == "delete":
            return None
        if directive == "replace":
            return {key: item for key, item in patch.items() if key != _DIRECTIVE}
        return _mapping(old or {}, patch, fields if isinstance(fields, Mapping) else {}, at)
    if isinstance(patch, list) and isinstance(fields, _Keyed):
        return _items(old or [], patch, fields, at)
    if isinstance(old, str) and isinstance(patch, (bool, int, float)):
        # kustomize keeps the quotes of the old value, if it has some.
        problem = f"{key_path(at)} is a string, and the patch has another kind of value for it"
        raise PatchError(problem, "the value in quotes")
    return patch


def _items(old: Sequence[Any], patch: Sequence[Any], keyed: _Keyed, at: Pointer) -> Any:
    """Return the items of a list that is merged by a key: those of the patch, then the others."""
    if not keyed.key:
        raise PatchError(f"{key_path(at)} is a list that kustomize merges by rules", _OPERATIONS)
    directive = next((each.get(_DIRECTIVE) for each in patch if _is_bare(each)), None)
    if directive == "delete":
        return None
    if directive == "replace":
        old = ()
    items = [each for each in patch if not _is_bare(each)]
    before = {_key(each, keyed.key, at): each for each in old}
    names = [_key(item, keyed.key, at) for item in items]
    if len(before) < len(old) or len(set(names)) < len(names):
        raise PatchError(f"{key_path(at)} has a {keyed.key} twice", _OPERATIONS)
    changed = [
        _value(before.get(name), each, keyed.fields, (*at, index))
        for index, (name, each) in enumerate(zip(names, items, strict=True))
    ]
    others = (item for name, item in before.items() if name not in names)
    return [*(each for each in changed if each is not None), *others]


def _is_bare(item: Any) -> bool:
    return isinstance(item, dict) and item.keys() == {_DIRECTIVE}


def _key(item: Any, key: str, at: Pointer) -> Any:
    value = item.get(key) if isinstance(item, dict) else None
    if not isinstance(value, (str, int)):
        raise PatchError(f"an item of {key_path(at)} has no {key}, by which it is merged", key)
    return value


def _shape(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, list) else "a single value"


def _directives(value: Any, at: Pointer) -> Iterator[Pointer]:
    """Yield where directives are left in an object."""
    if isinstance(value, dict):
        for key, each in value.items():
            if key == _DIRECTIVE or key.startswith(("$retainKeys", "$setElement", "$deleteFrom")):
                yield (*at, key)
            yield from _directives(each, (*at, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _directives(each, (*at, index))

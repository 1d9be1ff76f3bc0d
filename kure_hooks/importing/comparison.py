"""The comparison of two readings of a cluster, owner by owner.

It knows nothing of stacks or of the import: it is given what the model of controllers makes of the
repository as it is, and of the repository as it would be. What an object does not say is what its
controller takes for it (Flux 2.9, Argo CD 3.5).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from posixpath import normpath
from typing import Any

from kure_hooks.engines import durations
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.payload import Resource
from kure_hooks.gitops.repository import Cluster
from kure_hooks.manifests import Identity, Manifest, canonical, kind_of, same

_DURATION = re.compile(r"\A(?:[0-9]++(?:\.[0-9]++)?+(?:ms|s|m|h))++")
_WAVE = "argocd.argoproj.io/sync-wave"
_FINALIZER = "resources-finalizer.argocd.argoproj.io"
# Options that are off unless an Application says otherwise.
_OFF = re.compile(
    r"(ApplyOutOfSyncOnly|CreateNamespace|FailOnSharedResource|PruneLast|Replace"
    r"|RespectIgnoreDifferences|ServerSideApply|SkipDryRunOnMissingResource)=false"
)
# All others mean nothing to an Application.
_HEARD = re.compile(
    r"(ApplyOutOfSyncOnly|ClientSideApplyMigration|CreateNamespace|FailOnSharedResource|PruneLast"
    r"|Replace|RespectIgnoreDifferences|ServerSideApply|SkipDryRunOnMissingResource|Validate)"
    r"=(true|false)|PrunePropagationPolicy=[a-z]+|(Prune|Delete)=(false|confirm)"
)
_EMPTY: tuple[Any, ...] = (None, "", [], {})
_FALSE_BY_DEFAULT = ("wait", "force", "suspend", "ignoreMissingComponents")


def differences(
    before: Cluster, after: Cluster, apart: Iterable[Identity] = ()
) -> Mapping[Identity, str]:
    """Return how owners of a cluster differ in another reading of it, as ends of sentences.

    Those in `apart` are not looked at.
    """
    skipped = set(apart)
    pairs = ((owner, after.by_identity.get(owner.who, [])) for owner in before.owners)
    problems: dict[Identity, str] = {}
    for owner, others in pairs:
        if owner.who not in skipped and (problem := _difference(owner, others)):
            problems.setdefault(owner.who, problem)
    return problems


def _difference(before: Owner, others: list[Owner]) -> str:
    """Return how an owner differs from each of its counterparts, empty where none does."""
    if not others:
        return "would not be there"
    for after in others:
        one, other = effective(before.resource.manifest), effective(after.resource.manifest)
        if not same(one, other):
            return f"would have {_first(one, other)}"
        if before.elsewhere != after.elsewhere:
            return "would take its objects from somewhere else"
        if lost := _missing(before.resources, after.resources):
            return f"would no longer apply {lost}"
        if gained := _missing(after.resources, before.resources):
            return f"would apply {gained}"
    return ""


def _missing(some: Iterable[Resource], others: Iterable[Resource]) -> str:
    """Return the first object of some that others do not have as it is, empty where all are."""
    known = {canonical(item.manifest) for item in others}
    absent = (item for item in some if canonical(item.manifest) not in known)
    return next((item.label for item in absent), "")


def _first(one: Manifest, other: Manifest) -> str:
    """Return the first key that differs, with both values."""
    for key, before, after in _changes(one, other, ""):
        return f"{key} {_shown(after)} instead of {_shown(before)}"
    return "other values"


def _changes(one: Any, other: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(one.keys() | other.keys()):
            step = f"{path}.{key}" if path else key
            yield from _changes(one.get(key), other.get(key), step)
    elif not same(one, other):
        yield path, one, other


def _shown(value: Any) -> str:
    longest = 60
    text = "nothing" if value is None else canonical(value)
    return text if len(text) <= longest else f"{text[:longest]}..."


def effective(manifest: Manifest) -> Manifest:
    """Return an object as its controller takes it; those of other kinds are as they are.

    So are values of a type that the API server refuses.
    """
    spec = manifest.get("spec")
    match kind_of(manifest):
        case ("kustomize.toolkit.fluxcd.io", "Kustomization"):
            home = manifest["metadata"].get("namespace")
            taken = _kustomization(dict(spec), home) if isinstance(spec, dict) else spec
            return _object(manifest, taken, {})
        case ("argoproj.io", "Application"):
            taken = _application(dict(spec)) if isinstance(spec, dict) else spec
            return _object(manifest, taken, {_WAVE: "0"})
    return manifest


def _object(manifest: Manifest, spec: Any, usual: Mapping[str, str]) -> Manifest:
    metadata = {key: item for key, item in manifest["metadata"].items() if item not in _EMPTY}
    parts: dict[str, Any] = {}
    if isinstance(metadata.get("annotations"), dict):
        annotations = metadata.pop("annotations").items()
        parts["annotations"] = {key: item for key, item in annotations if usual.get(key) != item}
    if isinstance(metadata.get("finalizers"), list):
        finalizers = sorted(map(str, metadata.pop("finalizers")))
        parts["finalizers"] = [
            item.removesuffix("/foreground") if _is_cascade(item) else item for item in finalizers
        ]
    rest = {key: item for key, item in manifest.items() if key not in ("status", "apiVersion")}
    return {**rest, "metadata": metadata | _present(parts), "spec": spec}


def _is_cascade(finalizer: str) -> bool:
    return finalizer == f"{_FINALIZER}/foreground"


def _kustomization(spec: Manifest, home: Any) -> Manifest:
    for key in ("interval", "retryInterval", "timeout"):
        spec[key] = _duration(spec.get(key))
    spec["retryInterval"] = spec["retryInterval"] or spec["interval"]
    spec["path"] = _path(spec.get("path") or ".")
    if isinstance(spec.get("sourceRef"), dict):
        source = {**spec["sourceRef"]}
        source.pop("apiVersion", None)
        spec["sourceRef"] = {**source, "namespace": source.get("namespace") or home}
    if isinstance(needs := spec.get("dependsOn"), list):
        spec["dependsOn"] = [
            {**item, "namespace": item.get("namespace") or home} if isinstance(item, dict) else item
            for item in needs
        ]
    if isinstance(spec.get("postBuild"), dict):  # without variables nothing is substituted
        spec["postBuild"] = _present(spec["postBuild"])
    if spec.get("wait") is True:
        spec.pop("healthChecks", None)
    if spec.get("wait") is not True and not spec.get("healthChecks"):
        spec.pop("healthCheckExprs", None)
    for key in _FALSE_BY_DEFAULT:
        if spec.get(key) is False:
            del spec[key]
    if spec.get("deletionPolicy") == "MirrorPrune":
        del spec["deletionPolicy"]
    return _present(spec)


def _application(spec: Manifest) -> Manifest:
    single = spec.pop("source", None)
    several = spec.get("sources") or ([] if single is None else [single])
    if isinstance(several, list):
        several = [_source(item) if isinstance(item, dict) else item for item in several]
    spec["sources"] = several
    spec["project"] = spec.get("project") or "default"
    if isinstance(ignored := spec.get("ignoreDifferences"), list):  # no group is the core group
        spec["ignoreDifferences"] = [
            _present(item) if isinstance(item, dict) else item for item in ignored
        ]
    policy = spec.get("syncPolicy")
    spec["syncPolicy"] = _policy(policy) if isinstance(policy, dict) else policy
    return _present(spec)


def _source(source: Manifest) -> Manifest:
    made = {**source, "targetRevision": source.get("targetRevision") or "HEAD"}
    if made.get("path"):
        made["path"] = _path(made["path"])
    return _present(
        {key: _present(item) if isinstance(item, dict) else item for key, item in made.items()}
    )


def _policy(policy: Manifest) -> Manifest:
    automated = policy.get("automated")
    made = dict(policy)
    if not isinstance(automated, dict) or automated.get("enabled") is False:
        made["automated"] = None
    else:
        given = {key: item for key, item in automated.items() if item is True and key != "enabled"}
        made["automated"] = {"enabled": True, **given}
    if isinstance(options := policy.get("syncOptions"), list):
        texts = set(map(str, options))
        heard = (item for item in texts if _HEARD.fullmatch(item))
        made["syncOptions"] = sorted(item for item in heard if not _OFF.fullmatch(item))
    return _present(made)


def _path(value: Any) -> str:
    """Return a path from the root of its source, with one slash: POSIX keeps two at the start."""
    return "/" + normpath(f"/{value}").lstrip("/")


def _duration(value: Any) -> Any:
    is_one = isinstance(value, str) and _DURATION.fullmatch(value)
    return durations.canonical(value) if is_one else value


def _present(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: item for key, item in values.items() if item not in _EMPTY}

"""Refuse patches of GitOps objects that change what they must not, and check the results.

The tree stands on names, paths, sources and the order of what it holds. All of that is set in the
stack, so nothing is lost to who can't patch it.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import Struct, ValidationError, convert, field

from kure_hooks.decoding.objects import faults
from kure_hooks.decoding.types import Duration
from kure_hooks.manifests import Manifest, identity, same
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.document import key_path


class _Source(Struct, frozen=True, rename="camel"):
    repo_url: str = field(name="repoURL")


class _SyncPolicy(Struct, frozen=True, rename="camel"):
    automated: dict[str, bool] = {}
    sync_options: list[str] = []


class _ApplicationSpec(Struct, frozen=True, rename="camel"):
    destination: dict[str, str]
    source: _Source | None = None
    sources: list[_Source] = []
    sync_policy: _SyncPolicy = _SyncPolicy()


class _Application(Struct, frozen=True):
    spec: _ApplicationSpec


class _ReconciledSpec(Struct, frozen=True, rename="camel"):
    interval: Duration | None = None
    timeout: Duration | None = None
    retry_interval: Duration | None = None
    prune: bool | None = None
    wait: bool | None = None
    force: bool | None = None
    suspend: bool | None = None


class _Reconciled(Struct, frozen=True):
    spec: _ReconciledSpec


# What is read of objects once they are patched, and what Flux's objects have in common.
_SHAPES = {
    ("argoproj.io", "Application"): _Application,
    ("kustomize.toolkit.fluxcd.io", "Kustomization"): _Reconciled,
    ("helm.toolkit.fluxcd.io", "HelmRelease"): _Reconciled,
    **{
        ("source.toolkit.fluxcd.io", kind): _Reconciled
        for kind in ("GitRepository", "OCIRepository", "Bucket", "HelmRepository")
    },
}

_Fixed = Iterator[tuple[str, Any]]

_WAVE = "argocd.argoproj.io/sync-wave"


def problems_of(manifest: Manifest, result: Any) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with what a patch made of an object: the problem and what is expected."""
    broken = [
        (f"{key_path(pointer) or 'the result'}: {problem}", expected)
        for pointer, problem, expected in faults(result)
    ]
    if broken:
        yield from broken
        return
    who = identity(manifest)
    if isinstance(manifest.get("spec"), dict) and not isinstance(result.get("spec"), dict):
        yield f"spec of {who} is no mapping any more", "a mapping"
        return
    try:
        convert(result, _SHAPES.get((who.group, who.kind), dict))
    except ValidationError as error:
        yield f"{who} is not as its kind has it any more: {error}", "values of the right types"
        return
    now = dict(_fixed(result))
    for key, value in _fixed(manifest):
        if not same(now.get(key), value):
            expected = f"Leave {key} as it is, or set it in the stack where a key for it exists."
            yield f"a patch can't change {key} of {who}", expected
    empty = set(_empty(manifest, ()))
    for pointer in _empty(result, ()):
        if pointer not in empty:
            expected = "a value, or an operation that removes it"
            yield f"{key_path(pointer)} of {who} would be null", expected


def _fixed(manifest: Manifest) -> _Fixed:
    """Yield the parts that have to stay, by their key paths."""
    metadata = manifest["metadata"]
    yield "apiVersion", manifest["apiVersion"]
    yield "kind", manifest["kind"]
    yield "metadata.name", metadata["name"]
    yield "metadata.namespace", metadata.get("namespace")
    group = identity(manifest).group
    if parts := _OF_KINDS.get((group, manifest["kind"])):
        spec = manifest.get("spec")
        yield from parts(spec if isinstance(spec, dict) else {})
    if group == "argoproj.io":
        yield f"the annotation {_WAVE}", (metadata.get("annotations") or {}).get(_WAVE)
        yield "the label level", (metadata.get("labels") or {}).get("level")


def _of_kustomization(spec: Manifest) -> _Fixed:
    keys = ("path", "sourceRef", "dependsOn", "components")
    for key in (*keys, "targetNamespace", "namePrefix", "nameSuffix"):
        yield f"spec.{key}", spec.get(key)


def _of_instance(spec: Manifest) -> _Fixed:
    for key in ("kind", "name", "path"):
        yield f"spec.sync.{key}", _at(spec, "sync", key)


def _of_application(spec: Manifest) -> _Fixed:
    yield "spec.project", spec.get("project")
    sources = spec.get("sources") or [spec.get("source")]
    for source in sources if isinstance(sources, list) else ():
        for key in ("path", "chart", "ref"):
            if isinstance(source, dict) and source.get(key):
                place = f"{source.get('repoURL')} {key} {source[key]}"
                yield f"the source {place}", True


def _of_set(spec: Manifest) -> _Fixed:
    for key in ("generators", "goTemplate", "templatePatch"):
        yield f"spec.{key}", spec.get(key)
    for keys in (("metadata", "name"), ("metadata", "namespace"), ("spec", "project")):
        yield ".".join(("spec.template", *keys)), _at(spec, "template", *keys)
    yield "spec.strategy.type", _at(spec, "strategy", "type")
    steps = _at(spec, "strategy", "rollingSync", "steps")
    items = steps if isinstance(steps, list) else []
    levels = [_at(each, "matchExpressions") for each in items]
    yield "matchExpressions of spec.strategy.rollingSync.steps", levels


_OF_KINDS: Mapping[tuple[str, str], Callable[[Manifest], _Fixed]] = {
    ("kustomize.toolkit.fluxcd.io", "Kustomization"): _of_kustomization,
    ("fluxcd.controlplane.io", "FluxInstance"): _of_instance,
    ("argoproj.io", "Application"): _of_application,
    ("argoproj.io", "ApplicationSet"): _of_set,
}


def _at(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _empty(value: Any, pointer: Pointer) -> Iterator[Pointer]:
    """Yield where null is."""
    if value is None:
        yield pointer
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _empty(each, (*pointer, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _empty(each, (*pointer, index))

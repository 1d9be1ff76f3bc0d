"""Secrets that External Secrets (v1) makes of what a store holds."""

from collections.abc import Iterator

from msgspec.structs import replace

from kure_hooks.apps.workload.beside import pods
from kure_hooks.apps.workload.beside.made import Made, places
from kure_hooks.apps.workload.beside.mounts import claim_name
from kure_hooks.apps.workload.beside.spec import Spec
from kure_hooks.apps.workload.checks.common import exactly_one, given, known
from kure_hooks.apps.workload.inputs.containers import Container
from kure_hooks.apps.workload.inputs.secrets import (
    DataFrom,
    ExternalSecret,
    RemoteRef,
    SecretStore,
)
from kure_hooks.apps.workload.inputs.variables import EnvFrom, WholeRef
from kure_hooks.apps.workload.objects import new, ordered
from kure_hooks.manifests import Manifest, plain
from kure_hooks.stack.model import Application
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem

_KEYS = ("refreshPolicy", "refreshInterval", "secretStoreRef", "target", "data", "dataFrom")
_TARGET = ("creationPolicy", "deletionPolicy", "template")
_DEFAULTS: Manifest = {
    "conversionStrategy": "Default",
    "decodingStrategy": "None",
    "metadataPolicy": "None",
}
_OF_FIND = ("conversionStrategy", "decodingStrategy")
_ORIGINS = ("extract", "find", "sourceRef")


def external_secrets(application: Application, spec: Spec) -> Iterator[Made]:
    """Yield the ExternalSecrets by name.

    They have the keys that the API server adds inside of lists: without them Argo CD would find
    one out of sync for ever.
    """
    for key, secret in sorted(spec.external_secrets.items()):
        here = ("externalSecrets", key)
        name = claim_name(application.name, key, secret.name)
        fields: Manifest = plain(secret)
        fields["secretStoreRef"] = _store(secret)
        fields["target"] = {"name": name} | ordered(fields, _TARGET)
        fields["data"] = [
            {"secretKey": target, "remoteRef": _remote(reference)}
            for target, reference in sorted(secret.data.items())
        ]
        fields["dataFrom"] = [_source(source) for source in secret.data_from]
        written = {part: fields[part] for part in _KEYS if fields.get(part)}
        manifest = new(
            application, "external-secrets.io/v1", "ExternalSecret", name, secret.annotations
        )
        yield Made(manifest | {"spec": written}, _written(here, secret))


def _store(secret: ExternalSecret) -> Manifest:
    store = secret.store or ""
    named = SecretStore(name=store) if isinstance(store, str) else store
    return {"kind": named.kind, "name": named.name}


def _remote(reference: str | RemoteRef) -> Manifest:
    named = RemoteRef(key=reference) if isinstance(reference, str) else reference
    return {**_DEFAULTS, **plain(named)}


def _source(source: DataFrom) -> Manifest:
    fields: Manifest = plain(source)
    if source.extract:
        fields["extract"] = _remote(source.extract)
    if source.find is not None:
        fields["find"] = ordered(_DEFAULTS, _OF_FIND) | fields["find"]
    return fields


def _written(here: Pointer, secret: ExternalSecret) -> dict[Pointer, Pointer]:
    data: dict[Pointer, Pointer] = {
        ("spec", "data", at, "remoteRef"): (*here, "data", key)
        for at, key in enumerate(sorted(secret.data))
    }
    store: dict[Pointer, Pointer] = {("spec", "secretStoreRef"): (*here, "store")}
    target = places(here, (*_TARGET, "name"), ("spec", "target"))
    return places(here, ("refreshPolicy", "refreshInterval", "dataFrom")) | target | store | data


def with_variables(spec: Spec, application: str) -> Spec:
    """Return the spec whose containers have the keys of secrets as variables."""
    if not any(secret.env_from for secret in spec.external_secrets.values()):
        return spec
    return pods.changed(spec, lambda container: _with(container, spec, application))


def _with(container: Container, spec: Spec, application: str) -> Container:
    more = tuple(
        EnvFrom(secret_ref=WholeRef(name=claim_name(application, key, secret.name)))
        for key, secret in spec.external_secrets.items()
        if secret.env_from is True or (secret.env_from and container.name in secret.env_from)
    )
    return replace(container, env_from=(*container.env_from, *more)) if more else container


def problems(spec: Spec) -> Iterator[Problem]:
    """Yield what is wrong with the secrets; their CRD says the rest, at the same lines."""
    names = [container.name for container in pods.containers(spec)]
    for key, secret in spec.external_secrets.items():
        here = ("externalSecrets", key)
        if secret.store is None:
            problem = "the secret comes from no store"
            yield (*here, "store"), problem, "the name of a ClusterSecretStore"
        if not secret.data and not secret.data_from:
            yield (*here, "data"), "the secret has no keys", "data or dataFrom"
        for at, source in enumerate(secret.data_from):
            keys = [part for part in given(source) if part in _ORIGINS]
            yield from exactly_one((*here, "dataFrom", at), keys, ", ".join(_ORIGINS))
        named = secret.env_from if isinstance(secret.env_from, tuple) else ()
        for at, name in enumerate(named):
            if name not in names:
                problem = f"there is no container {name}"
                yield (*here, "envFrom", at), problem, known(name, names)

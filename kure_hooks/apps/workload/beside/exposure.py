"""The way in from outside: an Ingress, or an HTTPRoute at the Gateway of the cluster."""

from collections.abc import Iterator, Sequence
from typing import Literal

from msgspec import Struct

from kure_hooks.apps.workload.beside import backends, routes
from kure_hooks.apps.workload.beside.certificates import certificate, secret_name
from kure_hooks.apps.workload.beside.made import Made, places
from kure_hooks.apps.workload.beside.spec import Spec
from kure_hooks.apps.workload.checks.common import given
from kure_hooks.apps.workload.inputs.exposure import Expose, ExposedTls, Issuer
from kure_hooks.apps.workload.inputs.routes import Gateway
from kure_hooks.apps.workload.objects import new, ordered
from kure_hooks.manifests import Manifest
from kure_hooks.stack.model import Application
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem

_HERE: Pointer = ("expose",)
_ISSUERS = {
    "ClusterIssuer": "cert-manager.io/cluster-issuer",
    "Issuer": "cert-manager.io/issuer",
}


class Exposure(Struct, frozen=True, kw_only=True):
    """The way in which a cluster exposes applications."""

    controller: Literal["ingress", "gateway"] = "ingress"
    gateway: Gateway | None = None
    ingress_class: str | None = None
    issuer: Issuer | None = None
    annotations: dict[str, str] = {}


def exposed(
    application: Application, spec: Spec, exposure: Exposure | None = None
) -> Iterator[Made]:
    """Yield the objects that expose the application; without a word of the cluster an Ingress."""
    if spec.expose is None:
        return
    exposure = exposure or Exposure()
    issuer = _issuer(spec.expose, exposure)
    if exposure.controller == "gateway" and exposure.gateway:
        yield _route(application, spec, exposure, exposure.gateway)
        if spec.expose.tls and issuer:
            yield _certificate(application, spec.expose, issuer)
    else:
        yield _ingress(application, spec, exposure, issuer)


def _route(application: Application, spec: Spec, exposure: Exposure, gateway: Gateway) -> Made:
    expose = _of(spec)
    name, port = backends.backend(spec, expose.service, expose.port)
    fields: Manifest = {"parentRefs": [routes.parent_ref(routes.parent(gateway))]}
    if hosts := _hosts(expose):
        fields["hostnames"] = [*hosts]
    fields["rules"] = [routes.http_rule(path, name, port) for path in _paths(expose)]
    annotations = {**exposure.annotations, **expose.annotations}
    manifest = new(application, routes.API, "HTTPRoute", expose.name, annotations)
    hosts = ("expose", "host" if expose.host else "hosts")
    return Made(manifest | {"spec": fields}, places(_HERE) | {("spec", "hostnames"): hosts})


def _ingress(
    application: Application, spec: Spec, exposure: Exposure, issuer: Issuer | None
) -> Made:
    expose = _of(spec)
    name, port = backends.backend(spec, expose.service, expose.port)
    target = {"service": {"name": name, "port": {"number": port}}}
    paths = [{"path": path, "pathType": "Prefix", "backend": target} for path in _paths(expose)]
    fields: Manifest = {
        "rules": [
            ({"host": host} if host else {}) | {"http": {"paths": _copies(paths)}}
            for host in _hosts(expose) or [""]
        ]
    }
    annotations = {**exposure.annotations}
    if exposure.ingress_class:
        fields["ingressClassName"] = exposure.ingress_class
    if expose.tls:
        fields["tls"] = [_tls(application, expose)]
        annotations |= _annotation(issuer) if issuer else {}
    annotations |= expose.annotations
    manifest = new(application, "networking.k8s.io/v1", "Ingress", expose.name, annotations)
    ordering = ("ingressClassName", "tls", "rules")
    return Made(manifest | {"spec": ordered(fields, ordering)}, places(_HERE))


def _copies(paths: Sequence[Manifest]) -> list[Manifest]:
    """Return paths that share no mapping with those of another host."""
    return [
        path | {"backend": {"service": {**service, "port": {**service["port"]}}}}
        for path in paths
        for service in [path["backend"]["service"]]
    ]


def _tls(application: Application, expose: Expose) -> Manifest:
    secret = {"secretName": _secret(expose, application.name)}
    return ({"hosts": [*_hosts(expose)]} if _hosts(expose) else {}) | secret


def _annotation(issuer: Issuer) -> dict[str, str]:
    """Return the annotations by which cert-manager makes the certificate of an Ingress."""
    if issuer.kind in _ISSUERS and not issuer.group:
        return {_ISSUERS[issuer.kind]: issuer.name}
    group = {"cert-manager.io/issuer-group": issuer.group} if issuer.group else {}
    return {
        "cert-manager.io/issuer": issuer.name,
        "cert-manager.io/issuer-kind": issuer.kind,
        **group,
    }


def _certificate(application: Application, expose: Expose, issuer: Issuer) -> Made:
    secret = _secret(expose, application.name)
    fields = {"dnsNames": [*_hosts(expose)], "secretName": secret}
    return Made(certificate(application, secret, issuer, fields), places(_HERE))


def _secret(expose: Expose, application: str) -> str:
    """Return the name of the Secret with the certificate of an application."""
    named = expose.tls.secret_name if isinstance(expose.tls, ExposedTls) else None
    return named or f"{expose.name or application}-tls"


def _issuer(expose: Expose, exposure: Exposure) -> Issuer | None:
    named = expose.tls.issuer if isinstance(expose.tls, ExposedTls) else None
    if isinstance(named, str):
        return Issuer(name=named)
    return named or exposure.issuer


def _hosts(expose: Expose) -> Sequence[str]:
    return [expose.host] if expose.host else expose.hosts


def _paths(expose: Expose) -> Sequence[str]:
    return expose.paths or [expose.path or "/"]


def _of(spec: Spec) -> Expose:
    return spec.expose or Expose()


def problems(spec: Spec) -> Iterator[Problem]:
    """Yield what is wrong with the way in from outside."""
    expose = spec.expose
    if expose is None:
        return
    written = given(expose)
    for one, several in (("host", "hosts"), ("path", "paths")):
        if one in written and several in written:
            problem = f"{several} and {one} exclude each other"
            yield ("expose", one), problem, "Keep one of them."
    yield from backends.host_problems([(("expose", "host"), expose.host)])
    yield from backends.host_problems(
        (("expose", "hosts", at), host) for at, host in enumerate(expose.hosts)
    )
    if expose.tls and not _hosts(expose):
        problem = "a certificate is for hosts, and there is none"
        yield ("expose", "host"), problem, "a host such as www.example.com"
    if spec.ingress and spec.ingress.name == expose.name:
        problem = "the ingress of the application has the same name"
        yield ("expose", "name"), problem, "Give one of the two another name."
    for route in spec.routes:
        if route.kind == "HTTPRoute" and route.name == expose.name:
            problem = "a route of the application has the same name"
            yield ("expose", "name"), problem, "Give one of the two another name."
    for wanted in spec.certificates if expose.tls else ():
        if secret_name(wanted, "") == _secret(expose, ""):
            problem = "a certificate of the application has the same Secret"
            yield ("expose", "tls"), problem, "Give one of the two another secretName."
    yield from backends.problems(spec, ("expose",), expose.service, expose.port)

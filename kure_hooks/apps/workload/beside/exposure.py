"""The way in from outside: an Ingress, or an HTTPRoute at the Gateway of the cluster."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kure_hooks.apps.workload.beside import backends, routes
from kure_hooks.apps.workload.beside.certificates import certificate, secret_name
from kure_hooks.apps.workload.beside.made import Made, places
from kure_hooks.apps.workload.beside.spec import Spec
from kure_hooks.apps.workload.checks.common import given
from kure_hooks.apps.workload.inputs.exposure import Certificate, Expose, ExposedTls, Issuer
from kure_hooks.apps.workload.inputs.network import (
    Backend,
    BackendPort,
    BackendService,
    IngressPath,
    IngressPaths,
    IngressRule,
)
from kure_hooks.apps.workload.objects import new, ordered
from kure_hooks.config.profile import Exposure, Gateway, Profile
from kure_hooks.config.profile import Issuer as UsualIssuer
from kure_hooks.manifests import Manifest, plain
from kure_hooks.stack.model import Application
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem

_HERE: Pointer = ("expose",)
_ISSUERS = {
    "ClusterIssuer": "cert-manager.io/cluster-issuer",
    "Issuer": "cert-manager.io/issuer",
}


class _Way(NamedTuple):
    """A way in: what the application asks for, what its cluster says, and where it leads to."""

    expose: Expose
    exposure: Exposure
    issuer: Issuer | None
    service: str
    port: int | None

    @property
    def hosts(self) -> Sequence[str]:
        return _hosts(self.expose)

    @property
    def paths(self) -> Sequence[str]:
        return self.expose.paths or [self.expose.path or "/"]

    @property
    def annotations(self) -> dict[str, str]:
        return {**self.exposure.annotations, **self.expose.annotations}


def exposed(application: Application, spec: Spec) -> Iterator[Made]:
    """Yield the objects that expose the application as the profile of its cluster says.

    Without a word of it, that is an Ingress of the cluster's usual class.
    """
    expose = spec.expose
    if expose is None:
        return
    profile = application.profile or Profile()
    exposure = profile.exposure(internal=expose.internal) or Exposure()
    issuer = None if _own(spec) else _issuer(expose, profile.issuer(exposure))
    way = _Way(expose, exposure, issuer, *backends.backend(spec, expose.service, expose.port))
    if exposure.controller == "ingress" or exposure.gateway is None:
        yield _ingress(application, way)
        return
    yield _route(application, way, exposure.gateway)
    if expose.tls and issuer:
        yield _certificate(application, way, issuer)


def _route(application: Application, way: _Way, gateway: Gateway) -> Made:
    fields: Manifest = {"parentRefs": [routes.parent_ref(routes.parent(gateway))]}
    if way.hosts:
        fields["hostnames"] = [*way.hosts]
    fields["rules"] = [routes.http_rule(path, way.service, way.port) for path in way.paths]
    manifest = new(application, routes.API, "HTTPRoute", way.expose.name, way.annotations)
    hosts = ("expose", "host" if way.expose.host else "hosts")
    return Made(manifest | {"spec": fields}, places(_HERE) | {("spec", "hostnames"): hosts})


def _ingress(application: Application, way: _Way) -> Made:
    port = BackendPort(number=way.port)
    backend = Backend(service=BackendService(name=way.service, port=port))
    paths = tuple(IngressPath(path=path, path_type="Prefix", backend=backend) for path in way.paths)
    hosts: Sequence[str | None] = way.hosts or [None]
    rules = [IngressRule(host=host, http=IngressPaths(paths=paths)) for host in hosts]
    fields: Manifest = {"rules": plain(rules)}
    annotations = way.annotations
    if way.exposure.ingress_class:
        fields["ingressClassName"] = way.exposure.ingress_class
    if way.expose.tls:
        secret = _secret(way.expose, application.name)
        fields["tls"] = [{"hosts": [*way.hosts], "secretName": secret}]
        annotations = (_annotations(way.issuer) if way.issuer else {}) | annotations
    manifest = new(application, "networking.k8s.io/v1", "Ingress", way.expose.name, annotations)
    ordering = ("ingressClassName", "tls", "rules")
    return Made(manifest | {"spec": ordered(fields, ordering)}, places(_HERE))


def _annotations(issuer: Issuer) -> dict[str, str]:
    """Return the annotations by which cert-manager makes the certificate of an Ingress."""
    if issuer.kind in _ISSUERS and not issuer.group:
        return {_ISSUERS[issuer.kind]: issuer.name}
    group = {"cert-manager.io/issuer-group": issuer.group} if issuer.group else {}
    return {
        "cert-manager.io/issuer": issuer.name,
        "cert-manager.io/issuer-kind": issuer.kind,
        **group,
    }


def _certificate(application: Application, way: _Way, issuer: Issuer) -> Made:
    secret = _secret(way.expose, application.name)
    fields = {"dnsNames": [*way.hosts], "secretName": secret}
    return Made(certificate(application, secret, issuer, fields), places(_HERE))


def _secret(expose: Expose, application: str) -> str:
    """Return the name of the Secret with the certificate of an application."""
    named = expose.tls.secret_name if isinstance(expose.tls, ExposedTls) else None
    return named or f"{expose.name or application}-tls"


def _own(spec: Spec) -> list[Certificate]:
    """Return the application's own Certificates whose Secret `expose` serves with."""
    expose = spec.expose
    if expose is None or not expose.tls:
        return []
    secret = _secret(expose, "")
    return [wanted for wanted in spec.certificates if secret_name(wanted, "") == secret]


def _issuer(expose: Expose, usual: UsualIssuer | None) -> Issuer | None:
    named = expose.tls.issuer if isinstance(expose.tls, ExposedTls) else None
    if isinstance(named, str):
        return Issuer(name=named)
    return named or (Issuer(kind=usual.kind, name=usual.name) if usual else None)


def _hosts(expose: Expose) -> Sequence[str]:
    return [expose.host] if expose.host else expose.hosts


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
    yield from _certificate_problems(spec, expose)
    yield from backends.problems(spec, ("expose",), expose.service, expose.port)


def _certificate_problems(spec: Spec, expose: Expose) -> Iterator[Problem]:
    """Yield why a Certificate of the application can't be the one of `expose`."""
    if not _own(spec):
        return
    tls = expose.tls
    if not isinstance(tls, ExposedTls) or tls.secret_name is None:
        problem = "a certificate of the application has the same Secret"
        expected = "Name it in tls.secretName to serve with it, or give it another secretName."
        yield ("expose", "tls"), problem, expected
    elif tls.issuer is not None:
        problem = f"{tls.secret_name} is the Secret of a certificate that has an issuer"
        yield ("expose", "tls", "issuer"), problem, "Delete this issuer, or choose another Secret."

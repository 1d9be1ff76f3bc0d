"""Certificates of cert-manager (v1)."""

from collections.abc import Iterator, Mapping
from typing import Any

from kure_hooks.apps.workload.beside.made import Made, is_shorter, names_differ, places
from kure_hooks.apps.workload.beside.spec import Spec
from kure_hooks.apps.workload.inputs.exposure import Certificate, Issuer
from kure_hooks.apps.workload.objects import new, ordered
from kure_hooks.manifests import Manifest, plain
from kure_hooks.stack.model import Application
from kure_hooks.yamlio.place import Problem

_SUBJECTS = ("dnsNames", "commonName", "ipAddresses", "uris", "emailAddresses")
_DURATION = "2160h"
"""The duration of a certificate that says none (cert-manager 1.21)."""
_KEYS = (
    *("commonName", "dnsNames", "ipAddresses", "uris", "emailAddresses", "subject"),
    *("secretName", "secretTemplate", "issuerRef", "duration", "renewBefore", "isCA", "usages"),
    *("privateKey", "keystores", "additionalOutputFormats", "revisionHistoryLimit"),
)


def certificates(application: Application, spec: Spec) -> Iterator[Made]:
    """Yield the Certificates in the author's order."""
    for at, wanted in enumerate(spec.certificates):
        here = ("certificates", at)
        fields = plain(wanted)
        name = wanted.name or application.name
        fields["secretName"] = secret_name(wanted, application.name)
        if formats := fields.get("additionalOutputFormats"):
            fields["additionalOutputFormats"] = [{"type": name} for name in formats]
        manifest = certificate(application, name, _issuer(wanted), fields, wanted.annotations)
        yield Made(manifest, places(here, _KEYS) | {("spec", "issuerRef"): (*here, "issuer")})


def secret_name(wanted: Certificate, application: str) -> str:
    """Return the name of the Secret of a Certificate of an application."""
    return wanted.secret_name or f"{wanted.name or application}-tls"


def certificate(
    application: Application,
    name: str,
    issuer: Issuer,
    fields: Mapping[str, Any],
    annotations: Mapping[str, str] | None = None,
) -> Manifest:
    """Return a Certificate of an issuer; `fields` are those of its spec beside `issuerRef`."""
    reference = {"group": "cert-manager.io", "kind": issuer.kind, **plain(issuer)}
    manifest = new(application, "cert-manager.io/v1", "Certificate", name, annotations)
    return manifest | {"spec": ordered({**fields, "issuerRef": reference}, _KEYS)}


def _issuer(wanted: Certificate) -> Issuer:
    issuer = wanted.issuer or ""
    return Issuer(name=issuer) if isinstance(issuer, str) else issuer


def problems(spec: Spec) -> Iterator[Problem]:
    """Yield what is wrong with the Certificates; their CRD says the rest, at the same lines."""
    yield from names_differ(
        (("certificates", at, "name"), wanted.name) for at, wanted in enumerate(spec.certificates)
    )
    for at, wanted in enumerate(spec.certificates):
        written = plain(wanted)
        if wanted.issuer is None:
            problem = "nobody issues the certificate"
            yield ("certificates", at, "issuer"), problem, "the name of a ClusterIssuer"
        if not is_shorter(wanted.renew_before, wanted.duration or _DURATION):
            problem = f"{wanted.renew_before} is not less than the duration of the certificate"
            yield ("certificates", at, "renewBefore"), problem, "Choose a shorter time."
        if not any(key in written for key in _SUBJECTS):
            problem = "the certificate is for nothing"
            yield ("certificates", at, "dnsNames"), problem, "a list of hosts"

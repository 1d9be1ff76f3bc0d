"""Ways in from outside that do not say by which controller, and certificates."""

from typing import Annotated, Any, Literal

from msgspec import Meta, field

from kure_hooks.apps.workload.inputs.network import Host, UrlPath
from kure_hooks.apps.workload.inputs.terms import (
    Annotations,
    Fields,
    ObjectName,
    Port,
    Positive,
    ServiceName,
    Text,
)
from kure_hooks.decoding.types import whole

LifeTime = Annotated[
    str,
    Meta(
        pattern=whole(r"([0-9]{1,6}(\.[0-9]{1,3})?h|[0-9]{1,8}m|[0-9]{1,9}s){1,3}"),
        description="a time such as 2160h, which is 90 days",
        examples=["2160h"],
    ),
]


class Issuer(Fields, frozen=True, kw_only=True):
    """An issuer of cert-manager, or of another project."""

    group: Text | None = None
    """The API group of the issuer. Without it cert-manager.io."""
    kind: Text = "ClusterIssuer"
    """The kind of the issuer: ClusterIssuer, Issuer, or one of another group."""
    name: ObjectName
    """The name of the issuer, such as letsencrypt."""


class ExposedTls(Fields, frozen=True, kw_only=True):
    """The certificate of the hosts."""

    secret_name: ObjectName | None = None
    """The Secret with the certificate, which may be that of an entry of `certificates`. Without it
    the name of the application and -tls."""
    issuer: ObjectName | Issuer | None = None
    """The issuer of the certificate: the name of a ClusterIssuer, or a mapping. Without it that of
    the cluster."""


class Expose(Fields, frozen=True, kw_only=True):
    """A way in from outside: an Ingress or an HTTPRoute, as the cluster does it."""

    name: ObjectName | None = None
    """The name of the objects. Without it that of the application."""
    annotations: Annotations = field(default_factory=dict)
    """Annotations for the Ingress or the HTTPRoute, beside those of the cluster."""
    internal: bool = False
    """Take the way in for the own network, where the cluster has one."""
    host: Host | None = None
    """The only host. For several there is `hosts`."""
    hosts: tuple[Host, ...] = ()
    """The hosts, in place of `host`."""
    path: UrlPath | None = None
    """The only path that requests begin with. Without it /."""
    paths: tuple[UrlPath, ...] = ()
    """The paths that requests begin with, in place of `path`."""
    service: ServiceName | None = None
    """The Service that answers. Without it the only one of the application."""
    port: Port | None = None
    """The port of the Service, by number or name. Without it the only one."""
    tls: bool | ExposedTls = False
    """Serve the hosts with TLS: true, or a mapping with the Secret or the issuer."""


class Certificate(Fields, frozen=True, kw_only=True):
    """A Certificate of cert-manager (v1)."""

    name: ObjectName | None = None
    """The name of the Certificate. Without it that of the application."""
    annotations: Annotations = field(default_factory=dict)
    """Annotations for the Certificate."""
    issuer: ObjectName | Issuer | None = None
    """The issuer: the name of a ClusterIssuer, or a mapping. Without it that of the cluster."""
    secret_name: ObjectName | None = None
    """The Secret for certificate and key. Without it the name of the Certificate and -tls."""
    secret_template: dict[str, Any] | None = None
    """Labels and annotations of the Secret, as cert-manager has them."""
    common_name: Text | None = None
    """The common name of the certificate, of at most 64 characters."""
    dns_names: tuple[Text, ...] = ()
    """The hosts that the certificate is for."""
    ip_addresses: tuple[Text, ...] = ()
    """The addresses that the certificate is for."""
    uris: tuple[Text, ...] = ()
    """The URIs that the certificate is for, such as those of SPIFFE."""
    email_addresses: tuple[Text, ...] = ()
    """The addresses of mail that the certificate is for."""
    subject: dict[str, Any] | None = None
    """The organisation and so on of the certificate, as cert-manager has it."""
    duration: LifeTime | None = None
    """How long the certificate is valid. cert-manager's default is 2160h, which is 90 days."""
    renew_before: LifeTime | None = None
    """How long before its end it is renewed. cert-manager's default is a third of the duration."""
    is_ca: bool | None = field(default=None, name="isCA")
    """Make it a certificate of an authority, which signs others."""
    usages: tuple[Text, ...] = ()
    """What the certificate is for. Without it digital signature and key encipherment."""
    private_key: dict[str, Any] | None = None
    """The algorithm, size and rotation of the key, as cert-manager has them."""
    keystores: dict[str, Any] | None = None
    """Key stores for Java in the Secret, as cert-manager has them."""
    additional_output_formats: tuple[Literal["DER", "CombinedPEM"], ...] = ()
    """Further forms of the certificate in the Secret.

    - `DER`: The key in binary form.
    - `CombinedPEM`: Key and certificate in one text.
    """
    revision_history_limit: Positive | None = None
    """How many old requests are kept. cert-manager's default is 1."""

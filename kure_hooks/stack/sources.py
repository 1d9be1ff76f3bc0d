"""Sources of bundles: each exists already, or is generated too.

The fields are those of Flux's sources v1 (Flux 2.9); which of them a kind has, the engine says.
"""

from collections.abc import Iterator
from typing import Literal

from msgspec import field

from kure_hooks.decoding.types import (
    Duration,
    Input,
    Name,
    ObjectName,
    SourceTimeout,
    Text,
    Url,
)
from kure_hooks.manifests import Manifest, written

# What Flux 2.9 knows of the signatures of a kind, and what it needs.
_SIGNED = frozenset({"provider", "secretRef", "trustedRootSecretRef", "matchOIDCIdentity"})
_VERIFIED = {
    "GitRepository": ({"mode", "secretRef"}, "secretRef", "a Secret with public keys"),
    "OCIRepository": (_SIGNED, "provider", "cosign or notation"),
    "HelmChart": ({"provider", "secretRef"}, "provider", "cosign or notation"),
}


class NameRef(Input, frozen=True, kw_only=True):
    """An object of the same namespace."""

    name: ObjectName


SecretRef = NameRef | ObjectName
"""A Secret of the source's namespace: its name, or the mapping that Kubernetes writes."""


class Include(Input, frozen=True, kw_only=True):
    """Files of another GitRepository that are put into this one."""

    repository: NameRef
    from_path: Text | None = None
    to_path: Text | None = None


class OidcIdentity(Input, frozen=True, kw_only=True):
    """An identity that may have signed, as regular expressions."""

    issuer: Text
    subject: Text


class Verify(Input, frozen=True, kw_only=True):
    """The signatures to ask for: `mode` is for Git, `provider` and identities for OCI."""

    mode: Literal["HEAD", "Tag", "TagAndHEAD"] | None = None
    provider: Literal["cosign", "notation"] | None = None
    secret_ref: SecretRef | None = None
    trusted_root_secret_ref: SecretRef | None = None
    match_oidc_identity: tuple[OidcIdentity, ...] = field(default=(), name="matchOIDCIdentity")


class LayerSelector(Input, frozen=True, kw_only=True):
    """The layer of an OCI artifact that holds the files."""

    media_type: Text | None = None
    operation: Literal["extract", "copy"] | None = None


class Sts(Input, frozen=True, kw_only=True):
    """The Security Token Service that gives access to a bucket."""

    provider: Literal["aws", "ldap"]
    endpoint: Url
    secret_ref: SecretRef | None = None
    cert_secret_ref: SecretRef | None = None


class SourceDetails(Input, frozen=True, kw_only=True):
    """Details of a source: how it is fetched, who may have signed it and what is taken of it."""

    region: Text | None = None
    prefix: Text | None = None
    semver: Text | None = None
    semver_filter: Text | None = None
    commit: Text | None = None
    digest: Text | None = None
    interval: Duration | None = None
    timeout: SourceTimeout | None = None
    provider: Literal["generic", "aws", "azure", "gcp", "github"] | None = None
    cert_secret_ref: SecretRef | None = None
    proxy_secret_ref: SecretRef | None = None
    service_account_name: ObjectName | None = None
    insecure: bool | None = None
    ignore: Text | None = None
    include: tuple[Include, ...] = ()
    recurse_submodules: bool | None = None
    sparse_checkout: tuple[Text, ...] = ()
    layer_selector: LayerSelector | None = None
    sts: Sts | None = None
    verify: Verify | None = None


class ClusterSource(SourceDetails, frozen=True, kw_only=True):
    """Fields of the cluster's own source beside its kind, URL, reference and Secret.

    `name` is also that of the Kustomization that applies the cluster's directory.
    """

    name: ObjectName | None = None


class SourceRef(SourceDetails, frozen=True, kw_only=True):
    """A source by kind and name; with a `url` or `bucketName` the source itself is generated too.

    Without `namespace` it is in that of the GitOps tool. `ref` is a full Git reference such as
    `refs/pull/1/head`.
    """

    kind: Literal["GitRepository", "OCIRepository", "Bucket", "ExternalArtifact"]
    name: ObjectName
    namespace: Name | None = None
    url: Url | None = None
    bucket_name: Text | None = None
    endpoint: Text | None = None
    branch: Text | None = None
    tag: Text | None = None
    ref: Text | None = None
    secret_ref: SecretRef | None = None
    suspend: bool | None = None

    @property
    def is_defined(self) -> bool:
        """Tell whether this says what the source is, rather than only which one is meant."""
        return bool(self.bucket_name if self.kind == "Bucket" else self.url)


def secret(reference: SecretRef | None) -> Manifest | None:
    """Return how an object of Flux refers to a Secret."""
    name = reference.name if isinstance(reference, NameRef) else reference
    return {"name": name} if name else None


def verification(verify: Verify) -> Manifest:
    """Return the `verify` of an object of Flux."""
    given: Manifest = written(verify)
    references = {
        "secretRef": secret(verify.secret_ref),
        "trustedRootSecretRef": secret(verify.trusted_root_secret_ref),
    }
    return {key: references.get(key, value) for key, value in given.items()}


def verification_problems(kind: str, name: str, verify: Verify) -> Iterator[tuple[str, str, str]]:
    """Yield a key, what is wrong with it and what is expected, for an object that is verified."""
    given = written(verify)
    known, needed, expected = _VERIFIED[kind]
    for key in sorted(given.keys() - known):
        yield key, f"{key} does not belong to {kind} {name}", f"Delete {key}."
    if needed not in given:
        yield needed, "this required key is missing", expected

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
    """The name of the object."""


SecretRef = NameRef | ObjectName
"""A Secret of the source's namespace: its name, or the mapping that Kubernetes writes."""


class Include(Input, frozen=True, kw_only=True):
    """Files of another GitRepository that are put into this one."""

    repository: NameRef
    """The GitRepository whose files are put into this one."""
    from_path: Text | None = None
    """The directory to copy from the other repository. Without it all of it."""
    to_path: Text | None = None
    """The directory to copy to. Without it a directory with the name of the other repository."""


class OidcIdentity(Input, frozen=True, kw_only=True):
    """An identity that may have signed, as regular expressions."""

    issuer: Text
    """A regular expression for the issuer of the certificate."""
    subject: Text
    """A regular expression for the subject of the certificate, such as the URL of a workflow."""


class Verify(Input, frozen=True, kw_only=True):
    """The signatures to ask for: `mode` is for Git, `provider` and identities for OCI."""

    mode: Literal["HEAD", "Tag", "TagAndHEAD"] | None = None
    """What of a Git repository has to be signed.

    - `HEAD`: The commit that is checked out.
    - `Tag`: The tag that is checked out.
    - `TagAndHEAD`: Both of them.
    """
    provider: Literal["cosign", "notation"] | None = None
    """The tool that signed an OCI artifact or a chart.

    - `cosign`: Cosign of the Sigstore project.
    - `notation`: Notation of the Notary Project.
    """
    secret_ref: SecretRef | None = None
    """The Secret with the public keys of those who may sign."""
    trusted_root_secret_ref: SecretRef | None = None
    """The Secret with the trusted root of a Sigstore of your own."""
    match_oidc_identity: tuple[OidcIdentity, ...] = field(default=(), name="matchOIDCIdentity")
    """Identities that may have signed without a key. One of them has to match."""


class LayerSelector(Input, frozen=True, kw_only=True):
    """The layer of an OCI artifact that holds the files."""

    media_type: Text | None = None
    """The media type of the layer to take. Without it the first layer is taken."""
    operation: Literal["extract", "copy"] | None = None
    """What is done with the layer.

    - `extract`: It is unpacked, which is Flux's default.
    - `copy`: It is kept as the archive that it is.
    """


class Sts(Input, frozen=True, kw_only=True):
    """The Security Token Service that gives access to a bucket."""

    provider: Literal["aws", "ldap"]
    """The kind of the Security Token Service.

    - `aws`: That of Amazon Web Services.
    - `ldap`: That of MinIO with LDAP.
    """
    endpoint: Url
    """The URL of the Security Token Service."""
    secret_ref: SecretRef | None = None
    """The Secret with the user and password for LDAP."""
    cert_secret_ref: SecretRef | None = None
    """The Secret with the certificates for the connection."""


class SourceDetails(Input, frozen=True, kw_only=True):
    """Details of a source: how it is fetched, who may have signed it and what is taken of it."""

    region: Text | None = None
    """The region of a Bucket, such as eu-central-1."""
    prefix: Text | None = None
    """The beginning of the names of a Bucket's files that are taken."""
    semver: Text | None = None
    """A range of versions, such as ">=1.2.0 <2.0.0". The newest tag in it is taken."""
    semver_filter: Text | None = None
    """A regular expression for the tags of an OCIRepository among which `semver` chooses."""
    commit: Text | None = None
    """The Git commit that is checked out, as 40 hexadecimal digits."""
    digest: Text | None = None
    """The digest of the OCI artifact that is taken, such as sha256:0123."""
    interval: Duration | None = None
    """How often Flux looks for a new revision of the source. Without it the interval of the
    cluster's Flux."""
    timeout: SourceTimeout | None = None
    """How long fetching the source may take. Flux's default is 60s. Hours are not allowed."""
    provider: Literal["generic", "aws", "azure", "gcp", "github"] | None = None
    """The cloud whose identity gives access to the source. Without it `secretRef` does.

    - `generic`: No cloud, credentials come from a Secret.
    - `aws`: The workload identity of Amazon Web Services.
    - `azure`: The workload identity of Microsoft Azure.
    - `gcp`: The workload identity of Google Cloud.
    - `github`: A GitHub App, for a GitRepository.
    """
    cert_secret_ref: SecretRef | None = None
    """The Secret with the certificates for the connection to the source."""
    proxy_secret_ref: SecretRef | None = None
    """The Secret with the address and the login of a proxy."""
    service_account_name: ObjectName | None = None
    """The ServiceAccount whose pull secrets or workload identity give access to the source."""
    insecure: bool | None = None
    """Allow a connection without TLS."""
    ignore: Text | None = None
    """Files to leave out of the source, in the format of .gitignore."""
    include: tuple[Include, ...] = ()
    """Files of other GitRepositories that are put into this one."""
    recurse_submodules: bool | None = None
    """Check out the submodules of the Git repository, too."""
    sparse_checkout: tuple[Text, ...] = ()
    """The directories of the Git repository to check out. Without it all of them."""
    layer_selector: LayerSelector | None = None
    """The layer of the OCI artifact that holds the files."""
    sts: Sts | None = None
    """The Security Token Service that gives access to a Bucket."""
    verify: Verify | None = None
    """The signatures that the source has to have. Without it none is asked for."""


class ClusterSource(SourceDetails, frozen=True, kw_only=True):
    """Fields of the cluster's own source beside its kind, URL, reference and Secret.

    `name` is also that of the Kustomization that applies the cluster's directory.
    """

    name: ObjectName | None = None
    """The name of the source, and of the Kustomization that applies the cluster's directory.
    Without it flux-system."""


class SourceRef(SourceDetails, frozen=True, kw_only=True):
    """A source by kind and name; with a `url` or `bucketName` the source itself is generated too.

    Without `namespace` it is in that of the GitOps tool. `ref` is a full Git reference such as
    `refs/pull/1/head`.
    """

    kind: Literal["GitRepository", "OCIRepository", "Bucket", "ExternalArtifact"]
    """The kind of the source that holds the bundle's files.

    - `GitRepository`: A Git repository.
    - `OCIRepository`: An artifact in an OCI registry.
    - `Bucket`: A bucket of an S3-compatible or cloud storage.
    - `ExternalArtifact`: An artifact that another controller makes.
    """
    name: ObjectName
    """The name of the source."""
    namespace: Name | None = None
    """The namespace of the source. Without it that of the GitOps tool."""
    url: Url | None = None
    """The URL of the source, such as https://github.com/acme/apps.git. With it the source is
    generated, without it the source has to exist."""
    bucket_name: Text | None = None
    """The name of the bucket. With it the Bucket is generated, without it it has to exist."""
    endpoint: Text | None = None
    """The address of the storage that has the bucket, such as s3.amazonaws.com."""
    branch: Text | None = None
    """The Git branch to check out."""
    tag: Text | None = None
    """The Git tag to check out, or the tag of the OCI artifact."""
    ref: Text | None = None
    """The full Git reference to check out, such as refs/pull/1/head."""
    secret_ref: SecretRef | None = None
    """The Secret with the credentials for the source, in its namespace."""
    suspend: bool | None = None
    """Stop Flux from fetching the source until this is removed."""

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

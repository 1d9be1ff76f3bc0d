"""The source of a chart: a source v1 object of Flux 2.9, or one that exists already."""

import re
from typing import Any, Literal

from kure_hooks.decoding.types import Duration, Input, Name, ObjectName, SourceTimeout, Text, Url
from kure_hooks.errors import InputError
from kure_hooks.files.paths import join_relative, parent
from kure_hooks.manifests import Manifest, plain, without_empty, written
from kure_hooks.stack.model import Application
from kure_hooks.stack.sources import LayerSelector, NameRef, Verify, verification

INTERVAL = "1h"

_API = "source.toolkit.fluxcd.io/v1"

# What source-controller takes out of a Helm chart's OCI artifact.
_CHART_LAYER = {
    "mediaType": "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
    "operation": "copy",
}

# What a source has under the same names.
_DETAILS = (
    *("timeout", "certSecretRef", "proxySecretRef", "serviceAccountName", "insecure"),
    *("passCredentials", "ignore", "suspend"),
)
_EXACT = re.compile(r"\Av?[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")


class ChartRevision(Input, frozen=True, kw_only=True, omit_defaults=True):
    """A state of a GitRepository (branch to commit) or OCIRepository (tag, semver, digest).

    `semverFilter` is a regular expression of the tags that an OCIRepository looks among.
    """

    branch: Text | None = None
    """The Git branch to take."""
    tag: Text | None = None
    """The Git tag, or the tag of the OCI artifact."""
    semver: Text | None = None
    """A range of versions, such as 6.x. The newest tag in it is taken."""
    semver_filter: Text | None = None
    """A regular expression for the tags among which `semver` chooses."""
    name: Text | None = None
    """The full Git reference, such as refs/heads/main."""
    commit: Text | None = None
    """The Git commit, as 40 hexadecimal digits."""
    digest: Text | None = None
    """The digest of the OCI artifact, such as sha256:0123."""


class ChartSource(Input, frozen=True, kw_only=True, omit_defaults=True):
    """The source of a chart; a `name` without a URL refers to a source that exists already."""

    type: Literal["HelmRepository", "OCIRepository", "GitRepository", "Bucket"]
    """The kind of the source. It decides about the keys beside it.

    - `HelmRepository`: A Helm repository, by its URL or as oci://.
    - `OCIRepository`: A chart in an OCI registry.
    - `GitRepository`: A chart in a directory of a Git repository.
    - `Bucket`: A chart in a directory of a bucket.
    """
    name: ObjectName | None = None
    """The name of the source. Without it that of the application. Without a URL the source has to
    exist."""
    namespace: Name | None = None
    """The namespace of the source. Without it that of the release."""
    url: Url | None = None
    """The URL of the source, such as https://charts.example.com. With it the source is generated.
    """
    oci_url: Url | None = None
    """The URL in an OCI registry, such as oci://ghcr.io/acme/charts/web. It is the same as `url`.
    """
    bucket_name: Text | None = None
    """The name of the bucket."""
    endpoint: Text | None = None
    """The address of the storage that has the bucket, such as s3.amazonaws.com."""
    region: Text | None = None
    """The region of the bucket, such as eu-central-1."""
    ref: ChartRevision = ChartRevision()
    """The revision to take. Without it the version of the chart, or the default branch."""
    secret_ref: NameRef | None = None
    """The Secret with the credentials for the source. Argo CD has Secrets of its own for
    repositories."""
    provider: Literal["generic", "aws", "azure", "gcp", "github"] | None = None
    """The cloud whose identity gives access to the source. Without it `secretRef` does.

    - `generic`: No cloud, credentials come from a Secret.
    - `aws`: The workload identity of Amazon Web Services.
    - `azure`: The workload identity of Microsoft Azure.
    - `gcp`: The workload identity of Google Cloud.
    - `github`: A GitHub App, for a GitRepository.
    """
    interval: Duration = INTERVAL
    """How often Flux looks for a new revision of the source. Argo CD ignores it."""
    timeout: SourceTimeout | None = None
    """How long fetching may take. Flux's default is 60s. Hours are not allowed."""
    cert_secret_ref: NameRef | None = None
    """The Secret with the certificates for the connection."""
    proxy_secret_ref: NameRef | None = None
    """The Secret with the address and the login of a proxy."""
    service_account_name: ObjectName | None = None
    """The ServiceAccount whose pull secrets or workload identity give access to the source."""
    insecure: bool | None = None
    """Allow a connection without TLS."""
    pass_credentials: bool | None = None
    """Send the credentials of the repository to other domains, too."""
    ignore: Text | None = None
    """Files to leave out of the source, in the format of .gitignore."""
    layer_selector: LayerSelector | None = None
    """The layer of the OCI artifact that holds the chart."""
    verify: Verify | None = None
    """The signatures that the source has to have."""
    suspend: bool | None = None
    """Stop Flux from fetching the source until this is removed."""


ARCHIVES = (".tgz", ".tar.gz")
"""The endings of charts that are packed."""

HERE = ChartSource(type="GitRepository")
"""The source of charts that lie in this repository: it is that of their bundle."""


def source(application: Application) -> Manifest:
    """Return the object that an application's source describes."""
    given: ChartSource = application.spec.source
    in_registry = given.type == "HelmRepository" and url(given).startswith("oci://")
    return {
        "apiVersion": _API,
        "kind": given.type,
        "metadata": fields(name=name(application), namespace=given.namespace),
        "spec": fields(
            type="oci" if in_registry else None,
            interval=given.interval,
            url=url(given),
            bucketName=given.bucket_name,
            endpoint=given.endpoint,
            region=given.region,
            ref=_revision(given, application.spec.chart.version or ""),
            secretRef=given.secret_ref and {"name": given.secret_ref.name},
            provider=given.provider,
            **_details(given),
        ),
    }


def _details(source: ChartSource) -> Manifest:
    """Return the fields that a source has as they are written, but for what names a Secret."""
    given: Manifest = written(source)
    layer = _CHART_LAYER if source.type == "OCIRepository" else None
    return {key: given.get(key) for key in _DETAILS} | {
        "layerSelector": given.get("layerSelector", layer),
        "verify": source.verify and verification(source.verify),
    }


def exists(source: ChartSource) -> bool:
    """Tell whether the source is a mere reference."""
    return bool(source.name and not url(source) and not source.bucket_name)


def url(source: ChartSource) -> str:
    """Return the URL in whichever spelling it was given; empty without one."""
    return source.oci_url or source.url or ""


def name(application: Application) -> str:
    """Return the name of the source: its own, else the application's."""
    return application.spec.source.name or application.name


def fields(**given: Any) -> Manifest:
    """Return the fields that are set."""
    return without_empty(given)


def _revision(source: ChartSource, version: str) -> Manifest:
    """Return the `ref` of a source; an OCI artifact of a chart is tagged with its version."""
    given: Manifest = plain(source.ref)
    if source.type != "OCIRepository":
        return given
    if tag := given.get("tag"):
        return given | {"tag": registry_tag(tag)}
    if given:
        return given
    exact = _EXACT.fullmatch(version)
    return {"tag": registry_tag(version)} if exact else {"semver": version}


def registry_tag(version: str) -> str:
    """Return the tag that `helm push` gives a version: tags have no +, so `_` stands for it."""
    return version.replace("+", "_")


def tagged_version(tag: str) -> str:
    """Return the version of a chart that was pushed with a tag; other texts are returned as is."""
    version = tag.replace("_", "+", 1)
    return version if _EXACT.fullmatch(version) else tag


def path_of(application: Application) -> str:
    """Return the path of a chart that is named by it; InputError for one out of the repository."""
    reference: str = application.spec.chart.path
    path = join_relative(parent(application.path), reference)
    if path:
        return path
    place = application.key("spec", "chart", "path")
    problem = f"{reference} " + ("leaves the repository" if path is None else "is the repository")
    raise InputError([place.fault(problem, "Name the directory of a chart.", rule="AP002")])

"""The source of a chart: a source v1 object of Flux 2.9, or one that exists already."""

import re
from typing import Any, Literal

from kure_hooks.decoding.types import Duration, Input, Name, ObjectName, SourceTimeout, Text, Url
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
    tag: Text | None = None
    semver: Text | None = None
    semver_filter: Text | None = None
    name: Text | None = None
    commit: Text | None = None
    digest: Text | None = None


class ChartSource(Input, frozen=True, kw_only=True, omit_defaults=True):
    """The source of a chart; a `name` without a URL refers to a source that exists already."""

    type: Literal["HelmRepository", "OCIRepository", "GitRepository", "Bucket"]
    name: ObjectName | None = None
    namespace: Name | None = None
    url: Url | None = None
    oci_url: Url | None = None
    bucket_name: Text | None = None
    endpoint: Text | None = None
    region: Text | None = None
    ref: ChartRevision = ChartRevision()
    secret_ref: NameRef | None = None
    provider: Literal["generic", "aws", "azure", "gcp", "github"] | None = None
    interval: Duration = INTERVAL
    timeout: SourceTimeout | None = None
    cert_secret_ref: NameRef | None = None
    proxy_secret_ref: NameRef | None = None
    service_account_name: ObjectName | None = None
    insecure: bool | None = None
    pass_credentials: bool | None = None
    ignore: Text | None = None
    layer_selector: LayerSelector | None = None
    verify: Verify | None = None
    suspend: bool | None = None


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

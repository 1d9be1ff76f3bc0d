"""The application kind HelmChart, also spelled FluxHelm: a release and the source of its chart.

The objects are Flux's own: HelmRelease v2 and a source v1 (Flux 2.9).
"""

import re
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal

from msgspec import Meta

from kure_hooks.apps.metadata import finish, in_namespace, with_annotations, with_labels
from kure_hooks.decoding.types import Duration, Input, Name, ObjectName, Text, Url
from kure_hooks.files.tree import Tree
from kure_hooks.manifests import Manifest, plain
from kure_hooks.stack.files import MISSING
from kure_hooks.stack.model import Application
from kure_hooks.stack.reconcile import NameRef
from kure_hooks.yamlio import Pointer

_RELEASE = "helm.toolkit.fluxcd.io/v2"
_SOURCE = "source.toolkit.fluxcd.io/v1"
_INTERVAL = "1h"

# What source-controller takes out of a Helm chart's OCI artifact.
_CHART_LAYER = {
    "mediaType": "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
    "operation": "copy",
}
_SCHEMES = {
    "HelmRepository": ("https://", "http://", "oci://"),
    "OCIRepository": ("oci://",),
    "GitRepository": ("https://", "http://", "ssh://"),
}
_KEYS = {
    "HelmRepository": {"url", "ociUrl"},
    "OCIRepository": {"url", "ociUrl", "ref"},
    "GitRepository": {"url", "ref"},
    "Bucket": {"bucketName", "endpoint", "region"},
}
_REVISIONS = {
    "OCIRepository": {"tag", "semver", "digest"},
    "GitRepository": {"branch", "tag", "semver", "name", "commit"},
}
_EXACT = re.compile(r"v?[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?")


class Chart(Input, frozen=True, kw_only=True):
    """A chart by its name in a repository, or by its directory in a GitRepository or Bucket."""

    name: Text | None = None
    version: Text | None = None


class ChartRevision(Input, frozen=True, kw_only=True, omit_defaults=True):
    """Which state of a GitRepository (branch to commit) or OCIRepository (tag, semver, digest)."""

    branch: Text | None = None
    tag: Text | None = None
    semver: Text | None = None
    name: Text | None = None
    commit: Text | None = None
    digest: Text | None = None


class ChartSource(Input, frozen=True, kw_only=True, omit_defaults=True):
    """Where the chart is; a `name` without a URL refers to a source that exists already."""

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
    interval: Duration = _INTERVAL


class Values(Input, frozen=True, kw_only=True, omit_defaults=True):
    """A ConfigMap or Secret with values."""

    kind: Literal["ConfigMap", "Secret"]
    name: ObjectName
    values_key: Text | None = None
    target_path: Text | None = None
    optional: bool | None = None


class Release(Input, frozen=True, kw_only=True):
    """How Helm installs and upgrades; what holds for both is written to both."""

    name: Annotated[str, Meta(min_length=1, max_length=53, description="1 to 53 characters")] = ""
    target_namespace: Name | None = None
    create_namespace: bool | None = None
    cleanup_on_fail: bool | None = None
    crds: Literal["Create", "CreateReplace", "Skip"] | None = None
    disable_hooks: bool | None = None
    disable_wait: bool | None = None
    retries: int | None = None


class Spec(Input, frozen=True, kw_only=True):
    """A chart, its source, its values, and how it is released."""

    chart: Chart = Chart()
    source: ChartSource
    interval: Duration = _INTERVAL
    suspend: bool | None = None
    timeout: Duration | None = None
    max_history: Annotated[int, Meta(ge=0, description="0 (no limit) or more")] | None = None
    release: Release = Release()
    values_from: tuple[Values, ...] = ()
    values: dict[str, Any] = {}


def problems(spec: Spec) -> Iterator[tuple[Pointer, str, str]]:
    """Yield what is wrong with the source, and what a chart from it lacks or can't have."""
    kind = spec.source.type
    if kind != "OCIRepository" and not spec.chart.name:
        yield ("chart", "name"), MISSING, f"the chart in the {kind}"
    if kind in ("GitRepository", "Bucket") and spec.chart.version:
        problem = f"a chart from a {kind} has its version in its Chart.yaml"
        yield ("chart", "version"), problem, "no version; source.ref chooses the revision"
    if not _exists(spec.source):
        yield from _source_problems(spec)


def generate(application: Application, tree: Tree) -> Sequence[Manifest]:
    """Return the source, unless it exists already, and the HelmRelease."""
    del tree  # everything is in the document
    spec: Spec = application.spec
    source = [] if _exists(spec.source) else [_source(application)]
    return finish(
        [*source, _release(application)],
        in_namespace(application.namespace),
        with_labels(application.labels),
        with_annotations(application.annotations),
    )


def _source_problems(spec: Spec) -> Iterator[tuple[Pointer, str, str]]:
    source = spec.source
    yield from _misplaced(source)
    if source.type == "Bucket":
        for key, value in (("bucketName", source.bucket_name), ("endpoint", source.endpoint)):
            if not value:
                yield ("source", key), MISSING, "a text"
        return
    if source.type == "OCIRepository" and not spec.chart.version and not plain(source.ref):
        yield ("chart", "version"), MISSING, "a version, or a range such as 6.*"
    if source.url and source.oci_url:
        yield ("source", "ociUrl"), "there is a url as well", "one of the two"
    schemes = _SCHEMES[source.type]
    if not _url(source).startswith(schemes):
        key = "ociUrl" if source.oci_url else "url"
        problem = f"this is no URL of a {source.type}" if _url(source) else MISSING
        expected = f"a URL with {' or '.join(schemes)}, or the name of an existing source"
        yield ("source", key), problem, expected


def _misplaced(source: ChartSource) -> Iterator[tuple[Pointer, str, str]]:
    """Yield what belongs to another type of source."""
    given: Manifest = plain(source)
    own = _KEYS[source.type]
    others = frozenset().union(*_KEYS.values()) - own
    for key in sorted(given.keys() & others):
        yield ("source", key), f"a {source.type} has no {key}", " or ".join(sorted(own))
    revisions = _REVISIONS.get(source.type)
    for key in sorted(given.get("ref", {}).keys() - revisions) if revisions else ():
        problem = f"the revision of a {source.type} has no {key}"
        yield ("source", "ref", key), problem, " or ".join(sorted(revisions or ()))
    if source.provider == ("gcp" if source.type == "GitRepository" else "github"):
        yield ("source", "provider"), f"a {source.type} has no {source.provider}", "another one"


def _exists(source: ChartSource) -> bool:
    return bool(source.name and not _url(source) and not source.bucket_name)


def _url(source: ChartSource) -> str:
    return source.oci_url or source.url or ""


def _source(application: Application) -> Manifest:
    spec: Spec = application.spec
    source = spec.source
    kind = source.type
    in_registry = kind == "HelmRepository" and _url(source).startswith("oci://")
    return {
        "apiVersion": _SOURCE,
        "kind": kind,
        "metadata": _set(name=_source_name(application), namespace=source.namespace),
        "spec": _set(
            type="oci" if in_registry else None,
            interval=source.interval,
            url=_url(source),
            bucketName=source.bucket_name,
            endpoint=source.endpoint,
            region=source.region,
            ref=_revision(spec),
            layerSelector=_CHART_LAYER if kind == "OCIRepository" else None,
            secretRef=source.secret_ref and {"name": source.secret_ref.name},
            provider=source.provider,
        ),
    }


def _revision(spec: Spec) -> Manifest:
    """Return the `ref` of a source; an OCI artifact of a chart is tagged with its version."""
    given: Manifest = plain(spec.source.ref)
    if given or spec.source.type != "OCIRepository":
        return given
    version = spec.chart.version or ""
    return {"tag" if _EXACT.fullmatch(version) else "semver": version}


def _release(application: Application) -> Manifest:
    spec: Spec = application.spec
    release = spec.release
    both = _set(
        crds=release.crds,
        disableHooks=release.disable_hooks,
        disableWait=release.disable_wait,
        remediation=None if release.retries is None else {"retries": release.retries},
    )
    return {
        "apiVersion": _RELEASE,
        "kind": "HelmRelease",
        "metadata": {"name": application.name},
        "spec": _set(
            **_chart(application),
            interval=spec.interval,
            suspend=spec.suspend,
            releaseName=release.name,
            targetNamespace=release.target_namespace,
            timeout=spec.timeout,
            maxHistory=spec.max_history,
            install=_set(createNamespace=release.create_namespace) | both,
            upgrade=_set(cleanupOnFail=release.cleanup_on_fail) | both,
            valuesFrom=plain(spec.values_from),
            values=spec.values,
        ),
    }


def _chart(application: Application) -> Manifest:
    """Return how a HelmRelease names its chart: an OCI artifact is the chart itself."""
    spec: Spec = application.spec
    source = _set(
        kind=spec.source.type, name=_source_name(application), namespace=spec.source.namespace
    )
    if spec.source.type == "OCIRepository":
        return {"chartRef": source}
    chart = _set(chart=spec.chart.name, version=spec.chart.version, sourceRef=source)
    return {"chart": {"spec": chart}}


def _source_name(application: Application) -> str:
    return application.spec.source.name or application.name


def _set(**fields: Any) -> Manifest:
    """Return the fields that are set."""
    return {key: value for key, value in fields.items() if value not in (None, "", (), [], {})}

"""Faults of a release or its source that Flux 2.9 would refuse."""

from collections.abc import Iterator

from kure_hooks.apps.helm.source import HERE, ChartSource, exists, registry_tag, url
from kure_hooks.apps.helm.spec import Spec
from kure_hooks.config.helm import Capabilities
from kure_hooks.kustomize import patches
from kure_hooks.manifests import Manifest, plain, written
from kure_hooks.stack import source_rules
from kure_hooks.stack.expressions import expression_problems
from kure_hooks.stack.files import MISSING
from kure_hooks.stack.health import health_problems
from kure_hooks.stack.semver import VERSION_RANGE, is_range
from kure_hooks.stack.source_rules import leaves
from kure_hooks.stack.sources import verification_problems
from kure_hooks.yamlio.place import Problem

_Problems = Iterator[Problem]

_IN_FILES = {"ignore", "proxySecretRef", "serviceAccountName"}
_KEYS = {
    "HelmRepository": {"url", "ociUrl", "certSecretRef", "insecure", "passCredentials"},
    "OCIRepository": {"url", "ociUrl", "ref", "certSecretRef", "insecure"}
    | _IN_FILES
    | {"layerSelector", "verify"},
    "GitRepository": {"url", "ref", "verify"} | _IN_FILES,
    "Bucket": {"bucketName", "endpoint", "region", "certSecretRef", "insecure"} | _IN_FILES,
}
# What a HelmRelease says of a chart that is no artifact by itself.
_OF_CHART = ("interval", "reconcileStrategy", "valuesFiles", "ignoreMissingValuesFiles", "verify")
_REVISIONS = {
    "OCIRepository": {"tag", "semver", "semverFilter", "digest"},
    "GitRepository": {"branch", "tag", "semver", "name", "commit"},
}


def problems(spec: Spec) -> _Problems:
    """Yield what is wrong with the source, what a chart from it lacks, and what excludes another.

    Each is a pointer inside `spec`, what is wrong and what is expected.
    """
    if spec.render:
        from kure_hooks.apps.helm import rendered  # noqa: PLC0415 - few charts are rendered

        yield from rendered.problems(spec)
    elif spec.capabilities != Capabilities():
        problem = "capabilities have no effect on a chart that is not rendered"
        yield ("capabilities",), problem, "Delete capabilities, or set render: true."
    if spec.render or spec.is_local:
        yield from _local_problems(spec)
    else:
        yield from _remote_problems(spec)
    yield from _release_problems(spec)


def _local_problems(spec: Spec) -> _Problems:
    """Yield what is wrong with a chart of this repository."""
    if spec.chart.path is None and not spec.chart.name:
        problem = "nothing says which chart is rendered"
        yield ("chart", "path"), problem, "path, or the name of a chart that is vendored"
    elif spec.chart.path is not None and spec.chart.name:
        yield ("chart", "name"), "there is a path as well", "Keep one of the two."
    if spec.source != HERE:
        problem = "a chart of this repository has no other source"
        expected = "Delete source." if spec.render else "Delete source, or chart.path."
        yield ("source",), problem, expected
    if spec.chart.verify and not spec.render:
        problem = "a chart of this repository has no signature of its own"
        yield ("chart", "verify"), problem, "Delete verify: that of the bundle's source counts."
    if not is_range(spec.chart.version or "*"):
        problem = "this is neither a version nor a range of versions"
        yield ("chart", "version"), problem, VERSION_RANGE


def _remote_problems(spec: Spec) -> _Problems:
    if spec.source == HERE:
        yield ("source",), MISSING, "a source, or chart.path for a chart of this repository"
        return
    kind = spec.source.type
    if kind != "OCIRepository" and not spec.chart.name:
        yield ("chart", "name"), MISSING, f"the chart in the {kind}"
    if kind in ("GitRepository", "Bucket") and spec.chart.version:
        problem = f"a chart from a {kind} has its version in its Chart.yaml"
        yield ("chart", "version"), problem, "Delete version: source.ref chooses the revision."
    yield from _chart_problems(spec)
    if not exists(spec.source):
        yield from _source_problems(spec)


def _chart_problems(spec: Spec) -> _Problems:
    kind = spec.source.type
    if kind in ("HelmRepository", "OCIRepository") and not is_range(spec.chart.version or "*"):
        problem = "this is neither a version nor a range of versions"
        yield ("chart", "version"), problem, VERSION_RANGE
    if kind in ("GitRepository", "Bucket") and leaves(spec.chart.name or ""):
        yield ("chart", "name"), f"the path leads out of the {kind}", "a path inside of it"
    yield from _chart_keys(spec)


def _chart_keys(spec: Spec) -> _Problems:
    given: Manifest = written(spec.chart)
    for key in _OF_CHART if spec.source.type == "OCIRepository" else ():
        if key in given:
            problem = f"the artifact of an OCIRepository is the chart, which has no {key} then"
            yield ("chart", key), problem, "a HelmRepository with an oci:// URL"
    if spec.chart.verify and spec.source.type != "OCIRepository":
        for key, problem, expected in verification_problems(
            "HelmChart", spec.chart.name or "", spec.chart.verify
        ):
            yield ("chart", "verify", key), problem, expected
        if spec.source.type != "HelmRepository" or url(spec.source).startswith("http"):
            problem = "only charts of OCI registries are verified"
            yield ("chart", "verify"), problem, "a HelmRepository with an oci:// URL"


def _release_problems(spec: Spec) -> _Problems:
    for key, action in (("install", spec.install), ("upgrade", spec.upgrade)):
        strategy = action.strategy
        if strategy and strategy.retry_interval and strategy.name != "RetryOnFailure":
            problem = f"{strategy.name} has no interval of its own"
            yield (key, "strategy", "retryInterval"), problem, "the strategy RetryOnFailure"
    for at, renderer in enumerate(spec.post_renderers):
        for index, patch in enumerate(renderer.kustomize.patches):
            place = ("postRenderers", at, "kustomize", "patches", index)
            target = None if patch.target is None else plain(patch.target)
            set_keys = target and {key: item for key, item in target.items() if item}
            for pointer, problem, expected in patches.problems(patch.patch, set_keys):
                yield (*place, *pointer), problem, expected
    ready = (
        (("dependsOn", at, "readyExpr"), each.ready_expr) for at, each in enumerate(spec.depends_on)
    )
    yield from expression_problems(ready)
    for pointer, problem, expected in health_problems(spec.health_check_exprs):
        yield ("healthCheckExprs", *pointer), problem, expected
    remote = spec.kube_config
    if remote and bool(remote.secret_ref) == bool(remote.config_map_ref):
        problem = "a remote cluster needs exactly one reference"
        yield ("kubeConfig",), problem, "secretRef or configMapRef"


def _source_problems(spec: Spec) -> _Problems:
    source = spec.source
    yield from _misplaced(source)
    if source.type == "Bucket":
        for key, value in (("bucketName", source.bucket_name), ("endpoint", source.endpoint)):
            if not value:
                yield ("source", key), MISSING, "a string"
        yield from _unfetched(spec, "url")
        return
    if source.type == "OCIRepository" and not spec.chart.version and not plain(source.ref):
        yield ("chart", "version"), MISSING, "a version, or a range such as 6.*"
    if source.url and source.oci_url:
        yield ("source", "ociUrl"), "there is a url as well", "Keep one of the two."
    yield from _fetching_problems(source)
    key = "ociUrl" if source.oci_url else "url"
    if not url(source):
        schemes = " or ".join(f"{each}://" for each in source_rules.SCHEMES[source.type])
        expected = f"a URL with {schemes}, or the name of an existing source"
        yield ("source", key), MISSING, expected
    yield from _unfetched(spec, key)


def _unfetched(spec: Spec, key: str) -> _Problems:
    """Yield what the check of all sources finds, at the keys of a chart's source."""
    source = spec.source
    revision = source.ref
    tag = revision.tag or ""
    found = source_rules.definition(
        source.type,
        source,
        revision,
        url=url(source),
        tag=registry_tag(tag) if source.type == "OCIRepository" else tag,
        ref=revision.name or "",
    )
    names = {"url": (key,), "endpoint": ("endpoint",), "ref": ("ref", "name")}
    for field, problem, expected in source_rules.problems(found):
        yield ("source", *names.get(field, ("ref", field))), problem, expected


def _fetching_problems(source: ChartSource) -> _Problems:
    over_http = source.type == "HelmRepository" and url(source).startswith("http")
    if source.insecure is not None and over_http:
        problem = "only a repository in a registry is read without TLS by this"
        yield ("source", "insecure"), problem, "a URL with oci://, or one with http:// alone"
    if source.ref.semver_filter and not source.ref.semver:
        expected = "a range of versions, which semverFilter narrows"
        yield ("source", "ref", "semver"), MISSING, expected
    if source.verify and "verify" in _KEYS[source.type]:
        for key, problem, expected in verification_problems(
            source.type, source.name or "", source.verify
        ):
            yield ("source", "verify", key), problem, expected


def _misplaced(source: ChartSource) -> _Problems:
    """Yield what belongs to another type of source."""
    given: Manifest = plain(source)
    own = _KEYS[source.type]
    others = frozenset().union(*_KEYS.values()) - own
    for key in sorted(given.keys() & others):
        kinds = ", ".join(kind for kind, keys in _KEYS.items() if key in keys)
        yield (
            ("source", key),
            f"a {source.type} has no {key}",
            f"Delete {key}, which is for {kinds}.",
        )
    revisions = _REVISIONS.get(source.type)
    for key in sorted(given.get("ref", {}).keys() - revisions) if revisions else ():
        problem = f"the revision of a {source.type} has no {key}"
        yield ("source", "ref", key), problem, " or ".join(sorted(revisions or ()))
    if source.provider == ("gcp" if source.type == "GitRepository" else "github"):
        yield (
            ("source", "provider"),
            f"a {source.type} has no {source.provider}",
            "Choose another one.",
        )

"""The chart of a release as the source of an Application, in terms of Argo CD 3.5.

A chart of a repository or registry is named by `chart`, one in Git by `path`. A registry of charts
is a repository without `oci://`.
"""

from posixpath import normpath

from kure_hooks.apps.helm.source import ChartRevision, tagged_version, url
from kure_hooks.apps.helm.spec import Spec
from kure_hooks.manifests import Manifest

_REGISTRY = "oci://"

# What Flux 2.9 takes where a HelmRelease or GitRepository doesn't say.
_ANY_VERSION = "*"
_BRANCH = "master"


def chart_source(spec: Spec) -> Manifest:
    """Return repoURL, chart or path, and targetRevision of a release whose source has a URL."""
    address = url(spec.source)
    if spec.source.type == "GitRepository":
        path = normpath((spec.chart.name or "").lstrip("/"))
        return {"repoURL": address, "path": path, "targetRevision": _in_git(spec.source.ref)}
    if spec.source.type == "OCIRepository":
        registry, _, chart = address.removeprefix(_REGISTRY).rstrip("/").rpartition("/")
        return {"repoURL": registry, "chart": chart, "targetRevision": _in_registry(spec)}
    repository = address.removeprefix(_REGISTRY)
    if repository != address:
        repository = repository.rstrip("/")
    version = spec.chart.version or _ANY_VERSION
    return {"repoURL": repository, "chart": spec.chart.name, "targetRevision": version}


def _in_git(ref: ChartRevision) -> str:
    return ref.commit or ref.name or ref.semver or ref.tag or ref.branch or _BRANCH


def _in_registry(spec: Spec) -> str:
    """Return the version of a chart in a registry, for a tag the one that it stands for."""
    ref = spec.source.ref
    return ref.semver or tagged_version(ref.tag or "") or spec.chart.version or _ANY_VERSION

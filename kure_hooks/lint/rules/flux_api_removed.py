"""FX018: an API version that this version of Flux no longer serves."""

from collections.abc import Iterator
from functools import cache

from kure_hooks.decoding import nearest
from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.payload import Resource
from kure_hooks.gitops.repository import Cluster
from kure_hooks.lint.flux import FLUX, flux_version, is_near
from kure_hooks.manifests import kind_of
from kure_hooks.rules.rule import ERROR, Rule
from kure_hooks.schemas.packed import Catalogue

RULE = Rule(
    "API version or kind that Flux does not serve",
    ERROR,
    "Flux 2.7 and 2.8 removed the beta versions of its APIs. After the upgrade the API server "
    "knows no such kind any more, and what applies the object fails as a whole. For a cluster "
    "whose older Flux still serves the version it is a warning.",
    "Write the version that the finding names, and adapt the fields; `flux migrate` does both.",
    FLUX,
    wrong="""\
apiVersion: helm.toolkit.fluxcd.io/v2beta1
kind: HelmRelease
""",
    right="""\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
""",
    incidents=(
        "https://github.com/fluxcd/flux2/issues/5711",
        "https://github.com/karmada-io/website/issues/759",
    ),
)

_GROUP = ".toolkit.fluxcd.io"
_NEWEST = {
    "source": "v1",
    "kustomize": "v1",
    "helm": "v2",
    "notification": "v1beta3",
    "image": "v1",
}
_RECEIVER = "v1"


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield the objects of Flux with a version that the newest Flux has not."""
    newest = _last("kustomize.toolkit.fluxcd.io/v1", "Kustomization")
    running = flux_version(cluster)
    for _, resource in cluster.resources():
        group, _ = kind_of(resource.manifest)
        if not group.endswith(_GROUP):
            continue
        last = _last(resource.api_version, resource.kind)
        kinds = _kinds(resource.api_version) if last is None else []
        if kinds and is_near(hint := nearest(resource.kind, kinds)):
            problem = f"Flux has no {resource.kind} in {resource.api_version}"
            yield resource.finding(("kind",), problem, hint, "FX018")
        if last is None or newest is None or last >= newest:
            continue
        is_served = running is not None and running <= last
        yield _finding(resource, last, Severity.WARNING if is_served else Severity.ERROR)


@cache
def _catalogue() -> Catalogue:
    return Catalogue()


@cache
def _kinds(api_version: str) -> list[str]:
    """Return the kinds of Flux in an API version, sorted."""
    catalogue = _catalogue()
    kinds = catalogue.kinds(catalogue.versions[-1])
    return sorted(kind for version, kind in kinds if version == api_version)


@cache
def _last(api_version: str, kind: str) -> tuple[int, int] | None:
    """Return the last release of Flux that serves a kind, None for one that is not known."""
    catalogue = _catalogue()
    source = catalogue.source(api_version, kind, catalogue.versions[-1])
    if source is None or source.name != "Flux":
        return None
    major, minor = source.version.split(".")[:2]
    return int(major), int(minor)


def _finding(resource: Resource, last: tuple[int, int], severity: Severity) -> Finding:
    group, _ = kind_of(resource.manifest)
    version = _RECEIVER if resource.kind == "Receiver" else _NEWEST[group.removesuffix(_GROUP)]
    problem = f"Flux {last[0]}.{last[1]} was the last to serve {resource.api_version}"
    advice = f"Write {group}/{version}."
    return resource.finding(("apiVersion",), problem, advice, "FX018", severity)

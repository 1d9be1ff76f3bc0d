"""FX006: a source of a kind that the controller does not read."""

from collections.abc import Iterator

from kure_hooks.findings import Finding
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.repository import Cluster
from kure_hooks.lint.flux import FLUX, kustomizations, releases
from kure_hooks.manifests import text_at, value_at
from kure_hooks.rules.rule import ERROR, Rule
from kure_hooks.yamlio import Pointer

RULE = Rule(
    "Source of a kind that is not read",
    ERROR,
    "A Kustomization reads GitRepositories, OCIRepositories, Buckets and ExternalArtifacts; a "
    "chart comes from a HelmRepository, GitRepository or Bucket, and a chartRef names an "
    "OCIRepository, a HelmChart or an ExternalArtifact. That needs the feature gate of its name, "
    "which is off by default, and a controller that makes it. Anything else is refused.",
    "Name a source of one of these kinds, or turn the feature gate on.",
    FLUX,
    wrong="""\
kind: Kustomization
spec:
  sourceRef: {kind: HelmRepository, name: podinfo}
""",
    right="""\
kind: Kustomization
spec:
  sourceRef: {kind: OCIRepository, name: podinfo}
""",
    incidents=(
        "https://github.com/fluxcd/helm-controller/issues/602",
        "https://github.com/fluxcd/source-controller/issues/1706",
    ),
)

_EXTERNAL = "ExternalArtifact"
SOURCE_REF: Pointer = ("spec", "sourceRef")
CHART_REF: Pointer = ("spec", "chartRef")
CHART_SOURCE: Pointer = ("spec", "chart", "spec", "sourceRef")
ALLOWED = {
    SOURCE_REF: ("GitRepository", "OCIRepository", "Bucket", _EXTERNAL),
    CHART_REF: ("OCIRepository", "HelmChart", _EXTERNAL),
    CHART_SOURCE: ("HelmRepository", "GitRepository", "Bucket"),
}
"""The kinds of sources by the field that names one (Flux 2.9)."""

_GATE = f"{_EXTERNAL}=true"
_DEPLOYMENTS = {"Kustomization": "kustomize-controller", "HelmRelease": "helm-controller"}


def field_of(owner: Owner) -> Pointer:
    """Return the field in which a Kustomization or HelmRelease names its source."""
    if owner.who.kind == "Kustomization":
        return SOURCE_REF
    return CHART_REF if value_at(owner.resource.manifest, *CHART_REF) else CHART_SOURCE


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield the sources of other kinds, and ExternalArtifacts whose feature gate is off."""
    for owner in (*kustomizations(cluster), *releases(cluster)):
        field = field_of(owner)
        reference = value_at(owner.resource.manifest, *field)
        if not isinstance(reference, dict):
            continue
        kind = text_at(reference, "kind")
        if kind not in ALLOWED[field]:
            problem = f"a {owner.who.kind} reads no {kind or 'source without a kind'} here"
            expected = f"Name one of {', '.join(ALLOWED[field])}."
            yield owner.resource.finding((*field, "kind"), problem, expected, "FX006")
        elif kind == _EXTERNAL and _is_off(cluster, _DEPLOYMENTS[owner.who.kind]):
            name = _DEPLOYMENTS[owner.who.kind]
            problem = f"the {name} of the cluster does not read ExternalArtifacts"
            expected = f"Give it the argument --feature-gates={_GATE}."
            yield owner.resource.finding((*field, "kind"), problem, expected, "FX006")


def _is_off(cluster: Cluster, deployment: str) -> bool:
    """Tell whether the cluster has a controller's Deployment without the feature gate."""
    seen = False
    for _, resource in cluster.resources():
        if resource.kind == "Deployment" and resource.name == deployment:
            if _GATE in str(value_at(resource.manifest, "spec", "template")):
                return False
            seen = True
    return seen

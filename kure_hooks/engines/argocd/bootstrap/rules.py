"""Rules for a bootstrap of Argo CD, checked before anything is written."""

from collections.abc import Iterator

from kure_hooks.findings import Finding, of_rule
from kure_hooks.layout.plan import Plan
from kure_hooks.stack.gitops import Bootstrap
from kure_hooks.stack.model import Cluster


def mode(bootstrap: Bootstrap) -> str:
    """Return where Argo CD comes from, empty where it runs already."""
    return bootstrap.argo_cd_mode or ("manifests" if bootstrap.release else "")


def is_configured(cluster: Cluster) -> bool:
    """Tell whether the bootstrap gives Argo CD the settings that the generated objects rely on."""
    return cluster.bootstrap.enabled and bool(mode(cluster.bootstrap))


def is_autopilot(cluster: Cluster) -> bool:
    """Tell whether a cluster has the repository layout of argocd-autopilot."""
    return cluster.bootstrap.enabled and mode(cluster.bootstrap) == "autopilot"


@of_rule("AC031")
def check(plan: Plan) -> Iterator[Finding]:
    """Each mode has what it is made of, and nothing that only another one has."""
    bootstrap = plan.cluster.bootstrap
    if not bootstrap.enabled:
        return
    chosen = mode(bootstrap)
    releases = ("manifests", "autopilot")
    parts = (
        (releases, "manifests", bootstrap.release, "the release manifests of Argo CD"),
        (("helm",), "chartVersion", bootstrap.chart_version, "the version of the chart argo-cd"),
    )
    for owners, key, value, what in parts:
        place = plan.cluster.key("gitops", "bootstrap", key)
        if chosen in owners and not value:
            problem = "this required key is missing"
            yield place.fault(problem, what)
        elif value and chosen not in owners:
            problem = f"this means nothing with argoCDMode {chosen or 'unset'}"
            yield place.fault(problem, f"argoCDMode {' or '.join(owners)}")
    if bootstrap.sha256 and not bootstrap.release:
        problem = "there are no manifests that this could be the checksum of"
        yield plan.cluster.key("gitops", "bootstrap", "sha256").fault(
            problem, "Set manifests as well."
        )

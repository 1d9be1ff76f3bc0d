"""FX029: a variable in values, a patch or a generated object that nothing defines."""

from collections.abc import Iterator

from kure_hooks.findings import Finding
from kure_hooks.gitops.repository import Cluster
from kure_hooks.lint.variable_report import Report
from kure_hooks.lint.variables import faults_of
from kure_hooks.rules.rule import ERROR, Rule

RULE = Rule(
    "Undefined variable in values, a patch or a generated object",
    ERROR,
    "Flux substitutes after kustomize has built the objects, so variables count in the values of a "
    "HelmRelease, in what patches bring, and in the files of a generated ConfigMap. Dashboards, "
    "scripts and templates in there often have ${...} of their own. Since Flux 2.9 each of them "
    "fails the whole Kustomization; earlier versions put in nothing.",
    "Define the variable, give it a default, or write $${NAME} for the text itself. A generated "
    "object can opt out with the annotation kustomize.toolkit.fluxcd.io/substitute: disabled.",
    "Flux 2.9 (kustomize-controller 1.9)",
    wrong="""\
configMapGenerator:
  - name: dashboard
    files: [dashboard.json]  # has ${DS_PROMETHEUS}
""",
    right="""\
configMapGenerator:
  - name: dashboard
    files: [dashboard.json]
    options:
      annotations:
        kustomize.toolkit.fluxcd.io/substitute: disabled
""",
    incidents=(
        "https://github.com/gavinmcfall/home-ops/issues/2425",
        "https://github.com/tyriis/home-ops/issues/10529",
        "https://github.com/rwlove/home-ops/issues/13057",
    ),
)


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield a finding for each variable in values, patches and generated objects."""
    yield from Report(cluster).findings(
        (owner, fault)
        for owner, fault in faults_of(cluster)
        if fault.is_hidden and not fault.is_no_variable
    )

"""FX016: a variable that nothing defines."""

from collections.abc import Iterator

from kure_hooks.findings import Finding
from kure_hooks.gitops.repository import Cluster
from kure_hooks.lint.variable_report import Report
from kure_hooks.lint.variables import faults_of
from kure_hooks.rules.rule import ERROR, Rule

RULE = Rule(
    "Variable that nothing defines",
    ERROR,
    "Flux replaces ${NAME} in everything that a Kustomization with postBuild applies. Since Flux "
    "2.9 a variable without a value and without a default fails the whole Kustomization; earlier "
    "versions put in nothing, also into scripts that mean a variable of the shell.",
    "Define the variable in postBuild.substitute or in an object of substituteFrom, give it a "
    "default, or write $${NAME} for the text itself.",
    "Flux 2.9 (kustomize-controller 1.9)",
    wrong="""\
# postBuild.substitute: {CLUSTER: production}
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data:
  host: shop.${DOMAIN}
""",
    right="""\
# postBuild.substitute: {CLUSTER: production, DOMAIN: example.com}
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data:
  host: shop.${DOMAIN}
""",
    incidents=(
        "https://github.com/rwlove/home-ops/issues/11703",
        "https://github.com/joryirving/home-ops/issues/9255",
        "https://github.com/gavinmcfall/home-ops/issues/2425",
    ),
)


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield a finding for each variable in a manifest that its Kustomization does not define.

    Variables in values, patches and generated objects are those of FX029, expressions in CRDs and
    those that are no variables those of FX025.
    """
    yield from Report(cluster).findings(
        (owner, fault)
        for owner, fault in faults_of(cluster)
        if not (fault.is_no_variable or fault.is_hidden)
    )

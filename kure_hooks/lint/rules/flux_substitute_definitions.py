"""FX025: a substitution that reaches what has no variables of Flux: CRDs and scripts."""

from collections.abc import Iterator

from msgspec.structs import replace

from kure_hooks.findings import Finding
from kure_hooks.gitops.repository import Cluster
from kure_hooks.lint.variable_report import Report
from kure_hooks.lint.variables import Fault, faults_of
from kure_hooks.rules.rule import ERROR, Rule

RULE = Rule(
    "Substitution that reaches a CRD or a script",
    ERROR,
    "Flux replaces ${NAME} in every object that a Kustomization with postBuild applies. CRDs, "
    "scripts and templates have expressions that are no variables of Flux: one that it can't read "
    "fails the whole Kustomization, and so does a name that nothing defines since Flux 2.9.",
    "Annotate the object with kustomize.toolkit.fluxcd.io/substitute: disabled, or apply it with a "
    "Kustomization that has no postBuild.",
    "Flux 2.9 (kustomize-controller 1.9)",
    wrong="""\
apiVersion: v1
kind: ConfigMap
metadata: {name: scripts, namespace: shop}
data:
  backup.sh: |
    #!/bin/sh
    for disk in "${DISKS[@]}"; do fsck "$disk"; done
""",
    right="""\
apiVersion: v1
kind: ConfigMap
metadata:
  name: scripts
  namespace: shop
  annotations: {kustomize.toolkit.fluxcd.io/substitute: disabled}
data:
  backup.sh: |
    #!/bin/sh
    for disk in "${DISKS[@]}"; do fsck "$disk"; done
""",
    incidents=("https://github.com/fluxcd/flux2/issues/5967",),
)


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield a finding for the first expression of each CRD, and of each string that has one."""
    report = Report(cluster)
    told: set[object] = set()
    for owner, fault in faults_of(cluster):
        where = owner, fault.resource.who, () if fault.is_of_definition else fault.pointer
        if fault.is_no_variable and where not in told:
            told.add(where)
            finding = report.finding(owner, fault)
            yield replace(finding, expected=_expected(fault))


def _expected(fault: Fault) -> str:
    text = f"$${{{fault.name}}}" if fault.name else "$${"
    return (
        "Add the annotation kustomize.toolkit.fluxcd.io/substitute: disabled to the object, "
        f"or write {text} for the text itself."
    )

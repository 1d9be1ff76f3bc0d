"""EXAMPLE001: a namespace of no team."""

from collections.abc import Iterator

from kure_hooks.plugin import Finding, LintedCluster, Rule, Severity

RULE = Rule(
    "Namespace of no team",
    Severity.WARNING,
    "Nobody can be asked about what goes wrong in a namespace without the label team.",
    "Add the label team to the namespace.",
    wrong="""\
metadata:
  name: shop
""",
    right="""\
metadata:
  name: shop
  labels:
    team: storefront
""",
)


def check(cluster: LintedCluster) -> Iterator[Finding]:
    """Yield the namespaces without the label."""
    for _, resource in cluster.resources():
        labels = resource.manifest["metadata"].get("labels") or {}
        if resource.kind == "Namespace" and "team" not in labels:
            problem = "the namespace has no label team"
            yield resource.finding(
                ("metadata",), problem, "Add it.", "EXAMPLE001", Severity.WARNING
            )

"""FX020: references to other namespaces."""

from collections.abc import Iterator

from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.repository import Cluster
from kure_hooks.lint.flux import FLUX, kustomizations, releases
from kure_hooks.lint.rules.flux_source_kind import field_of
from kure_hooks.rules.rule import Rule

RULE = Rule(
    "Reference to another namespace",
    Severity.INFO,
    "With --no-cross-namespace-refs, which clusters of several tenants have, the controllers "
    "refuse sources and dependencies of other namespaces.",
    "Nothing, on a cluster of one tenant; else give the namespace a source of its own.",
    FLUX,
    wrong="""\
metadata: {name: shop, namespace: shop}
spec:
  sourceRef: {kind: GitRepository, name: fleet, namespace: flux-system}
""",
    right="""\
metadata: {name: shop, namespace: shop}
spec:
  sourceRef: {kind: GitRepository, name: shop}
""",
    incidents=(
        "https://github.com/fluxcd/flux2/issues/2337",
        "https://github.com/flux-iac/tofu-controller/issues/1052",
    ),
)


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield the sources and the dependencies in other namespaces."""
    for owner in (*kustomizations(cluster), *releases(cluster)):
        home = owner.who.namespace
        source = owner.source
        references = [(item.who, item.pointer) for item in owner.dependencies]
        if source is not None and source.name:
            references.insert(0, (source, (*field_of(owner), "namespace")))
        for who, pointer in references:
            if home and who.namespace and who.namespace != home:
                problem = f"{owner.who.name} refers to {who}, in another namespace than its own"
                expected = "Keep it if the cluster allows it."
                yield owner.resource.finding(pointer, problem, expected, "FX020", Severity.INFO)

"""FX026: variables that a Kustomization takes from what it brings itself."""

from collections.abc import Iterator

from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.graph import Order
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.repository import Cluster
from kure_hooks.lint.bootstrap import Bootstrap
from kure_hooks.lint.flux import weight
from kure_hooks.lint.variables import references
from kure_hooks.rules.rule import ERROR, Rule

RULE = Rule(
    "Variables from an object that comes later",
    ERROR,
    "kustomize-controller reads the ConfigMaps and Secrets of substituteFrom before it applies "
    "anything. One that the Kustomization brings itself, or that something brings which waits for "
    "it, is not there yet: on a new cluster the Kustomization fails for ever, and all that depend "
    "on it wait.",
    "Apply the ConfigMap or Secret with another Kustomization, and add that one to dependsOn; or "
    "write optional: true where every variable has a default.",
    "Flux 2.9 (kustomize-controller 1.9)",
    wrong="""\
# ./apps has the ConfigMap settings too
spec:
  path: ./apps
  postBuild:
    substituteFrom: [{kind: ConfigMap, name: settings}]
""",
    right="""\
# the Kustomization settings applies the ConfigMap settings
spec:
  path: ./apps
  dependsOn: [{name: settings}]
  postBuild:
    substituteFrom: [{kind: ConfigMap, name: settings}]
""",
    incidents=("https://github.com/rwlove/home-ops/issues/12734",),
)


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield a finding for each reference to an object that only the owner itself leads to.

    It is an info where a bootstrap has the name of the object: it may apply it before Flux starts.
    """
    order = Order(cluster)
    bootstrap = Bootstrap(cluster)
    for owner in cluster.owners:
        for index, item, who in references(owner):
            providers = [other for other, _ in cluster.applied.get(who, ())]
            if item.get("optional") is True or not providers or owner.suspended:
                continue
            if all(other and _comes_later(order, owner, other) for other in providers):
                severity = weight(cluster, owner, Severity.ERROR)
                note = ""
                if path := bootstrap.mention(who.name):
                    severity, note = Severity.INFO, f"; {path} may apply it before"
                yield owner.resource.finding(
                    ("spec", "postBuild", "substituteFrom", index, "name"),
                    f"{who} is not there when {owner.who} is applied: {_reason(owner, providers)}",
                    f"Apply it with a Kustomization that this one depends on{note}.",
                    "",
                    severity,
                )


def _comes_later(order: Order, owner: Owner, provider: Owner) -> bool:
    return provider is owner or order.applied_waits_for(provider, owner)


def _reason(owner: Owner, providers: list[Owner | None]) -> str:
    provider = providers[0]
    if provider is owner or provider is None:
        return "it is one of its own objects"
    return f"{provider.who} brings it, which waits for this one"

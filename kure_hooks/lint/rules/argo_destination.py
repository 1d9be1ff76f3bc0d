"""AR003: a destination that is not one cluster."""

from collections.abc import Iterator

from kure_hooks.findings import Finding
from kure_hooks.gitops.repository import Cluster
from kure_hooks.lint.argocd import ARGOCD, declarations
from kure_hooks.manifests import value_at
from kure_hooks.rules.rule import ERROR, Rule

RULE = Rule(
    "Destination that is not one cluster",
    ERROR,
    "A destination names its cluster by the server's address or by the name that Argo CD knows it "
    "by. With both, or with neither, the Application has an invalid spec and is never synced.",
    "Write one of server and name.",
    ARGOCD,
    wrong="""\
spec:
  destination:
    server: https://kubernetes.default.svc
    name: in-cluster
""",
    right="""\
spec:
  destination:
    name: in-cluster
    namespace: shop
""",
    incidents=("https://github.com/argoproj/argo-cd/issues/21437",),
)

_WHERE = ("spec", "destination")


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield the destinations with both or neither of server and name."""
    for declaration in declarations(cluster):
        place = value_at(declaration.body, *_WHERE)
        fields = place if isinstance(place, dict) else {}
        if fields.get("server") and fields.get("name"):
            problem = "this destination has both a server and a name, which Argo CD refuses"
            yield declaration.finding((*_WHERE, "name"), problem, "Remove one of them.", "AR003")
        elif not (fields.get("server") or fields.get("name") or declaration.is_partial):
            problem = "this destination names no cluster"
            expected = "Add name: in-cluster for Argo CD's own cluster, or the server of another."
            yield declaration.finding(_WHERE, problem, expected, "AR003")

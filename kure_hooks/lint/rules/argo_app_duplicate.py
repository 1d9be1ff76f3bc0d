"""AR001: two Applications with one name."""

from collections.abc import Iterable, Iterator

from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.argocd import GROUP
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.payload import Resource
from kure_hooks.gitops.repository import Cluster
from kure_hooks.lint.argocd import ARGOCD, home
from kure_hooks.rules.rule import ERROR, Rule

RULE = Rule(
    "Two Applications with one name",
    ERROR,
    "Argo CD knows an Application by its namespace and name. Of two with the same name in one "
    "namespace there is only one on the cluster: whoever applies last wins, and the parents, or "
    "the ApplicationSet and a parent, overwrite each other for ever. Where one of them prunes, it "
    "deletes the Application of the other, with all that it deployed.",
    "Give one of them another name, or remove it.",
    ARGOCD,
    wrong="""\
kind: Application
metadata: {name: shop, namespace: argocd}
---
kind: Application
metadata: {name: shop, namespace: argocd}
""",
    right="""\
kind: Application
metadata: {name: shop, namespace: argocd}
---
kind: Application
metadata: {name: shop-staging, namespace: argocd}
""",
    incidents=(
        "https://github.com/argoproj/argo-cd/issues/15874",
        "https://github.com/Faisal-Hajari/ai-platform/issues/10",
    ),
)

_KINDS = ("Application", "ApplicationSet")
_TEMPLATE_NAME = ("spec", "template", "metadata", "name")

Place = tuple[Owner | None, Resource]


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield each definition of an Application or ApplicationSet after the first one."""
    for who, places in cluster.applied.items():
        if who.group == GROUP and who.kind in _KINDS and len(places) > 1:
            for same in _by_home(places):
                yield from _repeated(same)


def _by_home(places: Iterable[Place]) -> Iterable[list[Place]]:
    """Return the definitions of each cluster: Argo CD may bring those of another one's."""
    homes: dict[str, list[Place]] = {}
    for owner, resource in places:
        is_parent = owner is not None and owner.who.kind == "Application"
        cluster = owner.destination if owner and is_parent else home(owner)
        homes.setdefault(cluster, []).append((owner, resource))
    return homes.values()


def _repeated(places: list[Place]) -> Iterator[Finding]:
    (first_owner, first), *others = places
    for owner, resource in others:
        if owner is not first_owner and resource.at() == first.at():
            continue  # one file that two owners apply: that is the overlap of KZ002
        # Files that nothing of the repository applies may be there to choose from; not one file.
        loose = owner is None and first_owner is None and resource.at().path != first.at().path
        severity = Severity.INFO if loose else Severity.ERROR
        name = f"{resource.kind} {resource.name}"
        if owner is not None and owner.who.kind == "ApplicationSet":
            same = owner is first_owner
            problem = f"the set makes {'two of' if same else 'another'} {name} in this namespace"
            expected = "Make the names differ, for example by more of the path or parameters."
            yield owner.resource.finding(_TEMPLATE_NAME, problem, expected, "AR001", severity)
        else:
            problem = f"another {name} is in this namespace"
            expected = f"Rename one of them, or remove the one at {first.at('metadata', 'name')}."
            yield resource.finding(("metadata", "name"), problem, expected, "AR001", severity)

"""The strategy `progressive`: an ApplicationSet that rolls out one level after the other.

It orders updates as well: Argo CD waits for every Application of a step to be healthy (RollingSync,
beta since Argo CD 3.3).
"""

from collections.abc import Iterator, Sequence

from kure_hooks.apps.metadata import with_labels
from kure_hooks.engines.argocd.applications import API
from kure_hooks.engines.argocd.bootstrap.rules import is_configured
from kure_hooks.engines.argocd.charts import charts
from kure_hooks.engines.argocd.ordering.interface import Deployment
from kure_hooks.engines.argocd.ordering.manual import manual
from kure_hooks.engines.objects import metadata
from kure_hooks.findings import Finding, Location, Severity
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.tree import Directory, Item
from kure_hooks.manifests import Manifest
from kure_hooks.origin import Origin
from kure_hooks.stack.graph import levels

LEVEL = "level"
"""The label of an Application that says in which step it is."""

_SWITCH = 'applicationsetcontroller.enable.progressive.syncs: "true"'

# A patch may hold anything but the project, which Argo CD takes from the template alone. Values of
# elements are not templates, so no text of a user is taken for one.
_TEMPLATE_PATCH = "{{ .patch | toJson }}"


def objects(plan: Plan, deployments: Sequence[Deployment]) -> Sequence[Item]:
    """See Strategy: one ApplicationSet, named after the cluster; nothing where nothing is."""
    if not deployments:
        return []
    level = levels(plan.cluster)
    elements = [
        _element(each.application.manifest, str(level[each.unit.bundle.name]))
        for each in deployments
    ]
    steps = [_step(each) for each in sorted(set(level.values()))]
    manifest = {
        "apiVersion": API,
        "kind": "ApplicationSet",
        "metadata": metadata(plan.cluster.name, plan.cluster.argocd.namespace),
        "spec": _spec(plan, elements, steps),
    }
    return [Item(manifest, Origin(plan.cluster.at, plan.cluster.name))]


def payloads(plan: Plan, directories: Sequence[Directory]) -> Sequence[Directory]:
    """See Strategy: the manifests say nothing of the order."""
    del plan
    return directories


def problems(plan: Plan) -> Iterator[Finding]:
    """See Strategy: it must be enabled, and syncs what is suspended; the label is its own."""
    if not is_configured(plan.cluster):
        problem = "AO001: progressive syncs are off unless Argo CD is told otherwise"
        expected = f"{_SWITCH} in argocd-cmd-params-cm"
        at = plan.cluster.at
        yield Finding(at, "gitops.argocd.ordering", problem, expected, Severity.WARNING)
    for what, at, key in _suspended(plan):
        problem = f"AO003: {what} is suspended, but a rolling sync syncs it"
        yield Finding(at, key, problem, "ordering: waves, or automated sync")
    for unit in plan.units:
        if LEVEL in plan.cluster.labels | unit.bundle.labels:
            problem = f"AO004: bundle {unit.name} has the label {LEVEL}, which tells its step"
            yield Finding(unit.bundle.at, "labels", problem, "another label, or ordering: waves")


def _suspended(plan: Plan) -> Iterator[tuple[str, Location, str]]:
    for unit, key in manual(plan):
        yield f"bundle {unit.name}", unit.bundle.at, key
    for _, release in charts(plan):
        if release.spec.suspend:
            yield f"release {release.name}", release.at, "spec.suspend"


def _element(application: Manifest, level: str) -> Manifest:
    """Return the parameters of an Application: all of it that the template doesn't say."""
    head = with_labels({LEVEL: level})(application)["metadata"]
    spec = application["spec"]
    return {
        "name": head["name"],
        "project": spec["project"],
        "patch": {
            "metadata": {key: each for key, each in head.items() if key not in _IDENTITY},
            "spec": {key: each for key, each in spec.items() if key != "project"},
        },
    }


_IDENTITY = ("name", "namespace")


def _step(level: int) -> Manifest:
    return {"matchExpressions": [{"key": LEVEL, "operator": "In", "values": [str(level)]}]}


def _spec(plan: Plan, elements: Sequence[Manifest], steps: Sequence[Manifest]) -> Manifest:
    return {
        "goTemplate": True,
        "goTemplateOptions": ["missingkey=error"],
        "generators": [{"list": {"elements": elements}}],
        "strategy": {
            "type": "RollingSync",
            "deletionOrder": "Reverse",
            "rollingSync": {"steps": steps},
        },
        # Otherwise Argo CD adds the cascade finalizer to Applications that are to have none.
        "syncPolicy": {"preserveResourcesOnDeletion": True},
        "template": {
            "metadata": {"name": "{{ .name }}", "namespace": plan.cluster.argocd.namespace},
            "spec": {"project": "{{ .project }}", "destination": {}},
        },
        "templatePatch": _TEMPLATE_PATCH,
    }

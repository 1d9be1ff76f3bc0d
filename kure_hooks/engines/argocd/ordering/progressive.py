"""The strategy `progressive`: an ApplicationSet that rolls out one level after the other.

It orders updates as well: Argo CD waits for every Application of a step to be healthy (RollingSync,
beta since Argo CD 3.3). It switches automated sync off and syncs the Applications of its steps
itself, so that one which is suspended is in none of them.
"""

from collections.abc import Iterator, Sequence

from kure_hooks.apps.metadata import with_labels
from kure_hooks.config.argocd import RollingSet
from kure_hooks.engines.argocd.applications import API
from kure_hooks.engines.argocd.bootstrap.rules import is_configured
from kure_hooks.engines.argocd.bundle_applications import heads
from kure_hooks.engines.argocd.helm_applications import charts
from kure_hooks.engines.argocd.ordering.interface import Deployment
from kure_hooks.engines.argocd.ordering.waves import manual
from kure_hooks.engines.objects import labels_of, metadata
from kure_hooks.findings import Finding, Severity
from kure_hooks.layout.plan import Plan
from kure_hooks.layout.tree import Directory, Item
from kure_hooks.manifests import Manifest, without_empty, written
from kure_hooks.origin import Origin
from kure_hooks.stack.graph import before, levels
from kure_hooks.yamlio.place import Place

LEVEL = "level"
"""The label of an Application that says in which step it is."""

_SWITCH = 'applicationsetcontroller.enable.progressive.syncs: "true"'

# A patch may hold anything but the project, which Argo CD takes from the template alone. Values of
# elements are not templates, so no text of a user is taken for one.
_TEMPLATE_PATCH = "{{ .patch | toJson }}"


def applications(plan: Plan, deployments: Sequence[Deployment]) -> Sequence[Item]:
    """See Strategy: every Application, whose step the set tells."""
    del plan
    return [each.application for each in deployments]


def objects(plan: Plan, applications: Sequence[Item]) -> Sequence[Item]:
    """See Strategy: one ApplicationSet, named after the cluster; nothing where nothing is."""
    if not applications:
        return []
    level = levels(plan.cluster)
    turns = [(each.manifest, level[each.origin.bundle]) for each in applications]
    elements = [_element(one, str(turn) if _syncs(one) else "") for one, turn in turns]
    # Without a step Argo CD doesn't even write the Applications.
    used = {turn for one, turn in turns if _syncs(one)} or {0}
    steps = [_step(each) for each in sorted(used)]
    manifest = {
        "apiVersion": API,
        "kind": "ApplicationSet",
        "metadata": metadata(plan.cluster.name, plan.cluster.argocd.namespace),
        "spec": _spec(plan, elements, steps),
    }
    origin = Origin(plan.cluster.at, plan.cluster.name)
    return [Item(manifest, origin, holds=tuple(applications))]


def payloads(plan: Plan, directories: Sequence[Directory]) -> Sequence[Directory]:
    """See Strategy: the manifests say nothing of the order."""
    del plan
    return directories


def problems(plan: Plan) -> Iterator[Finding]:
    """See Strategy: it must be enabled, waits for nothing suspended, and has a label of its own."""
    if not is_configured(plan.cluster):
        problem = "progressive syncs are off unless Argo CD is told otherwise"
        expected = f"{_SWITCH} in argocd-cmd-params-cm"
        place = plan.cluster.key("gitops", "argocd", "ordering")
        yield place.fault(problem, expected, Severity.WARNING, rule="AO001")
    for suspended, place in _suspended(plan):
        problem = f"nothing waits for {suspended}, because it is suspended"
        yield place.fault(
            problem, "Set automated sync, or ordering: waves.", Severity.WARNING, rule="AO003"
        )
    for unit in plan.units:
        if LEVEL in labels_of(plan, unit, *heads(plan, unit)):
            problem = f"bundle {unit.name} has the label {LEVEL}, which tells its step"
            places = (
                unit.bundle.key("argocd", "labels", LEVEL),
                plan.cluster.key("gitops", "argocd", "labels", LEVEL),
                unit.bundle.key("labels", LEVEL),
            )
            cluster = plan.cluster.key("labels", LEVEL)
            place = next((each for each in places if each.exists), cluster)
            yield place.fault(
                problem, "Choose another label, or set ordering: waves.", rule="AO004"
            )


def _suspended(plan: Plan) -> Iterator[tuple[str, Place]]:
    """Yield what is suspended and needed by others, with the key that says so."""
    needed = {name for earlier in before(plan.cluster).values() for name in earlier}
    for unit, place in manual(plan):
        if unit.name in needed:
            yield f"bundle {unit.name}", place
    for unit, release in charts(plan):
        if release.spec.suspend and unit.bundle.name in needed:
            yield f"release {release.name}", release.key("spec", "suspend")


def _syncs(application: Manifest) -> bool:
    automated = application["spec"].get("syncPolicy", {}).get("automated", {})
    return automated.get("enabled") is not False


def _element(application: Manifest, level: str) -> Manifest:
    """Return the parameters of an Application: all of it that the template doesn't say."""
    head = with_labels({LEVEL: level} if level else {})(application)["metadata"]
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
    options = plan.cluster.argocd.application_set or RollingSet()
    most = {} if options.max_update is None else {"maxUpdate": options.max_update}
    more = {
        "preservedFields": written(options.preserved_fields),
        "ignoreApplicationDifferences": written(options.ignore_application_differences),
    }
    return {
        "goTemplate": True,
        "goTemplateOptions": ["missingkey=error"],
        "generators": [{"list": {"elements": elements}}],
        "strategy": {
            "type": "RollingSync",
            "deletionOrder": "Reverse",
            "rollingSync": {"steps": [each | most for each in steps]},
        },
        "syncPolicy": {
            # Otherwise Argo CD adds the cascade finalizer to Applications that are to have none.
            "preserveResourcesOnDeletion": True,
            **without_empty({"applicationsSync": options.applications_sync}),
        },
        **without_empty(more),
        "template": {
            "metadata": {"name": "{{ .name }}", "namespace": plan.cluster.argocd.namespace},
            "spec": {"project": "{{ .project }}", "destination": {}},
        },
        "templatePatch": _TEMPLATE_PATCH,
    }

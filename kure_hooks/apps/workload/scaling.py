"""The number of pods: HorizontalPodAutoscaler and PodDisruptionBudget."""

from collections.abc import Iterator

from kure_hooks.apps.workload.objects import new, ordered, selector
from kure_hooks.apps.workload.spec import Spec
from kure_hooks.manifests import Manifest, plain
from kure_hooks.stack.model import Application

_UTILIZATION = {
    "targetCPUUtilizationPercentage": "cpu",
    "targetMemoryUtilizationPercentage": "memory",
}


def autoscaler(application: Application, spec: Spec) -> Iterator[Manifest]:
    """Yield the autoscaler; the short targets come before the author's own metrics."""
    if spec.autoscaling is None:
        return
    fields = plain(spec.autoscaling)
    short = [_metric(name, fields[key]) for key, name in _UTILIZATION.items() if key in fields]
    metrics = short + fields.get("metrics", [])
    if metrics:
        fields["metrics"] = metrics
    fields["scaleTargetRef"] = {
        "apiVersion": "apps/v1",
        "kind": spec.workload,
        "name": application.name,
    }
    keys = ("scaleTargetRef", "minReplicas", "maxReplicas", "metrics", "behavior")
    manifest = new(application, "autoscaling/v2", "HorizontalPodAutoscaler")
    yield manifest | {"spec": ordered(fields, keys)}


def _metric(resource: str, percentage: int) -> Manifest:
    target = {"type": "Utilization", "averageUtilization": percentage}
    return {"type": "Resource", "resource": {"name": resource, "target": target}}


def disruption_budget(application: Application, spec: Spec) -> Iterator[Manifest]:
    """Yield the disruption budget for the application's pods."""
    if spec.pod_disruption_budget is None:
        return
    manifest = new(application, "policy/v1", "PodDisruptionBudget")
    pods = {"selector": {"matchLabels": selector(application)}}
    yield manifest | {"spec": plain(spec.pod_disruption_budget) | pods}

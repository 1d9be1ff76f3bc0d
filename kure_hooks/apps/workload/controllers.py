"""The workload itself: the controller, its pods and their number."""

from collections.abc import Iterator

from msgspec.structs import replace

from kure_hooks.apps.workload.accounts import account_name
from kure_hooks.apps.workload.inputs.controllers import JOBS
from kure_hooks.apps.workload.inputs.pods import LocalRef, TopologySpread
from kure_hooks.apps.workload.objects import labels, new, ordered, selector
from kure_hooks.apps.workload.security import pod_context, without_pod_settings
from kure_hooks.apps.workload.services import is_headless
from kure_hooks.apps.workload.spec import Spec
from kure_hooks.manifests import CLAIM, Manifest, plain
from kure_hooks.stack.model import Application

_POD_KEYS = (
    "serviceAccountName",
    "initContainers",
    "containers",
    "securityContext",
    "imagePullSecrets",
    "enableServiceLinks",
    "volumes",
    "nodeSelector",
    "affinity",
    "tolerations",
    "schedulerName",
    "runtimeClassName",
    "priorityClassName",
    "restartPolicy",
    "terminationGracePeriodSeconds",
    "hostAliases",
    "dnsConfig",
    "dnsPolicy",
    "hostNetwork",
    "hostPID",
    "hostIPC",
    "shareProcessNamespace",
    "automountServiceAccountToken",
    "resourceClaims",
    "topologySpreadConstraints",
)

_KEYS = (
    "replicas",
    "serviceName",
    "selector",
    "template",
    "volumeClaimTemplates",
    "strategy",
    "updateStrategy",
    "podManagementPolicy",
    "minReadySeconds",
    "revisionHistoryLimit",
    "progressDeadlineSeconds",
    "persistentVolumeClaimRetentionPolicy",
)

_JOB_KEYS = (
    "template",
    "parallelism",
    "completions",
    "completionMode",
    "backoffLimit",
    "activeDeadlineSeconds",
    "ttlSecondsAfterFinished",
    "podFailurePolicy",
    "backoffLimitPerIndex",
    "maxFailedIndexes",
    "podReplacementPolicy",
    "successPolicy",
    "managedBy",
)
_CRON_JOB_KEYS = (
    "schedule",
    "timeZone",
    "concurrencyPolicy",
    "startingDeadlineSeconds",
    "suspend",
    "successfulJobsHistoryLimit",
    "failedJobsHistoryLimit",
    "jobTemplate",
)

_UTILIZATION = {
    "targetCPUUtilizationPercentage": "cpu",
    "targetMemoryUtilizationPercentage": "memory",
}


def template(application: Application, spec: Spec) -> Manifest:
    """Return the pod template, labelled so that the application's selector finds its pods."""
    metadata: Manifest = {"labels": labels(application, spec, spec.pod_labels)}
    if spec.pod_annotations:
        metadata["annotations"] = dict(sorted(spec.pod_annotations.items()))
    return {"metadata": metadata, "spec": _pod_spec(application, spec)}


def _pod_spec(application: Application, spec: Spec) -> Manifest:
    complete = replace(
        spec,
        containers=tuple(map(without_pod_settings, spec.containers)),
        init_containers=tuple(map(without_pod_settings, spec.init_containers)),
        image_pull_secrets=tuple(map(_reference, spec.image_pull_secrets)),
        topology_spread_constraints=tuple(
            _counting(application, topology_spread_constraint)
            for topology_spread_constraint in spec.topology_spread_constraints
        ),
        security_context=pod_context(spec),
    )
    fields = plain(complete)
    account = account_name(application, spec)
    if account:
        fields["serviceAccountName"] = account
    if spec.workload in JOBS:
        fields.setdefault("restartPolicy", "Never")
    return ordered(fields, _POD_KEYS)


def _reference(secret: str | LocalRef) -> LocalRef:
    return LocalRef(name=secret) if isinstance(secret, str) else secret


def _counting(application: Application, spread: TopologySpread) -> TopologySpread:
    """Return the constraint with a selector: Kubernetes counts no pod at all without one."""
    if spread.label_selector is not None:
        return spread
    return replace(spread, label_selector={"matchLabels": selector(application)})


def controller(application: Application, spec: Spec) -> Iterator[Manifest]:
    """Yield the workload; the number of replicas is left out where an autoscaler sets it.

    Claim templates have the keys that the API server adds: without them Argo CD would find a
    StatefulSet out of sync for ever.
    """
    if spec.workload in JOBS:
        yield _job(application, spec)
        return
    fields = plain(spec)
    if spec.autoscaling:
        fields.pop("replicas", None)
    if spec.workload == "StatefulSet":
        fields["serviceName"] = governing_service(application, spec)
    if claims := fields.get("volumeClaimTemplates"):
        fields["volumeClaimTemplates"] = [{**CLAIM, **claim} for claim in claims]
    fields["selector"] = {"matchLabels": selector(application)}
    fields["template"] = template(application, spec)
    yield new(application, "apps/v1", str(spec.workload)) | {"spec": ordered(fields, _KEYS)}


def _job(application: Application, spec: Spec) -> Manifest:
    """Return the Job, or the CronJob whose Jobs have the application's labels."""
    fields = plain(spec) | {"template": template(application, spec)}
    job = ordered(fields, _JOB_KEYS)
    if spec.workload == "Job":
        job |= ordered(fields, ("suspend",))
    else:
        metadata = {"labels": labels(application, spec)}
        fields["jobTemplate"] = {"metadata": metadata, "spec": job}
        job = ordered(fields, _CRON_JOB_KEYS)
    return new(application, "batch/v1", str(spec.workload)) | {"spec": job}


def governing_service(application: Application, spec: Spec) -> str:
    """Return the service that gives the pods of a StatefulSet their DNS names.

    That is the first headless service, else the first service. Without any it is the
    application's name: the API requires a name before Kubernetes 1.33 and does not look for the
    service, so none is made that the author did not ask for.
    """
    names = [service.name for service in sorted(spec.services, key=is_headless, reverse=True)]
    return names[0] if names else application.name


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

"""The workload itself: Deployment, StatefulSet or DaemonSet."""

from collections.abc import Iterator

from kure_hooks.apps.workload.objects import new, ordered, selector
from kure_hooks.apps.workload.pods import template
from kure_hooks.apps.workload.services import is_headless
from kure_hooks.apps.workload.spec import Spec
from kure_hooks.manifests import CLAIM, Manifest, plain
from kure_hooks.stack.model import Application

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


def controller(application: Application, spec: Spec) -> Iterator[Manifest]:
    """Yield the workload; the number of replicas is left out where an autoscaler sets it.

    Claim templates have the keys that the API server adds: without them Argo CD would find a
    StatefulSet out of sync for ever.
    """
    fields = plain(spec)
    if spec.autoscaling:
        fields.pop("replicas", None)
    if spec.workload == "StatefulSet":
        fields["serviceName"] = governing_service(application, spec)
    if claims := fields.get("volumeClaimTemplates"):
        fields["volumeClaimTemplates"] = [{**CLAIM, **claim} for claim in claims]
    fields["selector"] = {"matchLabels": selector(application)}
    fields["template"] = template(application, spec)
    yield new(application, "apps/v1", spec.workload) | {"spec": ordered(fields, _KEYS)}


def governing_service(application: Application, spec: Spec) -> str:
    """Return the service that gives the pods of a StatefulSet their DNS names.

    That is the first headless service, else the first service. Without any it is the
    application's name: the API requires a name before Kubernetes 1.33 and does not look for the
    service, so none is made that the author did not ask for.
    """
    names = [service.name for service in sorted(spec.services, key=is_headless, reverse=True)]
    return names[0] if names else application.name

"""The pod template."""

from msgspec.structs import replace

from kure_hooks.apps.workload.accounts import account_name
from kure_hooks.apps.workload.inputs.pods import LocalRef, TopologySpread
from kure_hooks.apps.workload.objects import labels, ordered, selector
from kure_hooks.apps.workload.security import pod_context, without_pod_settings
from kure_hooks.apps.workload.spec import Spec
from kure_hooks.manifests import Manifest, plain
from kure_hooks.stack.model import Application

_KEYS = (
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
    return ordered(fields, _KEYS)


def _reference(secret: str | LocalRef) -> LocalRef:
    return LocalRef(name=secret) if isinstance(secret, str) else secret


def _counting(application: Application, spread: TopologySpread) -> TopologySpread:
    """Return the constraint with a selector: Kubernetes counts no pod at all without one."""
    if spread.label_selector is not None:
        return spread
    return replace(spread, label_selector={"matchLabels": selector(application)})

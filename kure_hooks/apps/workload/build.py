"""The objects of an AppWorkload: what runs."""

from typing import Any

from kure_hooks.apps.workload.inputs.pods import LocalRef, ServiceAccount
from kure_hooks.apps.workload.inputs.security import POD_ONLY
from kure_hooks.apps.workload.spec import Spec
from kure_hooks.manifests import Manifest, plain
from kure_hooks.stack.model import Application

NAME_LABEL = "app.kubernetes.io/name"
_MANAGED_BY = {"app.kubernetes.io/managed-by": "kure-hooks"}

_AS_GIVEN = (
    "enable_service_links",
    "volumes",
    "node_selector",
    "affinity",
    "tolerations",
    "scheduler_name",
    "runtime_class_name",
    "priority_class_name",
    "termination_grace_period_seconds",
    "host_aliases",
    "dns_config",
    "dns_policy",
    "host_network",
    "host_pid",
    "host_ipc",
    "share_process_namespace",
    "automount_service_account_token",
    "resource_claims",
)
"""Pod fields that are written as the author gave them."""

_KEYS = {"host_pid": "hostPID", "host_ipc": "hostIPC"}


def selector(application: Application) -> dict[str, str]:
    """Return the labels that select the pods; they never change, since the API forbids it."""
    return {NAME_LABEL: application.name}


def labels(application: Application) -> dict[str, str]:
    """Return the labels of every object: the author's over ours, but for the selector's."""
    spec: Spec = application.spec
    chosen = _MANAGED_BY | application.labels | spec.labels | selector(application)
    return dict(sorted(chosen.items()))


def head(application: Application, api: str, kind: str, name: str = "") -> Manifest:
    """Return apiVersion, kind and metadata of an object, named after the application by default."""
    metadata: Manifest = {"name": name or application.name}
    if application.namespace:
        metadata["namespace"] = application.namespace
    metadata["labels"] = labels(application)
    if application.annotations:
        metadata["annotations"] = dict(sorted(application.annotations.items()))
    return {"apiVersion": api, "kind": kind, "metadata": metadata}


def workload(application: Application) -> Manifest:
    """Return the Deployment, StatefulSet or DaemonSet."""
    spec: Spec = application.spec
    fields: Manifest = {}
    if spec.replicas is not None and not spec.autoscaling:
        fields["replicas"] = spec.replicas
    if spec.workload == "StatefulSet":
        fields["serviceName"] = _governing_service(application)
    fields["selector"] = {"matchLabels": selector(application)}
    fields["template"] = {"metadata": _pod_metadata(application), "spec": _pod(application)}
    for name, key in (
        ("volume_claim_templates", "volumeClaimTemplates"),
        ("strategy", "strategy"),
        ("update_strategy", "updateStrategy"),
        ("pod_management_policy", "podManagementPolicy"),
        ("min_ready_seconds", "minReadySeconds"),
        ("revision_history_limit", "revisionHistoryLimit"),
        ("progress_deadline_seconds", "progressDeadlineSeconds"),
        ("persistent_volume_claim_retention_policy", "persistentVolumeClaimRetentionPolicy"),
    ):
        _add(fields, key, getattr(spec, name))
    return head(application, "apps/v1", spec.workload) | {"spec": fields}


def config_name(application: Application) -> str:
    """Return the name of the ConfigMap that holds `config`."""
    return f"{application.name}-config"


def account_name(application: Application) -> str:
    """Return the name of the pods' ServiceAccount, empty for the namespace's default."""
    account = application.spec.service_account
    if isinstance(account, ServiceAccount):
        return account.name or application.name
    return account or ""


def _governing_service(application: Application) -> str:
    """Return the service that gives the pods their names; the API wants one, existing or not.

    The first headless service, else the first one, else the application's name.
    """
    services = application.spec.services
    headless = [each.name for each in services if each.headless or each.cluster_ip == "None"]
    names: list[str] = [*headless, *(each.name for each in services), application.name]
    return names[0]


def _pod_metadata(application: Application) -> Manifest:
    spec: Spec = application.spec
    metadata: Manifest = {"labels": dict(sorted((spec.pod_labels | labels(application)).items()))}
    if spec.pod_annotations:
        metadata["annotations"] = dict(sorted(spec.pod_annotations.items()))
    return metadata


def _pod(application: Application) -> Manifest:
    spec: Spec = application.spec
    context: Manifest = plain(spec.security_context) if spec.security_context else {}
    init = [_container(each, context) for each in plain(spec.init_containers)]
    containers = [_container(each, context) for each in plain(spec.containers)]
    pod: Manifest = {}
    _put(pod, "serviceAccountName", account_name(application))
    _put(pod, "initContainers", init)
    _put(pod, "containers", containers)
    _put(pod, "securityContext", context)
    _put(pod, "imagePullSecrets", [_local(each) for each in spec.image_pull_secrets])
    for name in _AS_GIVEN:
        _add(pod, _KEYS.get(name) or _camel(name), getattr(spec, name))
    _put(pod, "topologySpreadConstraints", _spread(application))
    return pod


def _container(container: Manifest, pod_context: Manifest) -> Manifest:
    """Move what only a pod's security context may have to the pod; the pod's own value wins."""
    context = container.get("securityContext", {})
    for key in [each for each in context if each in POD_ONLY]:
        pod_context.setdefault(key, context.pop(key))
    if "securityContext" in container and not context:
        del container["securityContext"]
    return container


def _local(reference: str | LocalRef) -> dict[str, str]:
    return {"name": reference.name if isinstance(reference, LocalRef) else reference}


def _spread(application: Application) -> list[Manifest]:
    own = {"labelSelector": {"matchLabels": selector(application)}}
    spread: list[Manifest] = plain(application.spec.topology_spread_constraints)
    return [each if "labelSelector" in each else each | own for each in spread]


def _add(fields: Manifest, key: str, typed: Any) -> None:
    """Add what the author wrote, unless it was not written."""
    _put(fields, key, plain(typed))


def _put(fields: Manifest, key: str, value: Any) -> None:
    if value not in (None, "", [], {}):
        fields[key] = value


def _camel(name: str) -> str:
    first, *more = name.split("_")
    return first + "".join(map(str.title, more))

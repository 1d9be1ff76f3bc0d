"""The checks of each kind: a table, with a chapter for each part of what is judged."""

from collections.abc import Container, Mapping

from kure_hooks.manifests import Kind
from kure_hooks.validators.admission.check import Check
from kure_hooks.validators.admission.rules import (
    access,
    choices,
    containers,
    controllers,
    data,
    definitions,
    metadata,
    networking,
    pods,
    resources,
    scaling,
    services,
    storage,
    volumes,
)

_RBAC = "rbac.authorization.k8s.io"

KINDS: Mapping[Kind, tuple[Check, ...]] = {
    ("", "ConfigMap"): data.CONFIG_MAP,
    ("", "LimitRange"): storage.LIMITS,
    ("", "Namespace"): definitions.NAMESPACE,
    ("", "PersistentVolume"): (*storage.VOLUME, *choices.CHECKS),
    ("", "PersistentVolumeClaim"): (*storage.CLAIM, *choices.CHECKS),
    ("", "ReplicationController"): (*controllers.CONTROLLER, *choices.CHECKS),
    ("", "ResourceQuota"): storage.QUOTA,
    ("", "Secret"): data.SECRET,
    ("", "Service"): (*services.CHECKS, *choices.CHECKS),
    ("apiextensions.k8s.io", "CustomResourceDefinition"): definitions.DEFINITION,
    ("apiregistration.k8s.io", "APIService"): definitions.SERVICE,
    ("apps", "DaemonSet"): (*controllers.DAEMON_SET, *choices.CHECKS),
    ("apps", "Deployment"): (*controllers.DEPLOYMENT, *choices.CHECKS),
    ("apps", "ReplicaSet"): (*controllers.REPLICA_SET, *choices.CHECKS),
    ("apps", "StatefulSet"): (
        *controllers.STATEFUL_SET,
        *storage.CLAIMS_OF_A_SET,
        *choices.CHECKS,
    ),
    ("autoscaling", "HorizontalPodAutoscaler"): scaling.AUTOSCALER,
    ("batch", "CronJob"): (*controllers.CRON_JOB, *choices.CHECKS),
    ("batch", "Job"): (*controllers.JOB, *choices.CHECKS),
    ("networking.k8s.io", "Ingress"): (*networking.INGRESS, *choices.CHECKS),
    ("networking.k8s.io", "NetworkPolicy"): (*networking.NETWORK_POLICY, *choices.CHECKS),
    ("policy", "PodDisruptionBudget"): (*scaling.BUDGET, *choices.CHECKS),
    (_RBAC, "ClusterRole"): access.ROLE,
    (_RBAC, "ClusterRoleBinding"): access.BINDING,
    (_RBAC, "Role"): access.ROLE,
    (_RBAC, "RoleBinding"): access.BINDING,
    ("scheduling.k8s.io", "PriorityClass"): (*definitions.PRIORITY, *choices.CHECKS),
    ("storage.k8s.io", "StorageClass"): (*storage.CLASS, *choices.CHECKS),
}
"""What is judged of an object of a kind of Kubernetes, beside its metadata and its pods."""

PODS = (
    *containers.CHECKS,
    *pods.CHECKS,
    *volumes.CHECKS,
    *(resources.amounts, resources.requests_and_limits, resources.whole_bytes),
    *choices.OF_PODS,
)
"""What is judged of each pod, or of what a pod is made of."""


def of_metadata(*, relaxed: bool, defined: Container[Kind]) -> tuple[Check, ...]:
    """Return what is judged of every object.

    `relaxed` names of Services may begin with a digit; `defined` are the kinds of CRDs.
    """
    return (metadata.names(relaxed=relaxed, defined=defined), *metadata.CHECKS)

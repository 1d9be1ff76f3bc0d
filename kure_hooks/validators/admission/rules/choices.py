"""Words that a field takes, and numbers that are not below a bound, as tables of paths.

The published schemas of Kubernetes 1.25 to 1.37 name neither.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from kure_hooks.decoding import nearest
from kure_hooks.decoding.refusals import is_of
from kure_hooks.decoding.types import Name, ObjectName
from kure_hooks.decoding.values import literal
from kure_hooks.manifests import Kind, kind_of
from kure_hooks.validators.admission.check import CONTAINERS, Pod, error
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem
from kure_hooks.yamlio.scalars import shown

Words = tuple[str, ...]
Tree = Mapping[str, Any]
"""Keys, each with a tree of those below it or with the words that it takes."""

_EACH = "[]"
_WORDS: Mapping[Kind, Mapping[str, str]] = {
    ("", "Service"): {
        "spec.type": "ClusterIP NodePort LoadBalancer ExternalName",
        "spec.sessionAffinity": "None ClientIP",
        "spec.externalTrafficPolicy": "Cluster Local",
        "spec.internalTrafficPolicy": "Cluster Local",
        "spec.ipFamilyPolicy": "SingleStack PreferDualStack RequireDualStack",
        "spec.ipFamilies.[]": "IPv4 IPv6",
        "spec.ports.[].protocol": "TCP UDP SCTP",
    },
    ("", "PersistentVolumeClaim"): {"spec.volumeMode": "Filesystem Block"},
    ("", "PersistentVolume"): {
        "spec.volumeMode": "Filesystem Block",
        "spec.persistentVolumeReclaimPolicy": "Retain Delete Recycle",
    },
    ("apps", "Deployment"): {"spec.strategy.type": "Recreate RollingUpdate"},
    ("apps", "DaemonSet"): {"spec.updateStrategy.type": "RollingUpdate OnDelete"},
    ("apps", "StatefulSet"): {
        "spec.updateStrategy.type": "RollingUpdate OnDelete",
        "spec.podManagementPolicy": "OrderedReady Parallel",
        "spec.persistentVolumeClaimRetentionPolicy.whenDeleted": "Retain Delete",
        "spec.persistentVolumeClaimRetentionPolicy.whenScaled": "Retain Delete",
    },
    ("batch", "Job"): {"spec.completionMode": "NonIndexed Indexed"},
    ("batch", "CronJob"): {
        "spec.concurrencyPolicy": "Allow Forbid Replace",
        "spec.jobTemplate.spec.completionMode": "NonIndexed Indexed",
    },
    ("networking.k8s.io", "NetworkPolicy"): {
        "spec.policyTypes.[]": "Ingress Egress",
        "spec.ingress.[].ports.[].protocol": "TCP UDP SCTP",
        "spec.egress.[].ports.[].protocol": "TCP UDP SCTP",
    },
    ("policy", "PodDisruptionBudget"): {
        "spec.unhealthyPodEvictionPolicy": "IfHealthyBudget AlwaysAllow"
    },
    ("storage.k8s.io", "StorageClass"): {"volumeBindingMode": "Immediate WaitForFirstConsumer"},
    ("scheduling.k8s.io", "PriorityClass"): {"preemptionPolicy": "Never PreemptLowerPriority"},
}
_OF_CONTAINERS = {
    "imagePullPolicy": "Always IfNotPresent Never",
    "terminationMessagePolicy": "File FallbackToLogsOnError",
    "ports.[].protocol": "TCP UDP SCTP",
    "volumeMounts.[].mountPropagation": "None HostToContainer Bidirectional",
    "livenessProbe.httpGet.scheme": "HTTP HTTPS",
    "readinessProbe.httpGet.scheme": "HTTP HTTPS",
    "startupProbe.httpGet.scheme": "HTTP HTTPS",
    "securityContext.seccompProfile.type": "RuntimeDefault Localhost Unconfined",
}
_OF_PODS = {
    "restartPolicy": "Always OnFailure Never",
    "dnsPolicy": "ClusterFirst ClusterFirstWithHostNet Default None",
    "preemptionPolicy": "Never PreemptLowerPriority",
    "tolerations.[].operator": "Exists Equal Lt Gt",
    "tolerations.[].effect": "NoSchedule PreferNoSchedule NoExecute",
    "topologySpreadConstraints.[].whenUnsatisfiable": "DoNotSchedule ScheduleAnyway",
    "securityContext.fsGroupChangePolicy": "Always OnRootMismatch",
    "securityContext.seccompProfile.type": "RuntimeDefault Localhost Unconfined",
    **{f"{key}.[].{path}": words for key in CONTAINERS for path, words in _OF_CONTAINERS.items()},
}

_JOB = "parallelism completions activeDeadlineSeconds backoffLimit ttlSecondsAfterFinished"
_REPLICAS = "spec.replicas spec.minReadySeconds"
_CRON = "startingDeadlineSeconds successfulJobsHistoryLimit failedJobsHistoryLimit"
_NOT_NEGATIVE: Mapping[Kind, str] = {
    ("", "ReplicationController"): _REPLICAS,
    ("apps", "ReplicaSet"): _REPLICAS,
    ("apps", "Deployment"): f"{_REPLICAS} spec.revisionHistoryLimit spec.progressDeadlineSeconds",
    ("apps", "StatefulSet"): _REPLICAS,
    ("apps", "DaemonSet"): "spec.minReadySeconds spec.revisionHistoryLimit",
    ("batch", "Job"): " ".join(f"spec.{key}" for key in _JOB.split()),
    ("batch", "CronJob"): " ".join(
        (
            *(f"spec.{key}" for key in _CRON.split()),
            *(f"spec.jobTemplate.spec.{key}" for key in _JOB.split()),
        )
    ),
}


_REFERENCES: Mapping[Kind, str] = {
    ("", "PersistentVolume"): "spec.storageClassName",
    ("networking.k8s.io", "Ingress"): "spec.ingressClassName spec.tls.[].secretName",
}
_OF_PODS_BY_NAME = "serviceAccountName priorityClassName runtimeClassName nodeName"
_PARTS_OF_HOSTS = "hostname subdomain"


@error("VA147")
def _references(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    yield from _nameless(manifest, _REFERENCES.get(kind_of(manifest), ""), ObjectName)


@error("VA147")
def _references_of_pods(pod: Pod) -> Iterator[Problem]:
    yield from _nameless(pod.spec, _OF_PODS_BY_NAME, ObjectName)
    yield from _nameless(pod.spec, _PARTS_OF_HOSTS, Name)


def _nameless(manifest: Mapping[str, Any], paths: str, rule: Any) -> Iterator[Problem]:
    for path in paths.split():
        for pointer, value in _values(manifest, tuple(path.split("."))):
            if literal(value) and value and not is_of(rule, value):
                problem = f'the API server refuses the name "{shown(value)}"'
                longest = "63" if rule is Name else "253"
                expected = f"at most {longest} lower case letters, digits and inner '-'"
                yield pointer, problem, expected + ("" if rule is Name else " or '.'")


@error("VA145")
def _words(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    yield from _unknown(manifest, _words_of(kind_of(manifest)))


@error("VA145")
def _words_of_pods(pod: Pod) -> Iterator[Problem]:
    yield from _unknown(pod.spec, _tree_of_pods())


def _unknown(value: Any, words: Words | Tree, above: Pointer = ()) -> Iterator[Problem]:
    """Yield the values of an object that the words, or the tree with its keys, do not have."""
    if isinstance(words, tuple):
        if literal(value) and value not in words and value:
            subject = shown(above[-1]) if isinstance(above[-1], str) else "this"
            same = next((word for word in words if word.lower() == value.lower()), "")
            expected = same or nearest(value, set(words)) or " or ".join(words)
            yield above, f'{subject} can\'t be "{shown(value)}"', expected
    elif isinstance(value, dict):
        for key, inner in words.items():
            if key in value:
                yield from _unknown(value[key], inner, (*above, key))
    elif isinstance(value, list) and _EACH in words:
        for index, item in enumerate(value):
            yield from _unknown(item, words[_EACH], (*above, index))


@error("VA146")
def _numbers(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    for path in _NOT_NEGATIVE.get(kind_of(manifest), "").split():
        for pointer, value in _values(manifest, tuple(path.split("."))):
            if isinstance(value, int) and not isinstance(value, bool) and value < 0:
                yield pointer, f"{pointer[-1]} is {value}", "zero or more"


@cache
def _words_of(kind: Kind) -> Tree:
    return _tree(_WORDS.get(kind, {}))


@cache
def _tree_of_pods() -> Tree:
    return _tree(_OF_PODS)


def _tree(table: Mapping[str, str]) -> Tree:
    """Return the paths of a table as a tree, so that what they share is walked once."""
    tree: dict[str, Any] = {}
    for path, words in table.items():
        *steps, last = path.split(".")
        node = tree
        for step in steps:
            node = node.setdefault(step, {})
        node[last] = tuple(words.split())
    return tree


def _values(value: Any, path: Pointer, above: Pointer = ()) -> Iterator[tuple[Pointer, Any]]:
    """Yield what lies at a path, where `[]` is each item of a list, with the pointers to it."""
    for depth, step in enumerate(path):
        if step == _EACH:
            for index, item in enumerate(value) if isinstance(value, list) else ():
                yield from _values(item, path[depth + 1 :], (*above, *path[:depth], index))
            return
        if not isinstance(value, dict) or step not in value:
            return
        value = value[step]
    yield (*above, *path), value


CHECKS = (_words, _numbers, _references)
OF_PODS = (_words_of_pods, _references_of_pods)

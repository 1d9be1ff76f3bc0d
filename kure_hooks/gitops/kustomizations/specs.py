"""Fields that kustomize 5.8 changes, as its built-in configuration lists them."""

from collections.abc import Iterator

from kure_hooks.gitops.kustomizations.fields import Spec, steps

_PODS = {
    "Pod": "spec",
    "PodTemplate": "template/spec",
    **dict.fromkeys(
        ("Deployment", "ReplicaSet", "DaemonSet", "StatefulSet", "Job"), "spec/template/spec"
    ),
    "CronJob": "spec/jobTemplate/spec/template/spec",
}
_OWNED_PODS = {
    **{kind: path for kind, path in _PODS.items() if kind not in ("PodTemplate", "ReplicaSet")},
    "ReplicationController": "spec/template/spec",
}


def _spec(path: str, kind: str = "", group: str = "", *, create: bool = False) -> Spec:
    return Spec(steps(path), kind, group, create=create)


def _of_templates(field: str) -> tuple[Spec, ...]:
    """Return the labels or annotations of an object and of the pods that it makes."""
    template = f"spec/template/metadata/{field}"
    return (
        _spec(f"metadata/{field}", create=True),
        Spec(steps(template), "ReplicationController", version="v1", create=True),
        *(_spec(template, kind, create=True) for kind in ("Deployment", "ReplicaSet", "DaemonSet")),
        _spec(template, "StatefulSet", "apps" if field == "labels" else "", create=True),
        _spec(template, "Job", "batch", create=True),
        _spec(f"spec/jobTemplate/metadata/{field}", "CronJob", "batch", create=True),
        _spec(f"spec/jobTemplate/{template}", "CronJob", "batch", create=True),
    )


OWN_LABELS = (_spec("metadata/labels", create=True),)
TEMPLATE_LABELS = _of_templates("labels")
CLAIM_LABELS = (
    _spec("spec/volumeClaimTemplates[]/metadata/labels", "StatefulSet", "apps", create=True),
)
ANNOTATIONS = _of_templates("annotations")

_SCHEDULING = tuple(
    f"spec/template/spec/{path}/matchLabels"
    for path in (
        *(
            f"affinity/{kind}/{when}/labelSelector"
            for kind in ("podAffinity", "podAntiAffinity")
            for when in (
                "preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm",
                "requiredDuringSchedulingIgnoredDuringExecution",
            )
        ),
        "topologySpreadConstraints/labelSelector",
    )
)
ALL_LABELS = (
    Spec(steps("spec/selector"), "Service", version="v1", create=True),
    Spec(steps("spec/selector"), "ReplicationController", version="v1", create=True),
    *(
        _spec("spec/selector/matchLabels", kind, create=True)
        for kind in ("Deployment", "ReplicaSet", "DaemonSet")
    ),
    _spec("spec/selector/matchLabels", "StatefulSet", "apps", create=True),
    *(_spec(path, kind, "apps") for kind in ("Deployment", "StatefulSet") for path in _SCHEDULING),
    _spec("spec/selector/matchLabels", "Job", "batch"),
    _spec("spec/jobTemplate/spec/selector/matchLabels", "CronJob", "batch"),
    _spec("spec/selector/matchLabels", "PodDisruptionBudget", "policy"),
    *(
        _spec(f"spec/{path}/matchLabels", "NetworkPolicy", "networking.k8s.io")
        for path in ("podSelector", "ingress/from/podSelector", "egress/to/podSelector")
    ),
    *TEMPLATE_LABELS,
    *CLAIM_LABELS,
)
"""All labels and selectors that commonLabels sets."""

NAMESPACES = (
    _spec("spec/service/namespace", "APIService", "apiregistration.k8s.io", create=True),
    _spec(
        "spec/conversion/webhook/clientConfig/service/namespace",
        "CustomResourceDefinition",
        "apiextensions.k8s.io",
    ),
)
REPLICAS = tuple(
    _spec("spec/replicas", kind, create=True)
    for kind in ("Deployment", "ReplicationController", "ReplicaSet", "StatefulSet")
)
IMAGES = tuple(
    _spec(path)
    for path in (
        *(
            f"{pod}{field}"
            for pod in ("spec/", "spec/template/spec/")
            for field in ("containers[]/image", "initContainers[]/image")
        ),
        *(
            f"{pod}volumes[]/image/reference"
            for pod in ("spec/", "spec/template/spec/", "spec/jobTemplate/spec/template/spec/")
        ),
    )
)


def _in_pods(field: str, pods: dict[str, str]) -> Iterator[Spec]:
    for kind, path in pods.items():
        version = "v1" if kind == "Pod" and pods is _PODS else ""
        yield Spec(steps(f"{path}/{field}"), kind, version=version)


def _of_containers(source: str, whole: str) -> Iterator[Spec]:
    for containers in ("containers", "initContainers"):
        yield from _in_pods(f"{containers}/env/valueFrom/{source}/name", _PODS)
        yield from _in_pods(f"{containers}/envFrom/{whole}/name", _PODS)


_RBAC, _ADMISSION = "rbac.authorization.k8s.io", "admissionregistration.k8s.io"
_INGRESS = "metadata/annotations/nginx.ingress.kubernetes.io\\/"
_SCALED = (_spec("spec/scaleTargetRef/name", "HorizontalPodAutoscaler"),)
_NAMED = tuple(_spec("rules/resourceNames", kind) for kind in ("Role", "ClusterRole"))

REFERENCES: tuple[tuple[Spec, tuple[Spec, ...]], ...] = (
    *(
        (Spec((), kind), _SCALED)
        for kind in ("Deployment", "ReplicationController", "ReplicaSet", "StatefulSet")
    ),
    (
        Spec((), "ConfigMap", version="v1"),
        (
            *_in_pods("volumes/configMap/name", _PODS),
            *_of_containers("configMapKeyRef", "configMapRef"),
            *_in_pods("volumes/projected/sources/configMap/name", _PODS),
            _spec("spec/configSource/configMap", "Node"),
            *_NAMED,
            _spec(f"{_INGRESS}fastcgi-params-configmap", "Ingress"),
        ),
    ),
    (
        Spec((), "Secret", version="v1"),
        (
            *_in_pods("volumes/secret/secretName", _PODS),
            *_of_containers("secretKeyRef", "secretRef"),
            *_in_pods("imagePullSecrets/name", _PODS),
            *_in_pods("volumes/projected/sources/secret/name", _PODS),
            _spec("spec/tls/secretName", "Ingress"),
            _spec("metadata/annotations/ingress.kubernetes.io\\/auth-secret", "Ingress"),
            _spec(f"{_INGRESS}auth-secret", "Ingress"),
            _spec(f"{_INGRESS}auth-tls-secret", "Ingress"),
            _spec("imagePullSecrets/name", "ServiceAccount"),
            *(
                _spec(f"parameters/{key}", "StorageClass")
                for key in ("secretName", "adminSecretName", "userSecretName", "secretRef")
            ),
            *_NAMED,
            Spec(
                steps("spec/template/spec/containers/env/valueFrom/secretKeyRef/name"),
                "Service",
                "serving.knative.dev",
                "v1",
            ),
            _spec("spec/azureFile/secretName", "PersistentVolume"),
        ),
    ),
    (
        Spec((), "Service", version="v1"),
        (
            _spec("spec/serviceName", "StatefulSet", "apps"),
            *(
                _spec(f"spec/{path}", "Ingress")
                for path in (
                    "rules/http/paths/backend/serviceName",
                    "backend/serviceName",
                    "rules/http/paths/backend/service/name",
                    "defaultBackend/service/name",
                )
            ),
            _spec("spec/service/name", "APIService", "apiregistration.k8s.io"),
            *(
                _spec("webhooks/clientConfig/service", f"{kind}WebhookConfiguration", _ADMISSION)
                for kind in ("Validating", "Mutating")
            ),
        ),
    ),
    (Spec((), "Role", _RBAC), (_spec("roleRef/name", "RoleBinding", _RBAC),)),
    (
        Spec((), "ClusterRole", _RBAC),
        tuple(_spec("roleRef/name", f"{scope}RoleBinding", _RBAC) for scope in ("", "Cluster")),
    ),
    (
        Spec((), "ServiceAccount", version="v1"),
        (
            *(_spec("subjects", f"{scope}RoleBinding", _RBAC) for scope in ("", "Cluster")),
            *_in_pods("serviceAccountName", _OWNED_PODS),
        ),
    ),
    (
        Spec((), "PersistentVolumeClaim", version="v1"),
        tuple(_in_pods("volumes/persistentVolumeClaim/claimName", _OWNED_PODS)),
    ),
    (
        Spec((), "PersistentVolume", version="v1"),
        (
            _spec("spec/volumeName", "PersistentVolumeClaim"),
            _spec("rules/resourceNames", "ClusterRole"),
        ),
    ),
    (
        Spec((), "StorageClass", "storage.k8s.io", "v1"),
        (
            _spec("spec/storageClassName", "PersistentVolume"),
            _spec("spec/storageClassName", "PersistentVolumeClaim"),
            _spec("spec/volumeClaimTemplates/spec/storageClassName", "StatefulSet"),
        ),
    ),
    (
        Spec((), "PriorityClass", "scheduling.k8s.io", "v1"),
        tuple(_in_pods("priorityClassName", _OWNED_PODS)),
    ),
    (
        Spec((), "ValidatingAdmissionPolicy", _ADMISSION),
        (_spec("spec/policyName", "ValidatingAdmissionPolicyBinding", _ADMISSION),),
    ),
)
"""Kinds that others name, each with the fields that name them.

An IngressClass is none of them: the built-in configuration looks for a group that it never has.
"""

"""Built-in kinds that live outside namespaces."""

from kure_hooks.manifests import Manifest, kind_of

# `kubectl api-resources --namespaced=false` of Kubernetes 1.34.
_CLUSTER_SCOPED = frozenset(
    {
        ("", "Namespace"),
        ("", "Node"),
        ("", "PersistentVolume"),
        ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"),
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"),
        ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
        ("apiextensions.k8s.io", "CustomResourceDefinition"),
        ("apiregistration.k8s.io", "APIService"),
        ("certificates.k8s.io", "CertificateSigningRequest"),
        ("flowcontrol.apiserver.k8s.io", "FlowSchema"),
        ("flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration"),
        ("networking.k8s.io", "IPAddress"),
        ("networking.k8s.io", "IngressClass"),
        ("networking.k8s.io", "ServiceCIDR"),
        ("node.k8s.io", "RuntimeClass"),
        ("rbac.authorization.k8s.io", "ClusterRole"),
        ("rbac.authorization.k8s.io", "ClusterRoleBinding"),
        ("resource.k8s.io", "DeviceClass"),
        ("resource.k8s.io", "ResourceSlice"),
        ("scheduling.k8s.io", "PriorityClass"),
        ("storage.k8s.io", "CSIDriver"),
        ("storage.k8s.io", "CSINode"),
        ("storage.k8s.io", "StorageClass"),
        ("storage.k8s.io", "VolumeAttachment"),
        ("storage.k8s.io", "VolumeAttributesClass"),
    }
)


def is_cluster_scoped(manifest: Manifest) -> bool:
    """Tell whether a manifest is of a built-in kind without namespaces."""
    return kind_of(manifest) in _CLUSTER_SCOPED


# Groups of Kubernetes 1.34 that have a dot in their name and namespaced kinds in them.
_GROUPS = frozenset(
    f"{group}.k8s.io"
    for group in (
        *("authorization", "coordination", "discovery", "events", "networking"),
        *("rbac.authorization", "resource", "storage"),
    )
)


def is_built_in(group: str) -> bool:
    """Tell whether a group is one of Kubernetes itself that has namespaced kinds."""
    return "." not in group or group in _GROUPS

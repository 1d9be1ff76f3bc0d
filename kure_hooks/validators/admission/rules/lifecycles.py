"""The life of API versions: the release that deprecates each, the one that removes it, the next.

Kubernetes: the markers of its Go modules up to 1.37, which `python -m tests.support.lifecycles`
prints. Flux: the versions that its CRDs serve and mark as deprecated,
2.0 to 2.9.
"""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from kure_hooks.validators.admission.check import Version


class Life(NamedTuple):
    """The end of an API version of a kind.

    `tool` is Kubernetes or Flux, and the releases are its own; None is no known one. `successor` is
    the API version that follows, with another kind behind a space where that changes, and may be
    empty.
    """

    tool: str
    deprecated: Version | None
    removed: Version | None
    successor: str


def life_of(api_version: str, kind: str) -> Life | None:
    """Return the end of an API version of a kind, None for one without a known end."""
    return _lives().get((api_version, kind))


@cache
def _lives() -> Mapping[tuple[str, str], Life]:
    lives = {}
    for tool, table in (("Kubernetes", _KUBERNETES), ("Flux", _FLUX)):
        for row in table.strip().splitlines():
            api_version, kind, deprecated, removed, *successor = row.split()
            releases = _version(deprecated), _version(removed)
            lives[api_version, kind] = Life(tool, *releases, _whole(api_version, successor))
    return lives


def _whole(api_version: str, successor: list[str]) -> str:
    """Return a successor of a row, whose group is left out where it stays the same."""
    text = " ".join(successor)
    group = api_version.rpartition("/")[0]
    return f"{group}/{text}" if text and group and "/" not in text else text


def _version(text: str) -> Version | None:
    if text == "-":
        return None
    major, minor = text.split(".")
    return int(major), int(minor)


_FLUX = """
helm.toolkit.fluxcd.io/v2beta1 HelmRelease 2.2 2.7 v2
helm.toolkit.fluxcd.io/v2beta2 HelmRelease 2.3 2.8 v2
image.toolkit.fluxcd.io/v1beta1 ImagePolicy 2.2 2.7 v1
image.toolkit.fluxcd.io/v1beta1 ImageRepository 2.2 2.7 v1
image.toolkit.fluxcd.io/v1beta1 ImageUpdateAutomation 2.3 2.7 v1
image.toolkit.fluxcd.io/v1beta2 ImagePolicy 2.7 2.9 v1
image.toolkit.fluxcd.io/v1beta2 ImageRepository 2.7 2.9 v1
image.toolkit.fluxcd.io/v1beta2 ImageUpdateAutomation 2.7 2.9 v1
kustomize.toolkit.fluxcd.io/v1beta1 Kustomization 2.0 2.7 v1
kustomize.toolkit.fluxcd.io/v1beta2 Kustomization 2.0 2.8 v1
notification.toolkit.fluxcd.io/v1beta1 Alert 2.2 2.7 v1beta3
notification.toolkit.fluxcd.io/v1beta1 Provider 2.2 2.7 v1beta3
notification.toolkit.fluxcd.io/v1beta1 Receiver 2.0 2.7 v1
notification.toolkit.fluxcd.io/v1beta2 Alert 2.2 2.9 v1beta3
notification.toolkit.fluxcd.io/v1beta2 Provider 2.2 2.9 v1beta3
notification.toolkit.fluxcd.io/v1beta2 Receiver 2.0 2.9 v1
source.toolkit.fluxcd.io/v1beta1 Bucket 2.3 2.7 v1
source.toolkit.fluxcd.io/v1beta1 GitRepository 2.0 2.7 v1
source.toolkit.fluxcd.io/v1beta1 HelmChart 2.3 2.7 v1
source.toolkit.fluxcd.io/v1beta1 HelmRepository 2.3 2.7 v1
source.toolkit.fluxcd.io/v1beta2 Bucket 2.5 2.8 v1
source.toolkit.fluxcd.io/v1beta2 GitRepository 2.0 2.8 v1
source.toolkit.fluxcd.io/v1beta2 HelmChart 2.3 2.8 v1
source.toolkit.fluxcd.io/v1beta2 HelmRepository 2.3 2.8 v1
source.toolkit.fluxcd.io/v1beta2 OCIRepository 2.6 2.8 v1
"""

_KUBERNETES = """
admission.k8s.io/v1beta1 AdmissionReview 1.19 1.22 v1
admissionregistration.k8s.io/v1alpha1 MutatingAdmissionPolicy 1.35 1.38 v1
admissionregistration.k8s.io/v1alpha1 MutatingAdmissionPolicyBinding 1.35 1.38 v1
admissionregistration.k8s.io/v1alpha1 ValidatingAdmissionPolicy 1.29 1.32 v1
admissionregistration.k8s.io/v1alpha1 ValidatingAdmissionPolicyBinding 1.29 1.32 v1
admissionregistration.k8s.io/v1beta1 MutatingAdmissionPolicy 1.37 1.40 v1
admissionregistration.k8s.io/v1beta1 MutatingAdmissionPolicyBinding 1.37 1.40 v1
admissionregistration.k8s.io/v1beta1 MutatingWebhookConfiguration 1.16 1.22 v1
admissionregistration.k8s.io/v1beta1 ValidatingAdmissionPolicy 1.31 1.34 v1
admissionregistration.k8s.io/v1beta1 ValidatingAdmissionPolicyBinding 1.31 1.34 v1
admissionregistration.k8s.io/v1beta1 ValidatingWebhookConfiguration 1.16 1.22 v1
apidiscovery.k8s.io/v2beta1 APIGroupDiscovery 1.32 1.35 v2
apiextensions.k8s.io/v1beta1 ConversionReview 1.19 1.22 v1
apiextensions.k8s.io/v1beta1 CustomResourceDefinition 1.16 1.22 v1
apiregistration.k8s.io/v1beta1 APIService 1.19 1.22 v1
apps/v1beta1 ControllerRevision 1.8 1.16 v1
apps/v1beta1 Deployment 1.8 1.16 v1
apps/v1beta1 DeploymentRollback 1.8 1.16 v1
apps/v1beta1 Scale 1.8 1.16 autoscaling/v1
apps/v1beta1 StatefulSet 1.8 1.16 v1
apps/v1beta2 ControllerRevision 1.9 1.16 v1
apps/v1beta2 DaemonSet 1.9 1.16 v1
apps/v1beta2 Deployment 1.9 1.16 v1
apps/v1beta2 ReplicaSet 1.9 1.16 v1
apps/v1beta2 Scale 1.9 1.16 autoscaling/v1
apps/v1beta2 StatefulSet 1.9 1.16 v1
authentication.k8s.io/v1alpha1 SelfSubjectReview 1.29 1.32 v1
authentication.k8s.io/v1beta1 SelfSubjectReview 1.30 1.33 v1
authentication.k8s.io/v1beta1 TokenReview 1.19 1.22 v1
authorization.k8s.io/v1beta1 LocalSubjectAccessReview 1.19 1.22 v1
authorization.k8s.io/v1beta1 SelfSubjectAccessReview 1.19 1.22 v1
authorization.k8s.io/v1beta1 SelfSubjectRulesReview 1.19 1.22 v1
authorization.k8s.io/v1beta1 SubjectAccessReview 1.19 1.22 v1
autoscaling/v2beta1 HorizontalPodAutoscaler 1.22 1.25 v2
autoscaling/v2beta2 HorizontalPodAutoscaler 1.23 1.26 v2
batch/v1beta1 CronJob 1.21 1.25 v1
batch/v1beta1 JobTemplate 1.22 1.25
certificates.k8s.io/v1alpha1 ClusterTrustBundle 1.34 1.37 v1
certificates.k8s.io/v1alpha1 PodCertificateRequest 1.37 1.40 v1
certificates.k8s.io/v1beta1 CertificateSigningRequest 1.19 1.22 v1
certificates.k8s.io/v1beta1 ClusterTrustBundle 1.37 1.40 v1
certificates.k8s.io/v1beta1 PodCertificateRequest 1.37 1.40 v1
coordination.k8s.io/v1alpha1 LeaseCandidate 1.34 1.37 v1beta1
coordination.k8s.io/v1alpha2 LeaseCandidate 1.35 1.38 v1beta1
coordination.k8s.io/v1beta1 Lease 1.19 1.22 v1
coordination.k8s.io/v1beta1 LeaseCandidate 1.36 1.39
discovery.k8s.io/v1beta1 EndpointSlice 1.21 1.25 v1
events.k8s.io/v1beta1 Event 1.22 1.25 v1
extensions/v1beta1 DaemonSet 1.8 1.16 apps/v1
extensions/v1beta1 Deployment 1.8 1.16 apps/v1
extensions/v1beta1 DeploymentRollback 1.8 1.16
extensions/v1beta1 Ingress 1.14 1.22 networking.k8s.io/v1
extensions/v1beta1 NetworkPolicy 1.9 1.16 networking.k8s.io/v1
extensions/v1beta1 PodSecurityPolicy 1.11 1.16 policy/v1beta1
extensions/v1beta1 ReplicaSet 1.8 1.16 apps/v1
extensions/v1beta1 Scale 1.2 1.16
flowcontrol.apiserver.k8s.io/v1alpha1 FlowSchema 1.20 1.21 v1beta3
flowcontrol.apiserver.k8s.io/v1alpha1 PriorityLevelConfiguration 1.20 1.21 v1beta3
flowcontrol.apiserver.k8s.io/v1beta1 FlowSchema 1.23 1.26 v1beta3
flowcontrol.apiserver.k8s.io/v1beta1 PriorityLevelConfiguration 1.23 1.26 v1beta3
flowcontrol.apiserver.k8s.io/v1beta2 FlowSchema 1.26 1.29 v1beta3
flowcontrol.apiserver.k8s.io/v1beta2 PriorityLevelConfiguration 1.26 1.29 v1beta3
flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema 1.29 1.32 v1
flowcontrol.apiserver.k8s.io/v1beta3 PriorityLevelConfiguration 1.29 1.32 v1
lifecycle.k8s.io/v1alpha1 Eviction 1.40 1.43
lifecycle.k8s.io/v1alpha1 EvictionRequest 1.40 1.43
networking.k8s.io/v1alpha1 ClusterCIDR 1.28 1.31
networking.k8s.io/v1alpha1 IPAddress 1.30 1.33 v1
networking.k8s.io/v1alpha1 ServiceCIDR 1.30 1.33 v1
networking.k8s.io/v1beta1 IPAddress 1.34 1.37 v1
networking.k8s.io/v1beta1 Ingress 1.19 1.22 v1
networking.k8s.io/v1beta1 IngressClass 1.19 1.22 v1
networking.k8s.io/v1beta1 ServiceCIDR 1.34 1.37 v1
node.k8s.io/v1beta1 RuntimeClass 1.22 1.25 v1
policy/v1beta1 Eviction 1.22 1.25 v1
policy/v1beta1 PodDisruptionBudget 1.21 1.25 v1
policy/v1beta1 PodSecurityPolicy 1.21 1.25
rbac.authorization.k8s.io/v1beta1 ClusterRole 1.17 1.22 v1
rbac.authorization.k8s.io/v1beta1 ClusterRoleBinding 1.17 1.22 v1
rbac.authorization.k8s.io/v1beta1 Role 1.17 1.22 v1
rbac.authorization.k8s.io/v1beta1 RoleBinding 1.17 1.22 v1
resource.k8s.io/v1alpha3 DeviceTaintRule 1.36 1.39 v1
resource.k8s.io/v1alpha3 ResourcePoolStatusRequest 1.39 1.42
resource.k8s.io/v1beta1 DeviceClass 1.35 1.38 v1
resource.k8s.io/v1beta1 ResourceClaim 1.35 1.38 v1
resource.k8s.io/v1beta1 ResourceClaimTemplate 1.35 1.38 v1
resource.k8s.io/v1beta1 ResourceSlice 1.35 1.38 v1
resource.k8s.io/v1beta2 DeviceClass 1.36 1.39 v1
resource.k8s.io/v1beta2 DeviceTaintRule 1.39 1.42 v1
resource.k8s.io/v1beta2 ResourceClaim 1.36 1.39 v1
resource.k8s.io/v1beta2 ResourceClaimTemplate 1.36 1.39 v1
resource.k8s.io/v1beta2 ResourceSlice 1.36 1.39 v1
scheduling.k8s.io/v1beta1 PodGroup 1.40 1.43
scheduling.k8s.io/v1beta1 PriorityClass 1.14 1.22 v1
scheduling.k8s.io/v1beta1 Workload 1.40 1.43
storage.k8s.io/v1alpha1 CSIStorageCapacity 1.21 1.24 v1beta1
storage.k8s.io/v1alpha1 VolumeAttachment 1.21 1.24 v1
storage.k8s.io/v1alpha1 VolumeAttributesClass 1.32 1.35 v1
storage.k8s.io/v1beta1 CSIDriver 1.19 1.22 v1
storage.k8s.io/v1beta1 CSINode 1.17 1.22 v1
storage.k8s.io/v1beta1 CSIStorageCapacity 1.24 1.27 v1
storage.k8s.io/v1beta1 StorageClass 1.19 1.22 v1
storage.k8s.io/v1beta1 VolumeAttachment 1.19 1.22 v1
storage.k8s.io/v1beta1 VolumeAttributesClass 1.34 1.37 v1
storagemigration.k8s.io/v1alpha1 StorageVersionMigration 1.33 1.36 v1
storagemigration.k8s.io/v1beta1 StorageVersionMigration 1.37 1.40 v1
"""

"""The kinds of objects: custom or built in, and inside of namespaces or outside."""

from collections.abc import Mapping

from kure_hooks.gitops.repository import Cluster
from kure_hooks.manifests import Kind, Manifest, kind_of, text_at
from kure_hooks.validators.schemas import Resource

# Kinds that live in namespaces: those of Kubernetes 1.34, and those of the packed schemas that
# people write. None of them has ever changed its scope.
_NAMESPACED: Mapping[str, str] = {
    "": "ConfigMap Endpoints LimitRange PersistentVolumeClaim Pod PodTemplate "
    "ReplicationController ResourceQuota Secret Service ServiceAccount",
    "apps": "DaemonSet Deployment ReplicaSet StatefulSet",
    "autoscaling": "HorizontalPodAutoscaler",
    "batch": "CronJob Job",
    "coordination.k8s.io": "Lease",
    "discovery.k8s.io": "EndpointSlice",
    "networking.k8s.io": "Ingress NetworkPolicy",
    "policy": "PodDisruptionBudget",
    "rbac.authorization.k8s.io": "Role RoleBinding",
    "argoproj.io": "AnalysisTemplate AppProject Application ApplicationSet CronWorkflow EventBus "
    "EventSource Rollout Sensor WorkflowTemplate",
    "autoscaling.k8s.io": "VerticalPodAutoscaler",
    "bitnami.com": "SealedSecret",
    "cert-manager.io": "Certificate Issuer",
    "cilium.io": "CiliumEnvoyConfig CiliumLocalRedirectPolicy CiliumNetworkPolicy",
    "external-secrets.io": "ExternalSecret PushSecret SecretStore",
    "externaldns.k8s.io": "DNSEndpoint",
    "flagger.app": "AlertProvider Canary MetricTemplate",
    "fluxcd.controlplane.io": "FluxInstance ResourceSet ResourceSetInputProvider",
    "gateway.networking.k8s.io": "BackendTLSPolicy GRPCRoute Gateway HTTPRoute ReferenceGrant "
    "TCPRoute TLSRoute UDPRoute",
    "helm.toolkit.fluxcd.io": "HelmRelease",
    "image.toolkit.fluxcd.io": "ImagePolicy ImageRepository ImageUpdateAutomation",
    "keda.sh": "ScaledJob ScaledObject TriggerAuthentication",
    "kustomize.toolkit.fluxcd.io": "Kustomization",
    "kyverno.io": "CleanupPolicy Policy PolicyException",
    "metallb.io": "BFDProfile BGPAdvertisement BGPPeer Community IPAddressPool L2Advertisement",
    "monitoring.coreos.com": "Alertmanager AlertmanagerConfig PodMonitor Probe Prometheus "
    "PrometheusAgent PrometheusRule ScrapeConfig ServiceMonitor ThanosRuler",
    "networking.istio.io": "DestinationRule EnvoyFilter Gateway ServiceEntry Sidecar "
    "VirtualService WorkloadEntry WorkloadGroup",
    "notification.toolkit.fluxcd.io": "Alert Provider Receiver",
    "security.istio.io": "AuthorizationPolicy PeerAuthentication RequestAuthentication",
    "snapshot.storage.k8s.io": "VolumeSnapshot",
    "source.extensions.fluxcd.io": "ArtifactGenerator",
    "source.toolkit.fluxcd.io": "Bucket ExternalArtifact GitRepository HelmChart HelmRepository "
    "OCIRepository",
    "traefik.io": "IngressRoute IngressRouteTCP IngressRouteUDP Middleware MiddlewareTCP "
    "ServersTransport ServersTransportTCP TLSOption TLSStore TraefikService",
    "velero.io": "Backup BackupStorageLocation Restore Schedule VolumeSnapshotLocation",
}
_KINDS = frozenset((group, kind) for group, kinds in _NAMESPACED.items() for kind in kinds.split())


def is_custom(manifest: Manifest) -> bool:
    """Tell whether an object is of a kind that a CRD defines."""
    return Resource(str(manifest.get("apiVersion")), str(manifest.get("kind"))).is_custom


def namespaced_kinds(cluster: Cluster) -> frozenset[Kind]:
    """Return the kinds that are known to live in namespaces; CRDs of the cluster say so as well."""
    scopes = dict(_scopes(cluster))
    outside = {kind for kind, scope in scopes.items() if scope != "Namespaced"}
    return (_KINDS - outside) | (scopes.keys() - outside)


def _scopes(cluster: Cluster) -> list[tuple[Kind, str]]:
    """Return the scope of each kind that a CRD of the cluster defines."""
    return [
        (kind, text_at(resource.manifest, "spec", "scope"))
        for _, resource in cluster.resources()
        if (kind := defined_kind(resource.manifest))
    ]


def defined_kind(manifest: Manifest) -> Kind | None:
    """Return the group and kind that a CRD defines, None for any other object."""
    if kind_of(manifest) != ("apiextensions.k8s.io", "CustomResourceDefinition"):
        return None
    return text_at(manifest, "spec", "group"), text_at(manifest, "spec", "names", "kind")

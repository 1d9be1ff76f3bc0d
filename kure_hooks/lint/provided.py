"""The objects that a cluster has, as far as its repository tells: those that nothing provides."""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.payload import Resource
from kure_hooks.gitops.repository import Cluster
from kure_hooks.gitops.variables import OPEN
from kure_hooks.lint.bootstrap import Bootstrap
from kure_hooks.lint.kinds import is_custom
from kure_hooks.manifests import Identity, kind_of, mappings_at, text_at, value_at

# Controllers put these into every namespace.
_EVERYWHERE = frozenset({"kube-root-ca.crt", "istio-ca-root-cert", "openshift-service-ca.crt"})
# Custom resources of which no controller makes a ConfigMap, a Secret, a claim, a Service or a
# ServiceAccount. All others may be the request for one.
_HARMLESS = frozenset(
    {
        *("ServiceMonitor", "PodMonitor", "PrometheusRule", "Probe", "ScrapeConfig"),
        *("HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute", "ReferenceGrant", "GatewayClass"),
        *("IngressRoute", "Middleware", "ScaledObject", "VerticalPodAutoscaler", "Alert"),
        *("CiliumNetworkPolicy", "ClusterIssuer", "Issuer", "ClusterSecretStore", "SecretStore"),
        *("GitRepository", "HelmRepository", "OCIRepository", "Bucket", "HelmChart", "Receiver"),
        *("Kustomization", "HelmRelease", "ImagePolicy", "ImageRepository", "AppProject"),
        *("ImageUpdateAutomation", "Application", "ApplicationSet", "FluxInstance", "Provider"),
        *("IPAddressPool", "L2Advertisement", "PeerAuthentication", "AuthorizationPolicy"),
    }
)
# Charts and annotations of controllers that copy objects into other namespaces.
_COPIES = re.compile(r"reflector|replicator|kubed|config-syncer|kyverno|emberstack|mittwald")
_ENTRIES = ("HelmRelease", "FluxInstance")


class Provided:
    """The objects of a cluster, and the namespaces in which there may be more."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._bootstrap = Bootstrap(cluster)

    def lacks(self, who: Identity) -> bool:
        """Tell whether nothing of the cluster provides an object, and nothing unknown may."""
        if not self.is_known or who.namespace in self._open or OPEN in f"{who.namespace}{who.name}":
            return False
        if who.kind in ("ConfigMap", "Secret") and (self._is_copied or who.name in _EVERYWHERE):
            return False
        if who in self.cluster.applied or self.cluster.declared.is_external(who):
            return False
        return not self._is_templated(who) and not self._bootstrap.mention(who.name)

    @cached_property
    def is_known(self) -> bool:
        """Tell whether all that is applied is known, or stays in a namespace that is."""
        return self.cluster.is_certain and not any(
            self._may_be_anywhere(owner) for owner in self.cluster.owners
        )

    @cached_property
    def has_charts(self) -> bool:
        """Tell whether a chart is installed, which may bring any object outside of namespaces."""
        return any(owner.elsewhere for owner in self.cluster.owners)

    def _may_be_anywhere(self, owner: Owner) -> bool:
        if any(fault.rule == "KZ001" for payload in owner.payloads for fault in payload.faults):
            return True
        return not owner.is_certain and owner.who.kind not in _ENTRIES and not _home(owner)

    @cached_property
    def _open(self) -> frozenset[str]:
        """The namespaces in which a chart, an operator or a job may make objects."""
        spaces = {_home(owner) for owner in self.cluster.owners if not owner.is_certain}
        spaces |= {
            resource.who.namespace
            for _, resource in self.cluster.resources()
            if resource.who and (_requests(resource) or _may_create(resource))
        }
        releases = (owner for owner in self.cluster.owners if owner.who.kind in _ENTRIES)
        return frozenset(spaces | {owner.who.namespace for owner in releases})

    @cached_property
    def _is_copied(self) -> bool:
        """Tell whether a controller may bring ConfigMaps and Secrets into any namespace."""
        for _, resource in self.cluster.resources():
            who = resource.who
            if who and not who.namespace and (_requests(resource) or _may_create(resource)):
                return True
            annotations = value_at(resource.manifest, "metadata", "annotations")
            if annotations and any(map(_COPIES.search, map(str, annotations))):
                return True
        return any(_COPIES.search(owner.who.name) for owner in self.cluster.owners)

    def _is_templated(self, who: Identity) -> bool:
        """Tell whether the name of an object is one that a StatefulSet or a variable makes."""
        for other in self.cluster.applied:
            if OPEN in f"{other.namespace}{other.name}" and other.kind == who.kind:
                return True
        if who.kind != "PersistentVolumeClaim":
            return False
        return any(who.name.startswith(prefix) for prefix in self._claims(who.namespace))

    def _claims(self, namespace: str) -> Iterator[str]:
        for who, places in self.cluster.applied.items():
            if (who.kind, who.namespace) == ("StatefulSet", namespace):
                manifest = places[0][1].manifest
                for claim in mappings_at(manifest, "spec", "volumeClaimTemplates"):
                    yield f"{text_at(claim, 'metadata', 'name')}-{who.name}-"


def _home(owner: Owner) -> str:
    """Return the namespace that all objects of an owner are in, empty where nothing says so."""
    if owner.who.kind == "Application":
        return text_at(owner.spec, "destination", "namespace")
    target = text_at(owner.spec, "targetNamespace")
    return target or (owner.who.namespace if owner.who.kind in _ENTRIES else "")


def _requests(resource: Resource) -> bool:
    """Tell whether an object may make an operator create others."""
    return is_custom(resource.manifest) and resource.kind not in _HARMLESS


def _may_create(resource: Resource) -> bool:
    """Tell whether a role allows a job to create ConfigMaps and Secrets."""
    if kind_of(resource.manifest)[0] != "rbac.authorization.k8s.io":
        return False
    return any(
        _overlap(rule.get("resources"), ("secrets", "configmaps", "*"))
        and _overlap(rule.get("verbs"), ("create", "*"))
        for rule in mappings_at(resource.manifest, "rules")
    )


def _overlap(value: object, names: Iterable[str]) -> bool:
    return isinstance(value, list) and any(name in value for name in names)

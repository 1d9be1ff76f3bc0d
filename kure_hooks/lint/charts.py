"""Charts that many clusters run, and the custom resources whose CRDs they install.

A name says the API group, or the group and a kind where several projects share the group. Charts
that are here with nothing install no CRD.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Chart:
    """The CRDs of a chart.

    `certain` are those that it installs unless `switch`, a path of its values, is off; of a chart
    that is `off` by default, where one of the switches is on. `possible` are those that depend on
    its version, on other values or on what it does at run time.
    """

    certain: tuple[str, ...] = ()
    possible: tuple[str, ...] = ()
    switches: tuple[str, ...] = ()
    is_off: bool = False


def _of(*certain: str) -> Chart:
    return Chart(certain)


_GATEWAY = "gateway.networking.k8s.io"
_MONITORING = "monitoring.coreos.com"
_SNAPSHOTS = ("snapshot.storage.k8s.io", "groupsnapshot.storage.k8s.io")
_CERT_MANAGER = ("cert-manager.io", "acme.cert-manager.io")
_EXTERNAL_SECRETS = ("external-secrets.io", "generators.external-secrets.io")
_MARIADB = ("k8s.mariadb.com",)
_KARPENTER = ("karpenter.sh", "karpenter.k8s.aws")
_TRAEFIK = ("traefik.io",)
_ECK = (
    *("elasticsearch.k8s.elastic.co", "kibana.k8s.elastic.co", "beat.k8s.elastic.co"),
    *("agent.k8s.elastic.co", "apm.k8s.elastic.co", "logstash.k8s.elastic.co"),
    *("maps.k8s.elastic.co", "enterprisesearch.k8s.elastic.co", "stackconfigpolicy.k8s.elastic.co"),
)
_GATEKEEPER = (
    *("templates.gatekeeper.sh", "config.gatekeeper.sh", "mutations.gatekeeper.sh"),
    *("expansion.gatekeeper.sh", "externaldata.gatekeeper.sh", "status.gatekeeper.sh"),
)
_KYVERNO = ("kyverno.io", "policies.kyverno.io", "reports.kyverno.io", "wgpolicyk8s.io")
_ISTIO = (
    *("networking.istio.io", "security.istio.io", "telemetry.istio.io", "extensions.istio.io"),
)
_FLUX = tuple(
    f"{name}.toolkit.fluxcd.io" for name in ("source", "kustomize", "helm", "notification", "image")
)

CHARTS: Mapping[str, Chart] = {
    # Certificates, secrets and policies.
    "cert-manager": Chart(_CERT_MANAGER, switches=("crds.enabled", "installCRDs"), is_off=True),
    "trust-manager": Chart(("trust.cert-manager.io",), switches=("crds.enabled",)),
    "cert-manager-approver-policy": _of("policy.cert-manager.io"),
    "external-secrets": Chart(_EXTERNAL_SECRETS, switches=("installCRDs",)),
    "sealed-secrets": Chart(("bitnami.com",), switches=("crd.create",)),
    "vault-secrets-operator": _of("secrets.hashicorp.com"),
    "secrets-store-csi-driver": _of("secrets-store.csi.x-k8s.io"),
    "onepassword-connect": Chart(possible=("onepassword.com",)),
    "connect": Chart(possible=("onepassword.com",)),
    "kyverno": Chart(_KYVERNO, switches=("crds.install",)),
    "gatekeeper": Chart(_GATEKEEPER, possible=("constraints.gatekeeper.sh",)),
    "trivy-operator": _of("aquasecurity.github.io"),
    # Observability.
    "kube-prometheus-stack": Chart((_MONITORING,), switches=("crds.enabled",)),
    "prometheus-operator-crds": _of(_MONITORING),
    "victoria-metrics-operator": Chart(
        ("operator.victoriametrics.com",), (_MONITORING,), ("crds.enabled", "crds.plain")
    ),
    "victoria-metrics-operator-crds": _of("operator.victoriametrics.com"),
    "victoria-metrics-k8s-stack": Chart(possible=("operator.victoriametrics.com", _MONITORING)),
    "grafana-operator": _of("grafana.integreatly.org"),
    "alloy-operator": Chart(possible=("collectors.grafana.com",)),
    "k8s-monitoring": Chart(possible=("collectors.grafana.com", _MONITORING)),
    "opentelemetry-operator": Chart(("opentelemetry.io",), switches=("crds.create",)),
    "jaeger-operator": _of("jaegertracing.io"),
    "logging-operator": _of("logging.banzaicloud.io"),
    "fluent-operator": _of("fluentbit.fluent.io", "fluentd.fluent.io"),
    "eck-operator": Chart(_ECK, switches=("installCRDs",)),
    "eck-operator-crds": _of(*_ECK),
    # Networks.
    "cilium": _of("cilium.io"),
    "tigera-operator": Chart(
        ("operator.tigera.io",), ("crd.projectcalico.org", "projectcalico.org")
    ),
    "metallb": Chart(("metallb.io",), switches=("crds.enabled",)),
    "traefik": Chart(_TRAEFIK, (_GATEWAY, "hub.traefik.io", "traefik.containo.us")),
    "traefik-crds": Chart(_TRAEFIK, (_GATEWAY, "hub.traefik.io")),
    "gateway-helm": _of("gateway.envoyproxy.io", _GATEWAY),
    "gateway-crds-helm": Chart(possible=("gateway.envoyproxy.io", _GATEWAY)),
    "kgateway-crds": _of("gateway.kgateway.dev"),
    "nginx-gateway-fabric": _of("gateway.nginx.org"),
    "contour": _of("projectcontour.io"),
    "kong": _of("configuration.konghq.com"),
    "emissary-ingress": Chart(possible=("getambassador.io",)),
    "base": Chart(possible=_ISTIO),
    "linkerd-crds": Chart(("linkerd.io", "policy.linkerd.io"), (_GATEWAY,)),
    "external-dns": Chart(possible=("externaldns.k8s.io",)),
    "tailscale-operator": _of("tailscale.com"),
    "aws-load-balancer-controller": _of("elbv2.k8s.aws"),
    # Storage and backup.
    "rook-ceph": Chart(("ceph.rook.io", "objectbucket.io"), switches=("crds.enabled",)),
    "longhorn": _of("longhorn.io"),
    "openebs": Chart(possible=("openebs.io", "local.openebs.io", "zfs.openebs.io", *_SNAPSHOTS)),
    "piraeus-operator": Chart(("piraeus.io",), switches=("installCRDs",), is_off=True),
    "topolvm": _of("topolvm.io"),
    "snapshot-controller": Chart(_SNAPSHOTS, switches=("installCRDs",)),
    "csi-driver-nfs": Chart(possible=_SNAPSHOTS),
    "snapscheduler": _of("snapscheduler.backube"),
    "volsync": Chart(("volsync.backube",), switches=("manageCRDs",)),
    "velero": Chart(("velero.io",), switches=("upgradeCRDs",)),
    "k8up": Chart(possible=("k8up.io",)),
    # Databases and queues.
    "cloudnative-pg": Chart(("postgresql.cnpg.io",), switches=("crds.create",)),
    "plugin-barman-cloud": Chart(possible=("barmancloud.cnpg.io",)),
    "postgres-operator": _of("acid.zalan.do"),
    "pgo": _of("postgres-operator.crunchydata.com"),
    "mariadb-operator": Chart(_MARIADB, switches=("crds.enabled",), is_off=True),
    "mariadb-operator-crds": _of(*_MARIADB),
    "mysql-operator": _of("mysql.oracle.com"),
    "redis-operator": Chart(possible=("redis.redis.opstreelabs.in",)),
    "dragonfly-operator": Chart(possible=("dragonflydb.io",)),
    "strimzi-kafka-operator": _of("kafka.strimzi.io", "core.strimzi.io"),
    "rabbitmq-cluster-operator": _of("rabbitmq.com"),
    "nack": _of("jetstream.nats.io"),
    # Scaling, nodes and accelerators.
    "keda": Chart(("keda.sh", "eventing.keda.sh"), switches=("crds.install",)),
    "karpenter": Chart(_KARPENTER),
    "karpenter-crd": _of(*_KARPENTER),
    "vpa": _of("autoscaling.k8s.io"),
    "node-feature-discovery": _of("nfd.k8s-sigs.io"),
    "gpu-operator": Chart(("nvidia.com",), ("nfd.k8s-sigs.io",)),
    "intel-device-plugins-operator": _of("deviceplugin.intel.com"),
    "kueue": _of("kueue.x-k8s.io"),
    "kuberay-operator": _of("ray.io"),
    "spark-operator": _of("sparkoperator.k8s.io"),
    # Delivery.
    "argo-cd": Chart(
        tuple(f"argoproj.io/{kind}" for kind in ("Application", "ApplicationSet", "AppProject")),
        switches=("crds.install",),
    ),
    "argo-rollouts": Chart(
        tuple(
            f"argoproj.io/{kind}"
            for kind in ("Rollout", "AnalysisTemplate", "ClusterAnalysisTemplate", "Experiment")
        ),
        switches=("installCRDs",),
    ),
    "argo-workflows": Chart(
        tuple(
            f"argoproj.io/{kind}"
            for kind in ("Workflow", "CronWorkflow", "WorkflowTemplate", "ClusterWorkflowTemplate")
        ),
        switches=("crds.install",),
    ),
    "argo-events": Chart(
        tuple(f"argoproj.io/{kind}" for kind in ("EventBus", "EventSource", "Sensor")),
        switches=("crds.install",),
    ),
    "flagger": Chart(("flagger.app",), switches=("crd.create",), is_off=True),
    "flux2": Chart(_FLUX, switches=("installCRDs",)),
    "flux-operator": Chart(("fluxcd.controlplane.io",), switches=("installCRDs",)),
    "flux-instance": Chart(possible=_FLUX),
    "tofu-controller": _of("infra.contrib.fluxcd.io"),
    "gha-runner-scale-set-controller": _of("actions.github.com"),
    "actions-runner-controller": _of("actions.summerwind.dev"),
    "crossplane": Chart(possible=("pkg.crossplane.io", "apiextensions.crossplane.io")),
    "chaos-mesh": _of("chaos-mesh.org"),
    "dapr": _of("dapr.io"),
    **dict.fromkeys(
        (
            *("app-template", "ingress-nginx", "metrics-server", "grafana", "prometheus", "loki"),
            *("tempo", "promtail", "vector", "fluent-bit", "reloader", "reflector", "descheduler"),
            *("kubernetes-replicator", "external-dns-unifi-webhook", "oauth2-proxy", "dex"),
            *("authentik", "cluster-autoscaler", "coredns", "spegel", "kubelet-csr-approver"),
            *("csi-driver-smb", "local-path-provisioner", "democratic-csi", "rook-ceph-cluster"),
            *("cert-manager-csi-driver", "k8s-gateway", "istiod", "cni", "ztunnel", "kgateway"),
            *(
                "linkerd-control-plane",
                "kyverno-policies",
                "cluster",
                "nats",
                "redis",
                "postgresql",
            ),
            *("gha-runner-scale-set", "kubernetes-dashboard", "headlamp", "thanos", "goldilocks"),
            *("prometheus-node-exporter", "kube-state-metrics", "smartctl-exporter", "multus"),
            *(
                "prometheus-blackbox-exporter",
                "silence-operator",
                "kromgo",
                "minio",
                "weave-gitops",
            ),
        ),
        Chart(),
    ),
}
"""The charts by their names."""


def words(group: str, kind: str) -> list[str]:
    """Return the words by which a bootstrap may name what has the CRD of a kind."""
    charts = (
        name
        for name, chart in CHARTS.items()
        if has((*chart.certain, *chart.possible), group, kind)
    )
    return [group, *charts, *_EXTRA.get(group, ())]


_EXTRA: Mapping[str, tuple[str, ...]] = {
    _GATEWAY: ("gateway-api", "standard-install.yaml", "experimental-install.yaml"),
    _MONITORING: ("prometheus-operator",),
    "snapshot.storage.k8s.io": ("external-snapshotter",),
    "externaldns.k8s.io": ("dnsendpoint",),
}


def has(names: tuple[str, ...], group: str, kind: str) -> bool:
    """Tell whether names of groups, and of kinds in them, have a kind."""
    return group in names or f"{group}/{kind}" in names

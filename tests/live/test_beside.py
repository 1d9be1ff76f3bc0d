"""What an application has beside its pods: applied, ready, and left alone by a second sync."""

from pathlib import Path

import pytest

from kure_hooks.config.argocd import ArgocdOptions
from kure_hooks.engines.argocd.health import CM_KEY, health_lua
from tests.live.api import Object
from tests.live.fleet import Fleet
from tests.live.programs import ARGOCD, FLUX, missing
from tests.live.rolling import judged, settled
from tests.live.rollouts import Statuses, condition
from tests.live.shapes import HOSTS, STACK, bundle, settings, stack
from tests.live.world import World, world

CRDS = Path(__file__).parents[2] / ".tools/crds"
GATEWAY = "gateway.networking.k8s.io/v1"
DEFINITIONS = (
    "gateway.networking.k8s.io_httproutes",
    "gateway.networking.k8s.io_grpcroutes",
    "cert-manager.io_certificates",
    "external-secrets.io_externalsecrets",
    "keda.sh_scaledobjects",
    "monitoring.coreos.com_servicemonitors",
    "monitoring.coreos.com_podmonitors",
    "monitoring.coreos.com_prometheusrules",
)
PROFILE = {
    "expose": {
        "controller": "gateway",
        "gateway": {"name": "public", "namespace": "gateways"},
        "issuer": {"name": "letsencrypt"},
    },
    "certificate": {"issuer": {"name": "letsencrypt"}},
    "externalSecret": {"store": {"name": "vault"}},
}
RULE = {"alert": "Down", "expr": "absent(up)"}
SPEC = {
    "workload": "Deployment",
    "containers": [
        {
            "name": "web",
            "image": "example.com/shop:1.0",
            "ports": [
                {"name": "http", "containerPort": 8080},
                {"name": "grpc", "containerPort": 9090},
            ],
            "resources": {"requests": {"cpu": "100m"}},
        }
    ],
    "services": [
        {
            "name": "shop",
            "ports": [
                {"name": "http", "port": 80, "targetPort": "http"},
                {"name": "grpc", "port": 90, "targetPort": "grpc"},
            ],
        }
    ],
    "expose": {"host": "shop.example.com", "port": "http", "tls": {"issuer": "letsencrypt"}},
    "routes": [
        {
            "name": "shop-canary",
            "host": "canary.example.com",
            "rules": [
                {
                    "matches": [{"path": "/api", "headers": [{"name": "X-Canary", "value": "1"}]}],
                    "filters": [{"urlRewrite": {"path": {"replacePrefixMatch": "/v2"}}}],
                    "backendRefs": [{"port": "http", "weight": 9}, {"name": "next", "port": 80}],
                    "timeouts": {"request": "10s"},
                }
            ],
        },
        {"name": "shop-grpc", "kind": "GRPCRoute", "host": "grpc.example.com", "port": "grpc"},
    ],
    "certificates": [{"name": "shop-mtls", "dnsNames": ["shop.web.svc"]}],
    "persistence": {"data": {"size": "1Gi", "path": "/data"}},
    "externalSecrets": {
        "database": {
            "data": {"PASSWORD": "shop/db", "USER": {"key": "shop/db", "property": "user"}},
            "envFrom": True,
        }
    },
    "serviceAccount": {"create": True},
    "rbac": {
        "rules": [{"resources": ["configmaps"], "verbs": ["get"]}],
        "clusterRules": [{"resources": ["nodes"], "verbs": ["get"]}],
        "bind": ["view"],
    },
    "autoscaling": {"minReplicas": 1, "maxReplicas": 3, "targetCPUUtilizationPercentage": 70},
    "podDisruptionBudget": {"minAvailable": 1},
    "monitors": [
        {"port": "http", "interval": "30s"},
        {"name": "shop-pods", "kind": "PodMonitor", "endpoints": [{"port": "http"}]},
    ],
    "extraObjects": [
        {
            "apiVersion": "monitoring.coreos.com/v1",
            "kind": "PrometheusRule",
            "metadata": {"name": "shop"},
            "spec": {"groups": [{"name": "shop", "rules": [RULE]}]},
        }
    ],
}
CRON = {"timezone": "UTC", "start": "0 6 * * *", "end": "0 20 * * *", "desiredReplicas": "5"}
SEVERAL = {
    "workloads": {
        name: {"workload": "Deployment", "containers": [{"name": name, "image": "example.com/a:1"}]}
        for name in ("queue", "web")
    }
}
SEVERAL["workloads"]["queue"]["scaling"] = {
    "minReplicas": 1,
    "triggers": [{"type": "cron", "metadata": CRON}],
}
SEVERAL["workloads"]["web"]["autoscaling"] = {"minReplicas": 1, "maxReplicas": 9}
SCALED = ("shop", "orders-queue", "orders-web")
"""Deployments whose number of pods is an autoscaler's."""

OBJECTS = {
    "horizontalpodautoscalers/web/orders-web",
    "keda.sh/scaledobjects/web/orders-queue",
    "cert-manager.io/certificates/web/shop-mtls",
    "external-secrets.io/externalsecrets/web/shop-database",
    "gateway.networking.k8s.io/grpcroutes/web/shop-grpc",
    "gateway.networking.k8s.io/httproutes/web/shop-canary",
    "horizontalpodautoscalers/web/shop",
    "monitoring.coreos.com/podmonitors/web/shop-pods",
    "monitoring.coreos.com/prometheusrules/web/shop",
    "persistentvolumeclaims/web/shop-data",
}
"""Some of what the application has to bring into the cluster, as etcd names it."""


def accepted(route: Object) -> Object:
    """Return the status of a route that its Gateway has taken."""
    conditions = [
        {**condition(kind, kind), "message": "", "observedGeneration": 1}
        for kind in ("Accepted", "ResolvedRefs")
    ]
    for taken in conditions:
        del taken["lastProbeTime"]
    return {
        "parents": [
            {
                "parentRef": parent,
                "controllerName": "example.com/gateway",
                "conditions": conditions,
            }
            for parent in route["spec"]["parentRefs"]
        ]
    }


def ready(thing: Object) -> Object:
    """Return the status of what tells by a condition that it is ready."""
    holds = {**condition("Ready", "Ready"), "message": ""}
    del holds["lastProbeTime"]
    if thing["kind"] == "Certificate":
        holds["observedGeneration"] = thing["metadata"]["generation"]
    return {"conditions": [holds]}


def scaled(autoscaler: Object) -> Object:
    """Return the status of an autoscaler that knows how busy the pods are."""
    conditions = [
        condition("AbleToScale", "ReadyForNewScale"),
        condition("ScalingActive", "ValidMetricFound"),
    ]
    for holds in conditions:
        del holds["lastProbeTime"]
    count = autoscaler["spec"]["minReplicas"]
    return {"currentReplicas": count, "desiredReplicas": count, "conditions": conditions}


def triggered(_each: Object) -> Object:
    """Return the status of a ScaledObject that KEDA works on."""
    return {
        "conditions": [
            {"type": kind, "status": status, "reason": "ScaledObject", "message": ""}
            for kind, status in (("Ready", "True"), ("Active", "False"), ("Paused", "False"))
        ]
    }


CONTROLLERS: Statuses = {
    (GATEWAY, "HTTPRoute"): accepted,
    (GATEWAY, "GRPCRoute"): accepted,
    ("cert-manager.io/v1", "Certificate"): ready,
    ("external-secrets.io/v1", "ExternalSecret"): ready,
    ("autoscaling/v2", "HorizontalPodAutoscaler"): scaled,
    ("keda.sh/v1alpha1", "ScaledObject"): triggered,
}
"""What the controllers of these kinds would say."""


def numbers_after_a_sync(live: World, fleet: Fleet, count: int) -> dict[str, int]:
    """Scale Deployments as autoscalers do, and return their numbers of pods after another sync."""
    for each in live.cluster.api.objects("apps/v1", "Deployment", "web"):
        live.cluster.api.merge(each, {"spec": {"replicas": count}}, "scale")
    assert settled(live, fleet) == []
    found = live.cluster.api.objects("apps/v1", "Deployment", "web")
    return {each["metadata"]["name"]: each["spec"]["replicas"] for each in found}


@pytest.mark.parametrize("engine", ["flux", "argocd"])
def test_what_stands_beside_the_pods_is_applied_once(engine, place, tmp_path, table):
    if absent := missing(*(FLUX if engine == "flux" else ARGOCD)):
        pytest.skip(f"{', '.join(absent)}: run .ci/live --build")
    files = [CRDS / f"{name}.yaml" for name in DEFINITIONS]
    if not all(file.is_file() for file in files):
        pytest.skip("the CRDs are not there: run .ci/crds")
    shop = {"name": "shop", "namespace": "web", "kind": "AppWorkload", "spec": SPEC}
    orders = {"name": "orders", "namespace": "web", "kind": "AppWorkload", "spec": SEVERAL}
    late = bundle("late", settings("late"), needs=["shop"])
    gitops = {"createNamespaces": True}
    tree = stack(engine, bundle("shop", shop, orders), late, gitops=gitops, profile=PROFILE)
    fleet = Fleet.of(tmp_path / "fleet", tree, STACK)
    fleet.generate()
    health = {CM_KEY: health_lua(ArgocdOptions())} if engine == "argocd" else {}
    with world(place / "world", engine, hosts=HOSTS, settings=health) as live:
        live.cluster.define(files)
        live.cluster.rollouts.statuses |= CONTROLLERS
        seconds = live.roll_out(fleet)
        made = {write.key for write in live.cluster.history.since(live.begun)}
        assert made >= OBJECTS, sorted(made)
        judged(live, fleet, table, "routes, secrets, volumes, monitors beside pods", seconds)
        assert numbers_after_a_sync(live, fleet, 5) == dict.fromkeys(SCALED, 5)

"""The parts of random clusters that refer to nothing else."""

from typing import Any

from hypothesis import strategies as st

APPLICATION_API = "generators.gokure.dev/v1alpha1"

_GROUPING = st.sampled_from(["name", "flat"])

LAYOUTS = st.fixed_dictionaries(
    {},
    optional={
        "preset": st.sampled_from(
            ["CentralizedControlPlane", "SiblingControlPlane", "ParentDeployedControl"]
        ),
        "fluxPlacement": st.sampled_from(["separate", "integrated", "integrated-per-bundle"]),
        "kustomizationMode": st.sampled_from(["explicit", "recursive"]),
        "flattenSingleTier": st.booleans(),
        "nodeGrouping": _GROUPING,
        "bundleGrouping": _GROUPING,
        "applicationGrouping": _GROUPING,
        "applicationFileMode": st.sampled_from(["resource", "single"]),
        "filePer": st.sampled_from(["resource", "kind"]),
        "fileNaming": st.sampled_from(["default", "kind-name"]),
    },
)

_KINDS = (
    ("v1", "ConfigMap"),
    ("v1", "Namespace"),
    ("apps/v1", "Deployment"),
    ("rbac.authorization.k8s.io/v1", "ClusterRole"),
)
_CLUSTER_SCOPED = ("Namespace", "ClusterRole")
_DEPLOYMENT = {
    "selector": {"matchLabels": {"app": "whole"}},
    "template": {
        "metadata": {"labels": {"app": "whole"}},
        "spec": {"containers": [{"name": "main", "image": "nginx:1.29"}]},
    },
}
_DURATIONS = st.sampled_from(["10m", "90s", "1.5h", "24h"])
_IMAGE = {"name": "nginx", "newName": "example.com/nginx", "newTag": "1.2"}
_FLUX_ONLY = {
    "postBuild": st.fixed_dictionaries(
        {"substitute": st.just({"zone": "b", "cluster": "a", "domain": "example.com"})}
    ),
    "commonMetadata": st.just({"labels": {"b": "1", "a": "2"}, "annotations": {"d": "", "c": "x"}}),
    "force": st.booleans(),
    "wait": st.booleans(),
}


def options(engine: str) -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy of the bundle fields that the engine has an equivalent for."""
    common = {
        "interval": _DURATIONS,
        "retryInterval": _DURATIONS,
        "prune": st.booleans(),
        "suspend": st.booleans(),
        "targetNamespace": st.sampled_from(["web", "infra"]),
        "images": st.just([_IMAGE]),
        "patches": st.just([{"patch": "[]", "target": {"kind": "Deployment", "name": "x"}}]),
    }
    return st.fixed_dictionaries({}, optional=common | (_FLUX_ONLY if engine == "flux" else {}))


@st.composite
def objects(draw: Any, serial: int) -> dict[str, Any]:
    """Return a Kubernetes object whose name, bar its case, nobody else has."""
    api, kind = draw(st.sampled_from(_KINDS))
    metadata: dict[str, Any] = {"name": f"object-{serial}"}
    if kind == "ClusterRole":
        metadata["name"] = draw(st.sampled_from(["system:", "System:"])) + f"reader-{serial}"
    if kind not in _CLUSTER_SCOPED:
        namespaces = [None, "default", "web", "cluster"]
        namespace = draw(st.sampled_from(namespaces))
        metadata |= {"namespace": namespace} if namespace else {}
    spec = {"spec": _DEPLOYMENT} if kind == "Deployment" else {}
    return {"apiVersion": api, "kind": kind, "metadata": metadata, **spec}


workload = st.fixed_dictionaries(
    {
        "workload": st.sampled_from(["Deployment", "StatefulSet", "DaemonSet"]),
        "containers": st.just(
            [
                {
                    "name": "main",
                    "image": "nginx:1.29",
                    "ports": [{"name": "http", "containerPort": 8080}],
                    "resources": {
                        "requests": {"memory": "64Mi", "cpu": "100m"},
                        "limits": {"memory": "1Gi", "ephemeral-storage": "1Gi"},
                    },
                }
            ]
        ),
    },
    optional={
        "labels": st.just({"b": "1", "a": "2"}),
        "nodeSelector": st.just({"kubernetes.io/os": "linux", "disk": "ssd"}),
        "podAnnotations": st.just({"z": "1", "a": "2"}),
        "config": st.just({"b.ini": "size=1\n", "a.ini": "on: [a]\n"}),
    },
)
